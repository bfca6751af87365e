import { index, integer, pgTable, primaryKey, text, uniqueIndex, uuid, varchar } from 'drizzle-orm/pg-core';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { CHANNELS, MESSAGE_STATUSES, TEMPLATES } from '@schalter/shared/messaging/rows.ts';
import { at, day, ofLocation, oneOf, refersTo } from './columns.ts';
import { stages } from './queue.ts';

export const messages = pgTable(
  'messages',
  {
    ...ofLocation,
    businessDay: day().notNull(),
    visitId: uuid().notNull(),
    stageId: uuid().notNull(),
    template: text().notNull(),
    dedupeKey: varchar({ length: 120 }).notNull(),
    channel: text().notNull(),
    toE164: varchar('to_e164', { length: 16 }).notNull(),
    language: text().notNull(),
    body: varchar({ length: 500 }).notNull(),
    segments: integer().notNull(),
    status: text().notNull(),
    attempts: integer().notNull(),
    claimedUntil: at(),
    queuedAt: at().notNull(),
    sentAt: at(),
    deliveredAt: at(),
    expiresAt: at().notNull(),
    providerId: varchar({ length: 64 }),
    errorCode: varchar({ length: 64 }),
  },
  (t) => [
    primaryKey({ name: 'messages_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    refersTo(
      'messages_stage_id_fkey',
      [t.organisationId, t.locationId, t.stageId],
      [stages.organisationId, stages.locationId, stages.id],
    ),
    uniqueIndex('messages_organisation_id_location_id_dedupe_key_key').on(
      t.organisationId,
      t.locationId,
      t.dedupeKey,
    ),
    // How many messages a number got today, at whichever location.
    index('messages_organisation_id_to_e164_business_day_idx').on(t.organisationId, t.toE164, t.businessDay),
    oneOf('messages_template_check', t.template, TEMPLATES),
    oneOf('messages_status_check', t.status, MESSAGE_STATUSES),
    oneOf('messages_channel_check', t.channel, CHANNELS),
    oneOf('messages_language_check', t.language, LANGUAGES),
  ],
);
