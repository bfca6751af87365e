import { sql } from 'drizzle-orm';
import {
  bigint,
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
import { DeviceKind } from '@schalter/shared/kernel/actor.ts';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { SCOPES } from '@schalter/shared/kernel/permission.ts';
import {
  EFFECTS,
  END_OF_DAY,
  LOCATION_KINDS,
  MEDIA_ZONES,
  PRINTER_STATES,
  SMS_PER_DAY,
  SMS_PER_MONTH,
  SOUND_STATES,
} from '@schalter/shared/platform/rows.ts';
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

export const people = pgTable(
  'people',
  {
    ...ofOrganisation,
    name: varchar({ length: 60 }).notNull(),
    email: varchar({ length: 254 }).notNull(),
    role: varchar({ length: 36 }).notNull(),
    locationIds: uuid().array().notNull(),
    everywhere: boolean().notNull().default(false),
    roleExpiresAt: at(),
    roleAssignedBy: uuid(),
    roleAssignedAt: at(),
    language: text().notNull(),
    active: boolean().notNull(),
  },
  (t) => [
    primaryKey({ name: 'people_pkey', columns: [t.organisationId, t.id] }),
    uniqueIndex('people_organisation_id_email_key')
      .on(t.organisationId, t.email)
      .where(sql`archived_at is null`),
    oneOf('people_language_check', t.language, LANGUAGES),
  ],
);

/** Roles that the organisation has made; the shipped ones are code, so a role is named by its name or by an id. */
export const roles = pgTable(
  'roles',
  {
    ...ofOrganisation,
    name: varchar({ length: 40 }).notNull(),
    parents: varchar({ length: 36 }).array().notNull(),
    grants: jsonb().notNull(),
  },
  (t) => [
    primaryKey({ name: 'roles_pkey', columns: [t.organisationId, t.id] }),
    uniqueIndex('roles_organisation_id_name_key')
      .on(t.organisationId, t.name)
      .where(sql`archived_at is null`),
  ],
);

const ofPerson = {
  ...ofOrganisation,
  personId: uuid().notNull(),
  locationIds: uuid().array().notNull(),
  everywhere: boolean().notNull(),
  assignedBy: uuid(),
  assignedAt: at().notNull(),
  expiresAt: at(),
  active: boolean().notNull(),
};

export const roleAssignments = pgTable(
  'role_assignments',
  { ...ofPerson, role: varchar({ length: 36 }).notNull() },
  (t) => [
    primaryKey({ name: 'role_assignments_pkey', columns: [t.organisationId, t.id] }),
    index('role_assignments_organisation_id_person_id_idx').on(t.organisationId, t.personId),
  ],
);

export const personGrants = pgTable(
  'person_grants',
  {
    ...ofPerson,
    permission: varchar({ length: 40 }).notNull(),
    scope: text().notNull(),
    condition: jsonb(),
    effect: text().notNull(),
  },
  (t) => [
    primaryKey({ name: 'person_grants_pkey', columns: [t.organisationId, t.id] }),
    index('person_grants_organisation_id_person_id_idx').on(t.organisationId, t.personId),
    oneOf('person_grants_scope_check', t.scope, SCOPES),
    oneOf('person_grants_effect_check', t.effect, EFFECTS),
  ],
);

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

export const credentials = pgTable(
  'credentials',
  {
    organisationId: uuid().notNull(),
    personId: uuid().notNull(),
    /** argon2id, with its parameters in the text. */
    passwordHash: text(),
    pinHash: text(),
    pinFailures: integer().notNull().default(0),
    pinLockedUntil: at(),
    /** Of an authenticator app, sealed; asked for since then, and not before. */
    totpSecret: text(),
    totpSince: at(),
    /** The last half minute whose code was used: none counts twice. */
    totpLastStep: integer(),
    /** Wrong passwords and PINs since the person signed in the last time; told at the next sign-in. */
    failedAttempts: integer().notNull().default(0),
    lastSignInAt: at(),
    updatedAt: at().notNull().defaultNow(),
  },
  (t) => [primaryKey({ name: 'credentials_pkey', columns: [t.organisationId, t.personId] })],
);

export const SIGN_IN_METHODS = ['password', 'pin', 'passkey', 'link', 'setup'] as const;

/** A session is a family of tokens. It is known by the hash of what all its refresh tokens begin with. */
export const sessions = pgTable(
  'sessions',
  {
    tokenHash: text().primaryKey(),
    /** What its person and their manager call it; it proves nothing. */
    id: uuid().notNull().defaultRandom(),
    organisationId: uuid().notNull(),
    personId: uuid().notNull(),
    /** The paired station that a PIN was typed on; such a session is of use there alone. */
    deviceId: uuid(),
    /** The secrets of the refresh token that is good now, and of the one before. */
    refreshHash: text().notNull().default(''),
    previousHash: text(),
    rotatedAt: at(),
    method: text().notNull().default('password'),
    /** Begun with two factors, or given the second since. */
    isStrong: boolean().notNull().default(false),
    userAgent: varchar({ length: 200 }).notNull().default(''),
    lastSeenAt: at().notNull().defaultNow(),
    createdAt: at().notNull(),
    expiresAt: at().notNull(),
    revokedAt: at(),
  },
  (t) => [
    index('sessions_organisation_id_person_id_idx').on(t.organisationId, t.personId),
    oneOf('sessions_method_check', t.method, SIGN_IN_METHODS),
  ],
);

/** What a session is used with: each lives for minutes. An open connection keeps the one it began with. */
export const accessTokens = pgTable('access_tokens', {
  tokenHash: text().primaryKey(),
  organisationId: uuid().notNull(),
  sessionHash: text().notNull(),
  expiresAt: at().notNull(),
  /** When it was used first: until then the answer that carried it may have been lost. */
  seenAt: at(),
});

/** In place of an authenticator app's code, each once; new ones end those of before. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    organisationId: uuid().notNull(),
    id: uuid().notNull().defaultRandom(),
    personId: uuid().notNull(),
    /** argon2id, with a salt of its own. */
    codeHash: text().notNull(),
    createdAt: at().notNull(),
    /** Used, or replaced. */
    endedAt: at(),
  },
  (t) => [
    primaryKey({ name: 'recovery_codes_pkey', columns: [t.organisationId, t.id] }),
    index('recovery_codes_organisation_id_person_id_idx').on(t.organisationId, t.personId),
  ],
);

/** Public keys of people's authenticators. Which person it is, the authenticator says by its id. */
export const passkeys = pgTable(
  'passkeys',
  {
    organisationId: uuid().notNull(),
    id: uuid().notNull(),
    personId: uuid().notNull(),
    name: varchar({ length: 60 }).notNull(),
    credentialId: varchar({ length: 1_400 }).notNull(),
    publicKey: varchar({ length: 4_000 }).notNull(),
    /** How often it has answered, where it counts: one that is behind is a copy. */
    counter: bigint({ mode: 'number' }).notNull(),
    transports: varchar({ length: 20 }).array().notNull(),
    createdAt: at().notNull(),
    lastUsedAt: at(),
    removedAt: at(),
  },
  (t) => [
    primaryKey({ name: 'passkeys_pkey', columns: [t.organisationId, t.id] }),
    uniqueIndex('passkeys_credential_id_key').on(t.credentialId),
    index('passkeys_organisation_id_person_id_idx').on(t.organisationId, t.personId),
  ],
);

/** What an authenticator is asked to sign; asked before anybody knows who it is, so by its hash alone. */
export const passkeyChallenges = pgTable('passkey_challenges', {
  hash: text().primaryKey(),
  expiresAt: at().notNull(),
  usedAt: at(),
});

/** The password was right, and the code is still to come. */
export const signInSteps = pgTable('sign_in_steps', {
  tokenHash: text().primaryKey(),
  organisationId: uuid().notNull(),
  personId: uuid().notNull(),
  expiresAt: at().notNull(),
  usedAt: at(),
});

/** Fresh proofs that it is the person: each of one session, for one action on one target, once. */
export const proofs = pgTable(
  'proofs',
  {
    organisationId: uuid().notNull(),
    id: uuid().notNull().defaultRandom(),
    sessionId: uuid().notNull(),
    action: varchar({ length: 64 }).notNull(),
    targetHash: text().notNull(),
    createdAt: at().notNull(),
    usedAt: at(),
  },
  (t) => [
    primaryKey({ name: 'proofs_pkey', columns: [t.organisationId, t.id] }),
    index('proofs_organisation_id_session_id_idx').on(t.organisationId, t.sessionId),
  ],
);

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

export const LINK_PURPOSES = ['reset', 'invitation'] as const;

/** A link in an e-mail: whoever has it sets the password, once. It is good for the address it was sent to alone. */
export const oneTimeLinks = pgTable(
  'one_time_links',
  {
    tokenHash: text().primaryKey(),
    organisationId: uuid().notNull(),
    personId: uuid().notNull(),
    purpose: text().notNull(),
    addressHash: text().notNull(),
    createdAt: at().notNull(),
    expiresAt: at().notNull(),
    usedAt: at(),
  },
  (t) => [
    index('one_time_links_organisation_id_person_id_idx').on(t.organisationId, t.personId),
    oneOf('one_time_links_purpose_check', t.purpose, LINK_PURPOSES),
  ],
);

export const MAIL_PURPOSES = [...LINK_PURPOSES, 'password_changed'] as const;
export const MAIL_STATUS = ['queued', 'sent', 'failed', 'not_sent'] as const;

/** E-mails about sign-ins. What they say is kept only where nothing is sent, sealed, for as long as its link is good. */
export const mails = pgTable(
  'mails',
  {
    organisationId: uuid().notNull(),
    id: uuid().notNull(),
    personId: uuid().notNull(),
    purpose: text().notNull(),
    toAddress: varchar({ length: 254 }).notNull(),
    subject: varchar({ length: 200 }).notNull(),
    body: varchar({ length: 4000 }),
    status: text().notNull().default('queued'),
    errorCode: varchar({ length: 40 }),
    createdAt: at().notNull(),
    expiresAt: at().notNull(),
  },
  (t) => [
    primaryKey({ name: 'mails_pkey', columns: [t.organisationId, t.id] }),
    oneOf('mails_purpose_check', t.purpose, MAIL_PURPOSES),
    oneOf('mails_status_check', t.status, MAIL_STATUS),
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
