import { HOUR, addMs, ms, msBetween } from '@schalter/shared/kernel/time.ts';
import type { ClaimResult } from '@schalter/shared/messaging/decide.ts';
import type { Message } from '@schalter/shared/messaging/rows.ts';
import type { CommandType } from '@schalter/shared/registry.ts';
import type { Engine } from '../engine/execute.ts';
import type { JobData } from '../jobs/job.ts';
import type { Clock } from '../ports/clock.ts';
import type { Sms, SmsOutcome } from '../ports/sms.ts';
import { submit } from '../transport/caller.ts';
import { callbackUrl, reportOf } from './callback.ts';
import { REPORT_MS } from './react.ts';

/**
 * How long one worker has a message to itself: longer than a carrier may take to answer
 * (adapters/twilio-sms.ts, 8 s), so that a request has ended, and settled, before somebody looks for it.
 */
const LEASE_MS = 15_000;
/** What a send may still take of its lease; a worker that was held up longer than that leaves it to the next. */
const SEND_MS_MAX = 10_000;

/**
 * How far back of its own time a message is looked for: the carrier dates it by its clock, and ours may have been
 * ahead and been set right since. Further back, the same words may be of an earlier visit.
 */
const LOOK_BACK_MS = HOUR;

export interface MessageParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly sms: Sms;
  readonly publicUrl: () => string;
}
type MessageJob = JobData<'message'>;

/**
 * Takes one message a step further: sends it, looks for it where it may have been sent, or asks what became of
 * it. Whatever happens here, the next step is a job of its own, added with the claim; a worker may be killed at
 * any line. It throws where the job should be run again.
 */
export const messageWorker =
  (parts: MessageParts) =>
  async (job: MessageJob): Promise<void> => {
    // Nothing is read before the claim: this process may not have heard yet of what another one wrote. A new
    // command id each time: a stored answer "send" would send again.
    const claim = await tell(parts, job, 'messaging.claim', { leaseMs: LEASE_MS });
    if (!claim.ok) return claim.details?.['status'] === 'sent' ? askForReport(parts, job) : undefined;
    const result = claim.result as ClaimResult;
    if (result.do === 'stop') return;
    const message = await messageOf(parts, job);
    if (message === null) return;
    if (result.do === 'reconcile') return reconcile(parts, job, message);
    if (ms(parts.clock.now()) + SEND_MS_MAX > ms(result.claimedUntil)) return;
    const outcome = await parts.sms.send({
      messageId: message.id,
      to: message.toE164,
      body: message.body,
      expiresAt: message.expiresAt,
      now: parts.clock.now(),
      statusCallbackUrl: callbackUrl(parts.publicUrl(), job),
    });
    await record(parts, job, result.attempt, outcome);
  };

async function messageOf(
  { engine }: MessageParts,
  { streamId, messageId }: MessageJob,
): Promise<Message | null> {
  return (await engine.read(streamId, ({ live }) => live.rows.messages.get(messageId))) ?? null;
}

/** Submits a command about the message. Refused means that it is no longer this worker's; anything else throws. */
async function tell(
  parts: MessageParts,
  { streamId, messageId }: MessageJob,
  type: CommandType,
  input: object,
) {
  const actor = { kind: 'system' } as const;
  const answer = await submit(parts, { streamId, type, input: { messageId, ...input }, actor });
  if (answer.ok || answer.code === 'messageNotWanted' || answer.code === 'messageUnknown') return answer;
  throw new Error(`${type}: ${answer.code}`);
}

type Outcome = 'accepted' | 'rejected' | 'retry' | 'unknown' | 'not_sent';
interface Result {
  readonly outcome: Outcome;
  readonly providerId?: string;
  readonly errorCode?: string;
  readonly retryAfterMs?: number | undefined;
}

async function record(
  parts: MessageParts,
  job: MessageJob,
  attempt: number,
  outcome: SmsOutcome,
): Promise<void> {
  await tellOutcome(parts, job, attempt, resultOf(outcome));
}

function resultOf(outcome: SmsOutcome): Result {
  switch (outcome.outcome) {
    case 'accepted':
      return { outcome: 'accepted', providerId: outcome.providerId };
    case 'rejected':
      if (outcome.permanent) return { outcome: 'rejected', errorCode: outcome.code };
      return { outcome: 'retry', errorCode: outcome.code, retryAfterMs: outcome.retryAfterMs };
    case 'unknown':
      return { outcome: 'unknown', errorCode: outcome.reason };
    case 'kept':
      return { outcome: 'not_sent' };
  }
}

const tellOutcome = (parts: MessageParts, job: MessageJob, attempt: number, result: Result) =>
  tell(parts, job, 'messaging.recordOutcome', {
    attempt,
    outcome: result.outcome,
    providerId: result.providerId ?? null,
    // Whatever a carrier says, it fits: a text too long for its field would lose the outcome.
    errorCode: result.errorCode?.slice(0, 64) ?? null,
    retryAfterMs: result.retryAfterMs === undefined ? null : Math.min(result.retryAfterMs, HOUR),
  });

/** A message that may have been sent is looked for; only where the carrier says "not here" it may be sent. */
async function reconcile(parts: MessageParts, job: MessageJob, message: Message): Promise<void> {
  const others = await othersOf(parts, job);
  const except = others.flatMap(({ providerId }) => providerId ?? []);
  const { toE164: to, body, queuedAt, attempts } = message;
  const since = addMs(queuedAt, -LOOK_BACK_MS);
  const answer = await parts.sms.findSent({ to, body, since, except });
  switch (answer.outcome) {
    case 'found':
      await tellOutcome(parts, job, attempts, { outcome: 'accepted', providerId: answer.providerId });
      return;
    case 'absent':
      if ((await othersOf(parts, job)).some((other) => saidTheSame(other, message))) {
        await tellOutcome(parts, job, attempts, { outcome: 'unknown', errorCode: 'sameWords' });
        return;
      }
      await tellOutcome(parts, job, attempts, { outcome: 'retry', errorCode: 'notFound', retryAfterMs: 0 });
      return;
    case 'unknown':
      await tellOutcome(parts, job, attempts, { outcome: 'unknown', errorCode: answer.reason });
  }
}

async function othersOf(
  { engine }: MessageParts,
  { streamId, messageId }: MessageJob,
): Promise<readonly Message[]> {
  const others = await engine.read(streamId, ({ live }) =>
    [...live.rows.messages.values()].filter(({ id }) => id !== messageId),
  );
  return others ?? [];
}

/**
 * A second call to the same counter has the same words. Where two such messages were in doubt at once, the one
 * that was looked for first may have found the other's: not finding it again is no proof that it was not sent.
 */
const saidTheSame = (other: Message, { toE164, body, queuedAt }: Message): boolean =>
  other.toE164 === toE164 && other.body === body && other.sentAt !== null && other.sentAt >= queuedAt;

/** The carrier's report did not come: callbacks get lost, or this server is not public. */
async function askForReport(parts: MessageParts, job: MessageJob): Promise<void> {
  const { providerId, sentAt } = (await messageOf(parts, job)) ?? {};
  if (!providerId || !sentAt || msBetween(sentAt, parts.clock.now()) < REPORT_MS) return;
  const answer = await parts.sms.statusOf(providerId);
  const status = answer === null ? null : reportOf(answer.status);
  if (answer === null || status === null) return;
  await tell(parts, job, 'messaging.recordStatus', { providerId, status, errorCode: answer.errorCode });
}
