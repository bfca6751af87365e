import { pgTable, primaryKey, text, uniqueIndex, uuid, varchar } from 'drizzle-orm/pg-core';
import { RESERVATION_STATUSES } from '@schalter/shared/booking/rows.ts';
import { at, day, ofLocation, oneOf, refersTo } from './columns.ts';
import { services } from './directory.ts';

export const reservations = pgTable(
  'reservations',
  {
    ...ofLocation,
    reference: varchar({ length: 20 }).notNull(),
    lastName: varchar({ length: 80 }).notNull(),
    firstName: varchar({ length: 80 }).notNull(),
    serviceId: uuid().notNull(),
    businessDay: day().notNull(),
    bookedAt: at().notNull(),
    status: text().notNull(),
    subject: varchar({ length: 120 }).notNull(),
    visitId: uuid(),
  },
  (t) => [
    primaryKey({ name: 'reservations_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    refersTo(
      'reservations_service_id_fkey',
      [t.organisationId, t.locationId, t.serviceId],
      [services.organisationId, services.locationId, services.id],
    ),
    uniqueIndex('reservations_organisation_id_location_id_reference_key').on(
      t.organisationId,
      t.locationId,
      t.reference,
    ),
    oneOf('reservations_status_check', t.status, RESERVATION_STATUSES),
  ],
);
