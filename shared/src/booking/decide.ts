import type { Context, Decide, Decision } from '../kernel/command.ts';
import { reject } from '../kernel/rejections.ts';
import { LIMITS } from '../kernel/text.ts';
import { businessDay } from '../kernel/time.ts';
import type { QueueFact } from '../queue/facts.ts';
import { openVisit } from '../queue/ticket.ts';
import { stagesOf } from '../queue/views.ts';
import type { BookingCommands } from './commands.ts';
import type { BookingFact } from './facts.ts';
import { sameName, sameReference } from './names.ts';
import type { BookingLive, BookingTables, Reservation } from './rows.ts';

/** These are nobody's to check in any more; the kiosk says no more than "unknown". */
const OVER: readonly Reservation['status'][] = ['completed', 'cancelled', 'no_show'];

function find(live: BookingLive, reference: string, lastName: string): Reservation | null {
  for (const row of live.rows.reservations.values()) {
    if (!sameReference(row.reference, reference)) continue;
    // Whose booking was erased is nobody, and no empty name is theirs.
    const isTheirs = row.lastName !== '' && sameName(row.lastName, lastName);
    return isTheirs && !OVER.includes(row.status) ? row : null;
  }
  return null;
}

/** B5: here already, or served; who left, missed the call or was cancelled may check in again. */
function isCheckedIn(live: BookingLive, reservation: Reservation): boolean {
  if (reservation.visitId === null) return false;
  for (const stage of stagesOf(live, reservation.visitId)) {
    if (stage.endedAt === null || stage.status === 'done') return true;
  }
  return false;
}

/** As the card shows it; where both names together are too long for it, the last name tells more. */
function cardName({ firstName, lastName }: Reservation): string {
  const full = `${firstName} ${lastName}`.trim();
  return full.length <= LIMITS.name ? full : lastName;
}

interface CheckIn {
  readonly reference: string;
  readonly lastName: string;
}

/** A member of staff may check in on another's behalf just the same; only the source differs. */
const sourceOf = (ctx: Context) => (ctx.actor.kind === 'person' ? ('staff' as const) : ('kiosk' as const));

function reservationFor(
  live: BookingLive,
  { reference, lastName }: CheckIn,
  ctx: Context,
): Decision<never, never> | Reservation {
  const location = live.rows.locations.get(ctx.streamId);
  if (location === undefined) return reject('unknownLocation');
  const reservation = find(live, reference, lastName);
  if (reservation === null) return reject('reservationUnknown');
  if (isCheckedIn(live, reservation)) return reject('reservationCheckedIn');
  if (reservation.businessDay !== businessDay(ctx.now, location.timeZone, location.dayStart)) {
    return reject('reservationOtherDay', { bookedAt: reservation.bookedAt });
  }
  return reservation;
}

export const decideBooking: Decide<BookingCommands, BookingLive, BookingTables, BookingFact | QueueFact> = {
  'booking.recordReservation': (live, { reservationId, ...input }, ctx) => {
    const location = live.rows.locations.get(ctx.streamId);
    if (location === undefined) return reject('unknownLocation');
    if (!live.rows.services.has(input.serviceId)) return reject('serviceUnknown');
    for (const other of live.rows.reservations.values()) {
      if (other.id !== reservationId && sameReference(other.reference, input.reference)) {
        return reject('codeTaken', { code: input.reference });
      }
    }
    const before = live.rows.reservations.get(reservationId);
    const row: Reservation = {
      ...input,
      id: reservationId,
      organisationId: ctx.organisationId,
      locationId: ctx.streamId,
      archivedAt: null,
      businessDay: businessDay(input.bookedAt, location.timeZone, location.dayStart),
      status: before?.status ?? 'confirmed',
      visitId: before?.visitId ?? null,
    };
    return {
      ok: true,
      changes: [{ table: 'reservations', row }],
      facts: [{ type: 'booking.reservationRecorded', reservationId }],
      result: { reservationId },
    };
  },

  'booking.checkIn': (live, input, ctx) => {
    const found = reservationFor(live, input, ctx);
    if ('ok' in found) return found;
    const { id, reference, bookedAt, serviceId } = found;
    const opened = openVisit(
      live,
      {
        serviceId,
        language: input.language,
        linkToken: input.linkToken,
        contact: input.contact,
        name: cardName(found),
        note: null,
        source: sourceOf(ctx),
        presence: 'on_site',
        booking: { reservationId: id, reference, bookedAt },
        servedBy: null,
      },
      ctx,
    );
    if (!opened.ok) return opened;
    return {
      ok: true,
      changes: [...opened.changes, { table: 'reservations', row: { ...found, visitId: opened.visit.id } }],
      facts: [
        opened.fact,
        { type: 'booking.reservationCheckedIn', reservationId: id, visitId: opened.visit.id },
      ],
      result: opened.result,
    };
  },
};
