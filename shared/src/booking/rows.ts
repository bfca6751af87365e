import { z } from 'zod';
import { sees } from '../kernel/audience.ts';
import { Id } from '../kernel/ids.ts';
import { defineTable, type Live } from '../kernel/live.ts';
import { Day, Instant } from '../kernel/time-schemas.ts';
import type { MessagingTables } from '../messaging/rows.ts';

export const RESERVATION_STATUSES = [
  'pending',
  'confirmed',
  'in_progress',
  'completed',
  'cancelled',
  'no_show',
] as const;

/** A booking of today, as much as the counter needs: who, when, what for. */
export const Reservation = z.object({
  id: Id,
  organisationId: Id,
  locationId: Id,
  archivedAt: Instant.nullable(),
  /** "ZRH-20931", unique in the location. */
  reference: z.string(),
  lastName: z.string(),
  firstName: z.string(),
  serviceId: Id,
  businessDay: Day,
  bookedAt: Instant,
  status: z.enum(RESERVATION_STATUSES),
  /** What the clerk prepares: "VW Golf, ZH 482 113". */
  subject: z.string(),
  visitId: Id.nullable(),
});
export type Reservation = z.output<typeof Reservation>;

export interface BookingTables extends MessagingTables {
  reservations: Reservation;
}
export type BookingLive = Live<BookingTables>;

export const bookingTables = {
  reservations: defineTable<Reservation>({
    name: 'reservations',
    stream: 'location',
    schema: Reservation,
    // A kiosk never sees bookings: it asks with reference and name, the server answers yes or no.
    mask: (audience, row) => (sees(audience, 'staff') ? row : null),
  }),
};
