// No zod in this file: screens may load it.
import { MINUTE, addMs, type Instant } from '../kernel/time.ts';
import { competingServices } from '../queue/order.ts';
import type { Stage } from '../queue/rows.ts';
import type { BookingLive, Reservation } from './rows.ts';

const EXPECTED: ReadonlySet<Reservation['status']> = new Set(['pending', 'confirmed']);

/**
 * B8: how many bookings that have not checked in yet would stand before a waiting customer if they came now or
 * until that customer's turn: booked for earlier than the customer's place in line, and not too late for their
 * own time to count.
 */
export function mayPass(live: BookingLive, stage: Stage, now: Instant): number {
  const competing = competingServices(live, stage.serviceId);
  let count = 0;
  for (const { serviceId, status, visitId, bookedAt } of live.rows.reservations.values()) {
    if (visitId !== null || !EXPECTED.has(status) || !competing.has(serviceId)) continue;
    const lateMin = live.rows.services.get(serviceId)?.lateMin ?? 0;
    if (bookedAt < stage.effectiveAt && addMs(bookedAt, lateMin * MINUTE) >= now) count += 1;
  }
  return count;
}
