import { createHash } from 'node:crypto';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import {
  contextIds,
  type Answer,
  type CommandEnvelope,
  type Context,
  type Given,
} from '@schalter/shared/kernel/command.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { ms } from '@schalter/shared/kernel/time.ts';
import { can } from '@schalter/shared/platform/access.ts';
import { ruleOf, specOf, type AllLive, type Fact } from '@schalter/shared/registry.ts';
import type { Job } from '../jobs/job.ts';
import { rowKey, type Batch, type JournalEntry, type StoredAnswer, type StreamHead } from './store.ts';
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
  const answers = submissions.map((submission): Answer => {
    const { envelope } = submission;
    const fingerprint = fingerprintOf(envelope);
    // 5. A command id seen before gets its stored answer, a refusal too.
    const before = answered.get(envelope.commandId);
    if (before !== undefined)
      return before.fingerprint === fingerprint ? before.answer : reject('commandIdReused');
    const seq = head.seq + entries.length + 1;
    const decided = decideOne(head, live, submission, { seq, now, fingerprint });
    const answer: Answer = decided.ok ? { ok: true, seq, result: decided.entry.result } : decided;
    const stored = { commandId: envelope.commandId, fingerprint, answer };
    answered.set(envelope.commandId, stored);
    if (decided.ok) {
      applyChanges(live, decided.entry.changes);
      entries.push(decided.entry);
      for (const fact of decided.entry.facts) {
        jobs.push(...react(fact as Fact, live, { now, streamId: head.id, commandId: envelope.commandId }));
      }
    } else refusals.push(stored);
    return answer;
  });
  const batch = {
    seq: head.seq + entries.length,
    at: now,
    rows: lastRows(entries),
    entries,
    refusals,
    jobs,
  };
  return { answers, batch };
}

type Decided = { readonly ok: true; readonly entry: JournalEntry } | Extract<Answer, { ok: false }>;

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
  if (spec.stream !== head.kind) return reject('unknownStream');
  if (!can(actor, spec.permission, head))
    return reject(actor.kind === 'anonymous' ? 'notSignedIn' : 'notPermitted');
  // What happened cannot lie in the future, whatever a device's clock says.
  const occurredAt = envelope.occurredAt < now ? new Date(envelope.occurredAt).toISOString() : now;
  if (spec.expiresAfterMs !== null && ms(now) - ms(occurredAt) > spec.expiresAfterMs)
    return reject('commandExpired');
  const ctx: Context = {
    now,
    occurredAt,
    streamId: head.id,
    organisationId: head.organisationId,
    commandId: envelope.commandId,
    actor,
    given,
    id: contextIds(envelope.commandId),
  };
  // 7. Decide.
  const decision = rule(live, envelope.input, ctx);
  if (!decision.ok) return decision;
  return {
    ok: true,
    entry: {
      seq,
      commandId: envelope.commandId,
      fingerprint,
      type: envelope.type,
      input: envelope.input,
      result: decision.result ?? null,
      facts: decision.facts,
      changes: decision.changes,
      actor,
      deviceId: deviceOf(actor),
      occurredAt,
      at: now,
    },
  };
}

const deviceOf = (actor: Actor): string | null =>
  actor.kind === 'device' || actor.kind === 'person' ? actor.deviceId : null;
const writerOf = (actor: Actor): string | null =>
  actor.kind === 'person' ? actor.personId : deviceOf(actor);

/** The last version of each row, in the order of its last change. */
function lastRows(entries: readonly JournalEntry[]): Batch['rows'] {
  const rows = new Map<string, Batch['rows'][number]>();
  for (const entry of entries) {
    for (const change of entry.changes) {
      rows.delete(rowKey(change));
      rows.set(rowKey(change), { ...change, writtenBy: writerOf(entry.actor), entrySeq: entry.seq });
    }
  }
  return [...rows.values()];
}
