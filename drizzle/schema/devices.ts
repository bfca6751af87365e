import { sql } from 'drizzle-orm';
import { index, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid, varchar } from 'drizzle-orm/pg-core';
import { DeviceKind } from '@schalter/shared/kernel/actor.ts';
import { MEDIA_ZONES, PRINTER_STATES, SOUND_STATES } from '@schalter/shared/platform/rows.ts';
import { at, ofLocation, oneOf } from './columns.ts';

export const devices = pgTable(
  'devices',
  {
    ...ofLocation,
    kind: text().notNull(),
    name: varchar({ length: 60 }).notNull(),
    settings: jsonb().notNull(),
    health: jsonb(),
    pairedAt: at().notNull(),
    revokedAt: at(),
  },
  (t) => [
    primaryKey({ name: 'devices_pkey', columns: [t.organisationId, t.locationId, t.id] }),
    oneOf('devices_kind_check', t.kind, DeviceKind.options),
    oneOf('devices_health_printer_check', sql`${t.health}->>'printer'`, PRINTER_STATES),
    oneOf('devices_health_sound_check', sql`${t.health}->>'sound'`, SOUND_STATES),
    oneOf('devices_settings_media_check', sql`${t.settings}->>'media'`, MEDIA_ZONES),
  ],
);

/*
 * Below: what proves who somebody is. It is no part of the live set, is in no journal and is sent nowhere;
 * platform's own store reads and writes it.
 */

export const deviceTokens = pgTable(
  'device_tokens',
  {
    tokenHash: text().primaryKey(),
    organisationId: uuid().notNull(),
    locationId: uuid().notNull(),
    deviceId: uuid().notNull(),
    createdAt: at().notNull(),
    revokedAt: at(),
    /** The one that it follows; that one is retired once this one was used. */
    followsHash: text(),
    retiredAt: at(),
    seenAt: at(),
  },
  (t) => [
    index('device_tokens_organisation_id_location_id_device_id_idx').on(
      t.organisationId,
      t.locationId,
      t.deviceId,
    ),
  ],
);

/** A device that asks to be paired belongs to nobody yet; so its key cannot begin with an organisation. */
export const pairings = pgTable(
  'pairings',
  {
    id: uuid().primaryKey(),
    codeHash: text().notNull(),
    secretHash: text().notNull(),
    kind: text().notNull(),
    address: varchar({ length: 64 }).notNull(),
    userAgent: varchar({ length: 200 }).notNull(),
    requestedAt: at().notNull(),
    expiresAt: at().notNull(),
    claimedBy: uuid(),
    organisationId: uuid(),
    locationId: uuid(),
    deviceId: uuid(),
    collectedAt: at(),
  },
  (t) => [
    uniqueIndex('pairings_code_hash_key').on(t.codeHash),
    oneOf('pairings_kind_check', t.kind, DeviceKind.options),
  ],
);
