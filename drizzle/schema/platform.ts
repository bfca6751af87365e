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
  varchar,
} from 'drizzle-orm/pg-core';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { END_OF_DAY, LOCATION_KINDS, SMS_PER_DAY, SMS_PER_MONTH } from '@schalter/shared/platform/rows.ts';
import { at, eachOf, ofLocation, ofOrganisation, oneOf } from './columns.ts';

export const organisations = pgTable(
  'organisations',
  {
    ...ofOrganisation,
    name: varchar({ length: 80 }).notNull(),
    language: text().notNull(),
    currency: varchar({ length: 3 }).notNull(),
    recordReads: boolean().notNull().default(false),
    secondFactorRequired: boolean().notNull().default(false),
  },
  (t) => [
    primaryKey({ name: 'organisations_pkey', columns: [t.organisationId, t.id] }),
    oneOf('organisations_language_check', t.language, LANGUAGES),
  ],
);

export const locations = pgTable(
  'locations',
  {
    ...ofLocation,
    code: varchar({ length: 24 }).notNull(),
    name: varchar({ length: 60 }).notNull(),
    kind: text().notNull(),
    address: varchar({ length: 200 }).notNull(),
    phone: varchar({ length: 30 }).notNull(),
    timeZone: varchar({ length: 60 }).notNull(),
    hours: jsonb().notNull(),
    dayStart: varchar({ length: 5 }).notNull(),
    endOfDay: text().notNull(),
    languages: text().array().notNull(),
    waitingArea: jsonb().notNull(),
    houseMessage: jsonb().notNull(),
    joinByPhone: boolean().notNull(),
    smsCountries: varchar({ length: 2 }).array().notNull(),
    smsPerDay: integer().notNull().default(SMS_PER_DAY),
    smsPerMonth: integer().notNull().default(SMS_PER_MONTH),
    smsMonth: varchar({ length: 7 }),
    smsMonthSent: integer().notNull().default(0),
    approachingPlace: integer().notNull(),
    approachingMin: integer().notNull(),
    noShowAfterCalls: integer().notNull(),
    noShowAfterS: integer().notNull(),
    isPickup: boolean().notNull(),
    isReturn: boolean().notNull(),
    capacity: integer(),
    latitude: doublePrecision(),
    longitude: doublePrecision(),
  },
  (t) => [
    primaryKey({ name: 'locations_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    uniqueIndex('locations_organisation_id_code_key')
      .on(t.organisationId, t.code)
      .where(sql`archived_at is null`),
    oneOf('locations_kind_check', t.kind, LOCATION_KINDS),
    oneOf('locations_end_of_day_check', t.endOfDay, END_OF_DAY),
    eachOf('locations_languages_check', t.languages, LANGUAGES),
  ],
);

/** Secrets of the installation itself (the arrival code's key, the set-up token's hash). One row per name. */
export const installationSecrets = pgTable('installation_secrets', {
  name: varchar({ length: 40 }).primaryKey(),
  value: varchar({ length: 100 }).notNull(),
  createdAt: at().notNull().defaultNow(),
});

/** Tries that all processes count together; an address or an e-mail stands here by its hash alone. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    name: varchar({ length: 40 }).notNull(),
    keyHash: text().notNull(),
    windowStart: at().notNull(),
    hits: integer().notNull(),
    hitsBefore: integer().notNull(),
  },
  (t) => [primaryKey({ name: 'rate_limits_pkey', columns: [t.name, t.keyHash] })],
);
