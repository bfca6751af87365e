import { createHash } from 'node:crypto';
import { authorOf, type Actor, type Author } from '@schalter/shared/kernel/actor.ts';
import {
  contextIds,
  type Answer,
  type CommandEnvelope,
  type Context,
  type Given,
} from '@schalter/shared/kernel/command.ts';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import type { AnyChange } from '@schalter/shared/kernel/live.ts';
import { instant, ms } from '@schalter/shared/kernel/time.ts';
import { can, denialCode } from '@schalter/shared/platform/access.ts';
import { ruleOf, specOf, type AllLive, type Fact } from '@schalter/shared/registry.ts';
import type { Job } from '../jobs/job.ts';
import {
  rowKey,
  type Batch,
  type JournalEntry,
  type RowWrite,
  type StoredAnswer,
  type StreamHead,
} from './store.ts';
import { applyChanges } from './streams.ts';

/** A command on its way: parsed, with what comes from the connection. */
export interface Submission {
  readonly envelope: CommandEnvelope;
  readonly actor: Actor;
  readonly given: Given;
}

/** What follows from a fact: messages, timers. Pure, server only. */
export type React = (
  fact: Fact,
  live: AllLive,
  ctx: { now: string; streamId: string; commandId: string },
) => readonly Job[];

export interface DecidedBatch {
  readonly answers: readonly Answer[];
  readonly batch: Batch;
}

export const fingerprintOf = (envelope: CommandEnvelope): string =>
  createHash('sha256')
    .update(JSON.stringify([envelope.type, envelope.input]))
    .digest('base64url');

/** A rule or a reaction threw: a mistake of ours, which must not take other people's commands along. */
export class BrokenRule extends Error {
  constructor(type: string, cause: unknown) {
    super(`a rule broke: ${type}`, { cause });
  }
}

/**
 * Steps 5 to 8 of the write path for one batch: decides each command on top of those before it, in the live
 * set itself, and collects what is to be written. The caller drops the live set where the write fails.
 */
export function decideBatch(
  head: StreamHead,
  live: AllLive,
  known: ReadonlyMap<string, StoredAnswer>,
  submissions: readonly Submission[],
  now: string,
  react: React,
): DecidedBatch {
  const answered = new Map(known);
  const entries: JournalEntry[] = [];
  const refusals: StoredAnswer[] = [];
  const jobs: Job[] = [];
  const hows = new Map<string, RowWrite['how']>();
  const decide = (submission: Submission): Answer => {
    const { envelope } = submission;
    const fingerprint = fingerprintOf(envelope);
    // 5. A command id seen before gets its stored answer, a refusal too.
    const before = answered.get(envelope.commandId);
    if (before !== undefined)
      return before.fingerprint === fingerprint ? before.answer : reject('commandIdReused');
    const denied = denialOf(head, submission);
    // Kept, it would meet the same command again after its sender has signed in.
    if (denied !== null) return denied;
    const seq = head.seq + entries.length + 1;
    const decided = decideOne(head, live, submission, { seq, now, fingerprint });
    const answer: Answer = decided.ok ? { ok: true, seq, result: decided.entry.result } : decided;
    const stored = { commandId: envelope.commandId, fingerprint, answer };
    answered.set(envelope.commandId, stored);
    if (decided.ok) {
      for (const change of decided.entry.changes) {
        const key = rowKey(change);
        if (hows.has(key)) continue;
        hows.set(key, decided.isMade(change) ? 'insert' : isThere(live, change) ? 'update' : 'upsert');
      }
      applyChanges(live, decided.entry.changes);
      entries.push(decided.entry);
      for (const fact of decided.entry.facts) {
        jobs.push(...react(fact as Fact, live, { now, streamId: head.id, commandId: envelope.commandId }));
      }
    } else refusals.push(stored);
    return answer;
  };
  const answers = submissions.map((submission) => {
    try {
      return decide(submission);
    } catch (error) {
      throw new BrokenRule(submission.envelope.type, error);
    }
  });
  const batch = {
    seq: head.seq + entries.length,
    at: now,
    rows: lastRows(entries, hows),
    entries,
    refusals,
    jobs,
  };
  return { answers, batch };
}

type Decided =
  | { readonly ok: true; readonly entry: JournalEntry; readonly isMade: (change: AnyChange) => boolean }
  | Rejection;

/** Why a command is not even looked at; nothing has been decided then. */
function denialOf(head: StreamHead, { envelope, actor }: Submission): Rejection | null {
  const spec = specOf(envelope.type);
  if (spec === undefined) return reject('unknownCommand');
  if (spec.stream !== head.kind) return reject('unknownStream');
  return can(actor, spec.permission, head) ? null : reject(denialCode(actor));
}

function decideOne(
  head: StreamHead,
  live: AllLive,
  submission: Submission,
  { seq, now, fingerprint }: { seq: number; now: string; fingerprint: string },
): Decided {
  const { envelope, actor, given } = submission;
  const spec = specOf(envelope.type);
  const rule = ruleOf(envelope.type);
  if (spec === undefined || rule === undefined) return reject('unknownCommand');
  // What happened cannot lie in the future, whatever a device's clock says. As instants: an offset does not
  // compare as text.
  const occurredAt = instant(Math.min(ms(envelope.occurredAt), ms(now)));
  if (spec.expiresAfterMs !== null && ms(now) - ms(occurredAt) > spec.expiresAfterMs)
    return reject('commandExpired');
  const made = madeIds(envelope.commandId);
  const ctx: Context = {
    now,
    occurredAt,
    streamId: head.id,
    organisationId: head.organisationId,
    commandId: envelope.commandId,
    actor,
    given,
    id: made.id,
  };
  // 7. Decide.
  const decision = rule(live, envelope.input, ctx);
  if (!decision.ok) return decision;
  if (decision.changes.some((change) => made.has(change) && isThere(live, change)))
    return reject('commandIdReused');
  return {
    ok: true,
    isMade: made.has,
    entry: {
      seq,
      commandId: envelope.commandId,
      fingerprint,
      type: envelope.type,
      input: envelope.input,
      result: decision.result ?? null,
      facts: decision.facts,
      changes: decision.changes,
      actor: authorOf(actor),
      deviceId: deviceOf(actor),
      occurredAt,
      at: now,
    },
  };
}

/**
 * The ids that a rule takes from its command. Everybody sees the ids of rows, and a command id can be chosen so
 * that one of these follows from it: what such an id names must be new, or a stranger's row would be replaced.
 */
function madeIds(commandId: string) {
  const ids = new Set<string>();
  const idOf = contextIds(commandId);
  return {
    id: (n: number): string => {
      const id = idOf(n);
      ids.add(id);
      return id;
    },
    has: ({ row }: AnyChange): boolean => ids.has(row.id),
  };
}

const isThere = (live: AllLive, { table, row }: AnyChange): boolean =>
  (live.rows as Readonly<Record<string, ReadonlyMap<string, unknown>>>)[table]?.has(row.id) === true;

const deviceOf = (actor: Author): string | null =>
  actor.kind === 'device' || actor.kind === 'person' ? actor.deviceId : null;
const writerOf = (actor: Author): string | null =>
  actor.kind === 'person' ? actor.personId : deviceOf(actor);

/** The last version of each row, in the order of its last change. */
function lastRows(
  entries: readonly JournalEntry[],
  hows: ReadonlyMap<string, RowWrite['how']>,
): readonly RowWrite[] {
  const rows = new Map<string, RowWrite>();
  for (const entry of entries) {
    for (const change of entry.changes) {
      const key = rowKey(change);
      rows.delete(key);
      rows.set(key, {
        ...change,
        writtenBy: writerOf(entry.actor),
        entrySeq: entry.seq,
        how: hows.get(key) ?? 'upsert',
      });
    }
  }
  return [...rows.values()];
}
