import { bigint, jsonb, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, oneOf } from './columns.ts';

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

/** Every accepted command with what it changed: gapless per stream, append-only. */
export const journal = pgTable(
  'journal',
  {
    organisationId: uuid().notNull(),
    streamId: uuid()
      .notNull()
      .references(() => streams.id, { onDelete: 'restrict' }),
    seq: bigint({ mode: 'number' }).notNull(),
    commandId: uuid().notNull(),
    type: text().notNull(),
    input: jsonb().notNull(),
    facts: jsonb().notNull(),
    changes: jsonb().notNull(),
    actor: jsonb().notNull(),
    deviceId: uuid(),
    occurredAt: at().notNull(),
    at: at().notNull(),
  },
  (t) => [primaryKey({ name: 'journal_pkey', columns: [t.organisationId, t.streamId, t.seq] })],
);

/** What a sender was answered, refusals too: the same command id gets the same answer for ever. */
export const commandAnswers = pgTable(
  'command_answers',
  {
    organisationId: uuid().notNull(),
    streamId: uuid()
      .notNull()
      .references(() => streams.id, { onDelete: 'restrict' }),
    commandId: uuid().notNull(),
    /** Hash of type and input: the same id with another payload is a mistake, not a repetition. */
    fingerprint: text().notNull(),
    answer: jsonb().notNull(),
    at: at().notNull(),
  },
  (t) => [primaryKey({ name: 'command_answers_pkey', columns: [t.organisationId, t.streamId, t.commandId] })],
);
