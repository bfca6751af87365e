import type { BookingLive } from './rows.ts';

/** What is true of every live set, whatever commands led to it: the sentences that are not. */
export function bookingInvariants(live: BookingLive): readonly string[] {
  const broken: string[] = [];
  const references = new Set<string>();
  for (const reservation of live.rows.reservations.values()) {
    if (references.has(reservation.reference))
      broken.push(`reference ${reservation.reference} is there twice`);
    references.add(reservation.reference);
    const visit = reservation.visitId === null ? undefined : live.rows.visits.get(reservation.visitId);
    if (visit !== undefined && visit.reservationId !== reservation.id) {
      broken.push(`reservation ${reservation.reference} was checked in by the visit of another`);
    }
  }
  return broken;
}
