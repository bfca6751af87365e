import { index, integer, pgTable, primaryKey, text, uniqueIndex, uuid, varchar } from 'drizzle-orm/pg-core';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { CHANNELS, MESSAGE_STATUSES, TEMPLATES } from '@schalter/shared/messaging/rows.ts';
import { at, day, ofLocation, oneOf, refersTo } from './columns.ts';
import { stages } from './queue.ts';

export const PUSH_OWNERS = ['person', 'visit'] as const;

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

/** Browsers that somebody has asked to be told in: a member of staff, or the customer of a visit. No row of a stream. */
export const pushSubscriptions = pgTable(
  'push_subscriptions',
  {
    organisationId: uuid().notNull(),
    id: uuid().notNull(),
    owner: text().notNull(),
    ownerId: uuid().notNull(),
    /** Of a person: nothing is told once this session has ended. */
    sessionId: uuid(),
    /** Whoever has it, and the keys, can write to this browser. Both are null once nobody wants that any more. */
    endpoint: varchar({ length: 600 }),
    /** The browser's public key and its secret (RFC 8291), as JSON, sealed. */
    keys: varchar({ length: 500 }),
    /** The stage whose turn it was told to approach: once is enough. */
    approachingStageId: uuid(),
    createdAt: at().notNull(),
    expiresAt: at().notNull(),
  },
  (t) => [
    primaryKey({ name: 'push_subscriptions_pkey', columns: [t.organisationId, t.id] }),
    uniqueIndex('push_subscriptions_organisation_id_owner_owner_id_endpoint_key').on(
      t.organisationId,
      t.owner,
      t.ownerId,
      t.endpoint,
    ),
    oneOf('push_subscriptions_owner_check', t.owner, PUSH_OWNERS),
  ],
);
