import { z } from 'zod';
import { command } from '../kernel/command.ts';
import { Id } from '../kernel/ids.ts';
import { Instant } from '../kernel/time-schemas.ts';
import { Language, LIMITS, NonEmptyText, Text } from '../kernel/text.ts';
import { ContactInput, LinkToken } from '../queue/inputs.ts';

const online = { stream: 'location', offline: 'refuse', expiresAfterMs: 60_000, kind: 'request' } as const;

export const bookingCommands = {
  'booking.recordReservation': command({
    ...online,
    permission: 'reservation.record',
    summary: 'Write a reservation down',
    input: z.strictObject({
      reservationId: Id,
      reference: z.string().regex(/^[A-Z0-9-]{4,20}$/),
      lastName: NonEmptyText(LIMITS.name),
      firstName: Text(LIMITS.name),
      serviceId: Id,
      bookedAt: Instant,
      subject: Text(120),
    }),
  }),
  /** Exact match of both; a wrong pair says no more than "unknown". */
  'booking.checkIn': command({
    ...online,
    permission: 'reservation.checkIn',
    summary: 'A customer with a reservation is here: give the number of the appointment queue',
    input: z.strictObject({
      reference: z.string().max(40),
      lastName: Text(LIMITS.name),
      language: Language,
      linkToken: LinkToken,
      contact: ContactInput.nullable(),
    }),
  }),
};
export type BookingCommands = typeof bookingCommands;
