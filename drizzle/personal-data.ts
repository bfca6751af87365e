import type { PgTable } from 'drizzle-orm/pg-core';
import { BY_STAFF, ROWS, type Entry, type Personal, type Retention } from '@schalter/shared/personal-data.ts';
import type { BOOKKEEPING } from './schema/columns.ts';
import type * as schema from './schema/index.ts';

/*
 * Every column of every table: the rows' own fields as shared/src/personal-data.ts says, who wrote them, and the tables
 * that are no rows. A column that is missing here does not compile; server/test/personal-data.pg.test.ts compares the
 * whole with the catalogue of a real database, the tables of the tools included.
 */

type Camel<S extends string> = S extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
type Written = Camel<(typeof BOOKKEEPING)[number]>;
type Schema = typeof schema;
type Tables = {
  readonly [T in keyof Schema as Schema[T] extends PgTable ? T : never]: Schema[T] extends PgTable
    ? { readonly [C in keyof Schema[T]['$inferSelect']]: Entry }
    : never;
};
type Others = Omit<Tables, keyof typeof ROWS>;

export const WRITTEN = {
  createdAt: 'none',
  createdBy: BY_STAFF,
  updatedAt: 'none',
  updatedBy: BY_STAFF,
  seq: 'none',
} as const satisfies { readonly [C in Written]: Entry };

const GONE = { kept: 'it goes with its row, which is deleted' } as const;
const proof = (purpose: string, retention: Retention): Personal => ({
  kind: 'security',
  of: 'staff',
  purpose,
  retention,
  erased: GONE,
});
/** Of staff and of customers: emptied with the person or the visit, or once nobody wants it any more. */
const push = (purpose: string): Personal => ({
  kind: 'security',
  of: 'customer',
  purpose,
  retention: 'session',
  erased: GONE,
});
const JOURNAL: Personal = {
  kind: 'text',
  of: 'customer',
  purpose: 'what was done, by path: see "The journal" below',
  retention: 'audit',
  erased: { kept: 'it is redacted by path' },
};
const FINGERPRINT: Personal = {
  kind: 'security',
  of: 'customer',
  purpose: 'a hash of the input: the same id with another payload is a mistake',
  retention: 'audit',
  erased: { kept: 'it goes when the entry is redacted' },
};

const OTHERS = {
  streams: {
    id: 'none',
    organisationId: 'none',
    locationId: 'none',
    kind: 'none',
    seq: 'none',
    createdAt: 'none',
  },
  journal: {
    organisationId: 'none',
    streamId: 'none',
    seq: 'none',
    commandId: 'none',
    fingerprint: FINGERPRINT,
    type: 'none',
    input: JOURNAL,
    result: 'none',
    facts: JOURNAL,
    changes: JOURNAL,
    actor: JOURNAL,
    deviceId: 'none',
    occurredAt: 'none',
    at: 'none',
  },
  refusals: {
    organisationId: 'none',
    streamId: 'none',
    commandId: 'none',
    fingerprint: { ...FINGERPRINT, erased: { kept: 'a refused command has no rows, and its hash no name' } },
    answer: 'none',
    at: 'none',
  },
  journalSeals: {
    organisationId: 'none',
    streamId: 'none',
    seq: 'none',
    salt: { ...FINGERPRINT, purpose: 'so that nobody finds what an entry said by trying its digest' },
    digest: { ...FINGERPRINT, purpose: 'a hash of what an entry says', erased: { kept: 'its salt goes' } },
    hash: 'none',
  },
  journalRedactions: {
    organisationId: 'none',
    streamId: 'none',
    seq: 'none',
    commandId: 'none',
    digest: 'none',
    at: 'none',
  },
  journalChecks: { organisationId: 'none', checkedAt: 'none', damages: 'none' },
  credentials: {
    organisationId: 'none',
    personId: BY_STAFF,
    passwordHash: proof('to sign in', 'employment'),
    pinHash: proof('to sign in at a station', 'employment'),
    pinFailures: proof('to lock out who tries', 'employment'),
    pinLockedUntil: proof('to lock out who tries', 'employment'),
    totpSecret: { ...proof('to sign in with a second factor; sealed', 'employment'), erased: { to: null } },
    totpSince: proof('to sign in with a second factor', 'employment'),
    totpLastStep: proof('to sign in with a second factor', 'employment'),
    failedAttempts: proof('told to the person at the next sign-in', 'employment'),
    lastSignInAt: proof('told to the person at the next sign-in', 'employment'),
    updatedAt: 'none',
  },
  sessions: {
    tokenHash: proof('who has signed in', 'session'),
    id: 'none',
    refreshHash: proof('who has signed in', 'session'),
    previousHash: proof('who has signed in', 'session'),
    rotatedAt: proof('how long it holds', 'session'),
    method: proof('where one is signed in', 'session'),
    isStrong: proof('what the session is good for', 'session'),
    userAgent: { ...proof('where one is signed in', 'session'), kind: 'origin' },
    lastSeenAt: proof('where one is signed in', 'session'),
    organisationId: 'none',
    personId: { ...BY_STAFF, retention: 'session' },
    deviceId: 'none',
    createdAt: proof('how long it holds', 'session'),
    expiresAt: proof('how long it holds', 'session'),
    revokedAt: proof('how long it holds', 'session'),
  },
  accessTokens: {
    tokenHash: proof('who has signed in', 'session'),
    organisationId: 'none',
    sessionHash: proof('who has signed in', 'session'),
    expiresAt: proof('how long it holds', 'session'),
    seenAt: proof('how long it holds', 'session'),
  },
  recoveryCodes: {
    organisationId: 'none',
    id: 'none',
    personId: BY_STAFF,
    codeHash: proof('to sign in where the second factor is lost', 'employment'),
    createdAt: proof('to sign in where the second factor is lost', 'employment'),
    endedAt: proof('to sign in where the second factor is lost', 'employment'),
  },
  passkeys: {
    organisationId: 'none',
    id: 'none',
    personId: BY_STAFF,
    name: { ...proof('which of their devices it is', 'employment'), kind: 'text', erased: { to: '' } },
    credentialId: { ...proof('to sign in with a passkey', 'employment'), erased: { from: (id) => id } },
    publicKey: { ...proof('to sign in with a passkey', 'employment'), erased: { to: '' } },
    counter: proof('to find out a copy', 'employment'),
    transports: proof('to sign in with a passkey', 'employment'),
    createdAt: proof('which of their devices it is', 'employment'),
    lastUsedAt: proof('which of their devices it is', 'employment'),
    removedAt: proof('to sign in with a passkey', 'employment'),
  },
  passkeyChallenges: { hash: 'none', expiresAt: 'none', usedAt: 'none' },
  signInSteps: {
    tokenHash: proof('to sign in with a second factor', 'session'),
    organisationId: 'none',
    personId: { ...BY_STAFF, retention: 'session' },
    expiresAt: proof('to sign in with a second factor', 'session'),
    usedAt: proof('to sign in with a second factor', 'session'),
  },
  proofs: {
    organisationId: 'none',
    id: 'none',
    sessionId: proof('to carry out what matters', 'session'),
    action: proof('to carry out what matters', 'session'),
    targetHash: proof('to carry out what matters', 'session'),
    createdAt: proof('to carry out what matters', 'session'),
    usedAt: proof('to carry out what matters', 'session'),
  },
  oneTimeLinks: {
    tokenHash: proof('who may set a password', 'session'),
    organisationId: 'none',
    personId: { ...BY_STAFF, retention: 'session' },
    purpose: proof('why', 'session'),
    addressHash: proof('that the address is still the one it was sent to', 'session'),
    createdAt: proof('how long it holds', 'session'),
    expiresAt: proof('how long it holds', 'session'),
    usedAt: proof('how long it holds', 'session'),
  },
  mails: {
    organisationId: 'none',
    id: 'none',
    personId: { ...BY_STAFF, retention: 'mails' },
    purpose: proof('what was written', 'mails'),
    toAddress: { ...proof('who was written to', 'mails'), kind: 'contact', erased: { to: '' } },
    subject: 'none',
    body: { ...proof('read where nothing is sent; sealed', 'mails'), kind: 'text', erased: { to: null } },
    status: 'none',
    errorCode: 'none',
    createdAt: proof('when somebody was written to', 'mails'),
    expiresAt: 'none',
  },
  pushSubscriptions: {
    organisationId: 'none',
    id: 'none',
    owner: 'none',
    ownerId: push('who wants to be told'),
    sessionId: push('as long as somebody is signed in'),
    endpoint: { ...push('which browser is told'), kind: 'contact', erased: { to: null } },
    keys: { ...push('to write so that only that browser reads it; sealed'), erased: { to: null } },
    approachingStageId: push('to be told once'),
    createdAt: push('when somebody asked to be told'),
    expiresAt: 'none',
  },
  deviceTokens: {
    tokenHash: 'none',
    organisationId: 'none',
    locationId: 'none',
    deviceId: 'none',
    createdAt: 'none',
    revokedAt: 'none',
    followsHash: 'none',
    retiredAt: 'none',
    seenAt: 'none',
  },
  pairings: {
    id: 'none',
    codeHash: 'none',
    secretHash: 'none',
    kind: 'none',
    address: { ...proof('which device asks, shown to whoever approves it', 'pairing'), kind: 'origin' },
    userAgent: { ...proof('which device asks, shown to whoever approves it', 'pairing'), kind: 'origin' },
    requestedAt: 'none',
    expiresAt: 'none',
    claimedBy: { ...BY_STAFF, retention: 'pairing' },
    organisationId: 'none',
    locationId: 'none',
    deviceId: 'none',
    collectedAt: 'none',
  },
  installationSecrets: { name: 'none', value: 'none', createdAt: 'none' },
  rateLimits: { name: 'none', keyHash: 'none', windowStart: 'none', hits: 'none', hitsBefore: 'none' },
} as const satisfies Others;

/** By the names that drizzle's schema has. */
export const COLUMNS: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  ...Object.fromEntries(Object.entries(ROWS).map(([table, fields]) => [table, { ...fields, ...WRITTEN }])),
  ...OTHERS,
};

/** Columns of the tables that tools keep for themselves, and that say something of people; all others say nothing. */
export const OF_TOOLS: Readonly<Record<string, Personal>> = Object.fromEntries(
  ['pgboss.job.data', 'pgboss.archive.data'].map((column) => [
    column,
    {
      kind: 'link',
      of: 'customer',
      purpose:
        'work that waits: ids, the link of a message that is to be written, the address of who forgot a password',
      retention: 'jobs',
      erased: { kept: 'it goes when the job is done' },
    },
  ]),
);
