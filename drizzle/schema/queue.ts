import { sql } from 'drizzle-orm';
import {
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import {
  CALL_SOUNDS,
  HOLD_OWNERS,
  OPEN_STATUSES,
  PRESENCES,
  STAGE_STATUSES,
  VISIT_SOURCES,
} from '@schalter/shared/queue/rows.ts';
import { at, day, isTrue, listed, ofLocation, oneOf, refersTo } from './columns.ts';
import { counters, services } from './directory.ts';
import { devices } from './devices.ts';

export const numberSeries = pgTable(
  'number_series',
  {
    ...ofLocation,
    businessDay: day().notNull(),
    series: varchar({ length: 1 }).notNull(),
    lastNumber: integer().notNull(),
  },
  (t) => [
    primaryKey({ name: 'number_series_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    uniqueIndex('number_series_organisation_id_location_id_day_series_key').on(
      t.organisationId,
      t.locationId,
      t.businessDay,
      t.series,
    ),
  ],
);

export const numberBlocks = pgTable(
  'number_blocks',
  {
    ...ofLocation,
    businessDay: day().notNull(),
    deviceId: uuid().notNull(),
    first: integer().notNull(),
    last: integer().notNull(),
    given: integer().notNull(),
    leasedAt: at().notNull(),
  },
  (t) => [
    primaryKey({ name: 'number_blocks_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    // Blocks lie side by side, so that no number is leased twice where no two begin at the same one.
    uniqueIndex('number_blocks_organisation_id_location_id_day_first_key').on(
      t.organisationId,
      t.locationId,
      t.businessDay,
      t.first,
    ),
  ],
);

export const visits = pgTable(
  'visits',
  {
    ...ofLocation,
    businessDay: day().notNull(),
    series: varchar({ length: 1 }).notNull(),
    number: integer().notNull(),
    language: text().notNull(),
    source: text().notNull(),
    presence: text().notNull(),
    linkToken: varchar({ length: 64 }).notNull(),
    name: varchar({ length: 80 }),
    note: varchar({ length: 500 }),
    reservationId: uuid(),
    reservationReference: varchar({ length: 20 }),
    smsOptIn: boolean().notNull(),
    pushOptIn: boolean().notNull().default(false),
    delays: integer().notNull(),
    arrivedAt: at().notNull(),
    endedAt: at(),
    rating: integer(),
    comingAt: at(),
  },
  (t) => [
    primaryKey({ name: 'visits_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    // A number is unique per location, business day and series, whatever the rules above it believe.
    uniqueIndex('visits_organisation_id_location_id_day_series_number_key').on(
      t.organisationId,
      t.locationId,
      t.businessDay,
      t.series,
      t.number,
    ),
    // A link names nothing but itself: the lookup starts from it, so it stands alone.
    uniqueIndex('visits_link_token_key').on(t.linkToken),
    index('visits_organisation_id_location_id_arrived_at_idx').on(
      t.organisationId,
      t.locationId,
      t.arrivedAt,
    ),
    oneOf('visits_language_check', t.language, LANGUAGES),
    oneOf('visits_source_check', t.source, VISIT_SOURCES),
    oneOf('visits_presence_check', t.presence, PRESENCES),
    isTrue('visits_rating_check', sql`${t.rating} between 1 and 5`),
  ],
);

export const visitContacts = pgTable(
  'visit_contacts',
  {
    ...ofLocation,
    visitId: uuid().notNull(),
    phoneE164: varchar('phone_e164', { length: 16 }).notNull(),
    consentAt: at().notNull(),
    consentLanguage: text().notNull(),
    consentWording: varchar({ length: 40 }).notNull(),
    consentSource: text().notNull(),
    deviceId: uuid(),
  },
  (t) => [
    primaryKey({ name: 'visit_contacts_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    refersTo(
      'visit_contacts_visit_id_fkey',
      [t.organisationId, t.locationId, t.visitId],
      [visits.organisationId, visits.locationId, visits.id],
    ),
    oneOf('visit_contacts_consent_language_check', t.consentLanguage, LANGUAGES),
    oneOf('visit_contacts_consent_source_check', t.consentSource, VISIT_SOURCES),
  ],
);

export const stages = pgTable(
  'stages',
  {
    ...ofLocation,
    visitId: uuid().notNull(),
    serviceId: uuid().notNull(),
    businessDay: day().notNull(),
    status: text().notNull(),
    effectiveAt: at().notNull(),
    notBefore: at(),
    forCounterId: uuid(),
    forPersonId: uuid(),
    counterId: uuid(),
    personId: uuid(),
    callNo: integer().notNull(),
    calledAt: at(),
    startedAt: at(),
    endedAt: at(),
    heldAt: at(),
    holdReason: varchar({ length: 60 }),
    holdOwner: text(),
    resumeAt: at(),
    heldS: integer().notNull(),
    endReason: varchar({ length: 60 }),
    arrivedAt: at().notNull(),
    bookedAt: at(),
    creditMin: doublePrecision().notNull(),
    quotedLowMin: doublePrecision(),
    quotedHighMin: doublePrecision(),
    expectedMin: doublePrecision().notNull(),
    fromStageId: uuid(),
    version: integer().notNull(),
    alsoCalled: jsonb(),
    undo: jsonb(),
  },
  (t) => [
    primaryKey({ name: 'stages_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    refersTo(
      'stages_visit_id_fkey',
      [t.organisationId, t.locationId, t.visitId],
      [visits.organisationId, visits.locationId, visits.id],
    ),
    refersTo(
      'stages_service_id_fkey',
      [t.organisationId, t.locationId, t.serviceId],
      [services.organisationId, services.locationId, services.id],
    ),
    // A counter has one customer called or being served, a visit one open stage: the database's own word.
    uniqueIndex('stages_organisation_id_location_id_counter_id_busy_key')
      .on(t.organisationId, t.locationId, t.counterId)
      .where(sql`status in ('called', 'serving')`),
    uniqueIndex('stages_organisation_id_location_id_visit_id_open_key')
      .on(t.organisationId, t.locationId, t.visitId)
      .where(sql`status in (${listed(OPEN_STATUSES)})`),
    index('stages_organisation_id_location_id_visit_id_idx').on(t.organisationId, t.locationId, t.visitId),
    oneOf('stages_status_check', t.status, STAGE_STATUSES),
    oneOf('stages_hold_owner_check', t.holdOwner, HOLD_OWNERS),
  ],
);

export const calls = pgTable(
  'calls',
  {
    ...ofLocation,
    businessDay: day().notNull(),
    order: integer().notNull(),
    visitId: uuid().notNull(),
    stageId: uuid().notNull(),
    callNo: integer().notNull(),
    series: varchar({ length: 1 }).notNull(),
    number: integer().notNull(),
    serviceId: uuid().notNull(),
    counterId: uuid().notNull(),
    counterName: varchar({ length: 12 }).notNull(),
    language: text().notNull(),
    calledAt: at().notNull(),
    withdrawnAt: at(),
  },
  (t) => [
    primaryKey({ name: 'calls_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    refersTo(
      'calls_stage_id_fkey',
      [t.organisationId, t.locationId, t.stageId],
      [stages.organisationId, stages.locationId, stages.id],
    ),
    refersTo(
      'calls_counter_id_fkey',
      [t.organisationId, t.locationId, t.counterId],
      [counters.organisationId, counters.locationId, counters.id],
    ),
    uniqueIndex('calls_organisation_id_location_id_business_day_order_key').on(
      t.organisationId,
      t.locationId,
      t.businessDay,
      t.order,
    ),
    oneOf('calls_language_check', t.language, LANGUAGES),
  ],
);

export const callReceipts = pgTable(
  'call_receipts',
  {
    ...ofLocation,
    callId: uuid().notNull(),
    deviceId: uuid().notNull(),
    order: integer().notNull(),
    shownAt: at().notNull(),
    sound: text().notNull(),
  },
  (t) => [
    primaryKey({ name: 'call_receipts_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    refersTo(
      'call_receipts_call_id_fkey',
      [t.organisationId, t.locationId, t.callId],
      [calls.organisationId, calls.locationId, calls.id],
    ),
    refersTo(
      'call_receipts_device_id_fkey',
      [t.organisationId, t.locationId, t.deviceId],
      [devices.organisationId, devices.locationId, devices.id],
    ),
    uniqueIndex('call_receipts_organisation_id_location_id_call_device_key').on(
      t.organisationId,
      t.locationId,
      t.callId,
      t.deviceId,
    ),
    oneOf('call_receipts_sound_check', t.sound, CALL_SOUNDS),
  ],
);

export const helpRequests = pgTable(
  'help_requests',
  {
    ...ofLocation,
    deviceId: uuid().notNull(),
    requestedAt: at().notNull(),
    resolvedAt: at(),
    resolvedBy: uuid(),
  },
  (t) => [
    primaryKey({ name: 'help_requests_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    refersTo(
      'help_requests_device_id_fkey',
      [t.organisationId, t.locationId, t.deviceId],
      [devices.organisationId, devices.locationId, devices.id],
    ),
  ],
);
