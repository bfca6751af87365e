import { sql } from 'drizzle-orm';
import {
  boolean,
  doublePrecision,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import { PRESENCE_STATES, SERVICE_KINDS } from '@schalter/shared/directory/rows.ts';
import { at, isTrue, ofLocation, oneOf, refersTo } from './columns.ts';

export const services = pgTable(
  'services',
  {
    ...ofLocation,
    kind: text().notNull(),
    letter: varchar({ length: 1 }).notNull(),
    colour: integer().notNull(),
    name: jsonb().notNull(),
    hint: jsonb().notNull(),
    position: integer().notNull(),
    active: boolean().notNull(),
    serviceMin: integer().notNull(),
    maxWaiting: integer(),
    hours: jsonb(),
    earlyMin: integer().notNull(),
    lateMin: integer().notNull(),
    creditMin: doublePrecision().notNull(),
    selfService: boolean().notNull(),
  },
  (t) => [
    primaryKey({ name: 'services_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    uniqueIndex('services_organisation_id_location_id_letter_key')
      .on(t.organisationId, t.locationId, t.letter)
      .where(sql`archived_at is null`),
    oneOf('services_kind_check', t.kind, SERVICE_KINDS),
    isTrue('services_letter_check', sql`${t.letter} ~ '^[A-Z]$'`),
  ],
);

export const counters = pgTable(
  'counters',
  {
    ...ofLocation,
    name: varchar({ length: 12 }).notNull(),
    position: integer().notNull(),
    serviceIds: uuid().array().notNull(),
    active: boolean().notNull(),
  },
  (t) => [
    primaryKey({ name: 'counters_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    uniqueIndex('counters_organisation_id_location_id_name_key')
      .on(t.organisationId, t.locationId, t.name)
      .where(sql`archived_at is null`),
  ],
);

export const presences = pgTable(
  'presences',
  {
    ...ofLocation,
    counterId: uuid().notNull(),
    personId: uuid().notNull(),
    personName: varchar({ length: 60 }).notNull(),
    state: text().notNull(),
    since: at().notNull(),
    away: jsonb(),
  },
  (t) => [
    primaryKey({ name: 'presences_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    refersTo(
      'presences_counter_id_fkey',
      [t.organisationId, t.locationId, t.counterId],
      [counters.organisationId, counters.locationId, counters.id],
    ),
    // One person per counter. One counter per person is a rule of directory: a move is two rows of one batch.
    uniqueIndex('presences_organisation_id_location_id_counter_id_key')
      .on(t.organisationId, t.locationId, t.counterId)
      .where(sql`archived_at is null`),
    oneOf('presences_state_check', t.state, PRESENCE_STATES),
  ],
);
