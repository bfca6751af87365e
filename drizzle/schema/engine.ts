import {
  bigint,
  customType,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import { at, oneOf } from './columns.ts';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/**
 * One row per stream: its head, and the lock that gives the order of the world. Its key is the stream's id
 * alone, because that is all a command names; the organisation is what this row answers.
 */
export const streams = pgTable(
  'streams',
  {
    id: uuid().primaryKey(),
    organisationId: uuid().notNull(),
    /** null for the organisation's own stream. */
    locationId: uuid(),
    kind: text().notNull(),
    seq: bigint({ mode: 'number' }).notNull().default(0),
    createdAt: at().notNull().defaultNow(),
  },
  (t) => [
    oneOf('streams_kind_check', t.kind, ['location', 'organisation']),
    uniqueIndex('streams_organisation_id_id_key').on(t.organisationId, t.id),
  ],
);

/**
 * Every accepted command with what it changed and what its sender was answered: gapless per stream,
 * append-only. No foreign key to the stream: the statement that writes an entry moves that stream's head on, and fails
 * without it; asking again cost 75 µs an entry. The columns are json, not jsonb: nothing on the hot path looks inside, and the text as it came
 * costs half of what taking it apart does (docs/decisions/write-path.md).
 */
export const journal = pgTable(
  'journal',
  {
    organisationId: uuid().notNull(),
    streamId: uuid().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    commandId: uuid().notNull(),
    /** Hash of type and input: the same id with another payload is a mistake, not a repetition. */
    fingerprint: text().notNull(),
    type: varchar({ length: 64 }).notNull(),
    input: json().notNull(),
    result: json(),
    facts: json().notNull(),
    changes: json().notNull(),
    actor: json().notNull(),
    deviceId: uuid(),
    occurredAt: at().notNull(),
    at: at().notNull(),
  },
  (t) => [
    primaryKey({ name: 'journal_pkey', columns: [t.organisationId, t.streamId, t.seq] }),
    uniqueIndex('journal_organisation_id_stream_id_command_id_key').on(
      t.organisationId,
      t.streamId,
      t.commandId,
    ),
  ],
);

/** Commands that were refused: the same id gets the same refusal for ever. */
export const refusals = pgTable(
  'refusals',
  {
    organisationId: uuid().notNull(),
    streamId: uuid().notNull(),
    commandId: uuid().notNull(),
    fingerprint: text().notNull(),
    answer: json().notNull(),
    at: at().notNull(),
  },
  (t) => [primaryKey({ name: 'refusals_pkey', columns: [t.organisationId, t.streamId, t.commandId] })],
);

/**
 * The hash chain over the journal, one link per entry: written within a minute of it by `seal_journal`, never changed
 * but for the salt, which a redaction takes away. Beside the journal, because a column of the journal would be an
 * update of every entry.
 */
export const journalSeals = pgTable(
  'journal_seals',
  {
    organisationId: uuid().notNull(),
    streamId: uuid().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    /** Without it nobody finds out from the digest what a redacted entry said: a phone number is soon guessed. */
    salt: bytea(),
    /** Of what the entry says: input, answer, facts, changes, actor. It outlives a redaction. */
    digest: bytea().notNull(),
    /** Of the link before, the digest, and who did what when: ids alone, which stay. */
    hash: bytea().notNull(),
  },
  (t) => [primaryKey({ name: 'journal_seals_pkey', columns: [t.organisationId, t.streamId, t.seq] })],
);

/** Which entries have been redacted, by which erasure; written by `redact_journal_entry` alone. */
export const journalRedactions = pgTable(
  'journal_redactions',
  {
    organisationId: uuid().notNull(),
    streamId: uuid().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    /** The command that erased. */
    commandId: uuid().notNull(),
    /** Of what the entry says since then; null once it was redacted again. */
    digest: bytea(),
    at: at().notNull(),
  },
  (t) => [
    primaryKey({
      name: 'journal_redactions_pkey',
      columns: [t.organisationId, t.streamId, t.seq, t.commandId],
    }),
  ],
);

/** When the chain of an organisation was last looked through by a server, and how many damages it found. */
export const journalChecks = pgTable(
  'journal_checks',
  {
    organisationId: uuid().notNull(),
    checkedAt: at().notNull(),
    /** null while it is being looked through. */
    damages: integer(),
  },
  (t) => [primaryKey({ name: 'journal_checks_pkey', columns: [t.organisationId] })],
);
