import {
  bigint,
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import { at, oneOf } from './columns.ts';

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
