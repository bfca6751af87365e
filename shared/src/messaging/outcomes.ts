import type { Context } from '../kernel/command.ts';
import { reject } from '../kernel/rejections.ts';
import { addMs, SECOND } from '../kernel/time.ts';
import type { MessagingDecision, MessagingFact } from './facts.ts';
import { erasedIfWithdrawn } from './forget.ts';
import type { Message, MessageStatus, MessagingLive } from './rows.ts';

/** Tries of one message. With the waits between them they reach beyond the time it is worth sending. */
export const MAX_ATTEMPTS = 6;
/** Between tries: 5 s, 10 s, 20 s … */
const BACKOFF_MS = 5 * SECOND;
/**
 * A request whose answer was lost may still be at work at the carrier: before this has passed, "it is not in the
 * list" proves nothing. A carrier that took longer than this and the time-out together would be asked twice.
 */
export const SETTLE_MS = 10 * SECOND;

/**
 * How far along a message is. A report moves it up or not at all, so that reports which come twice, late or in
 * any order lead to the same end. `delivered` is highest: a carrier that says so after "undelivered" knows more.
 */
const RANK: Readonly<Record<MessageStatus, number>> = {
  queued: 0,
  sending: 1,
  not_sent: 2,
  cancelled: 2,
  expired: 2,
  unknown: 2,
  sent: 3,
  failed: 4,
  undelivered: 5,
  delivered: 6,
};

interface OutcomeInput {
  readonly messageId: string;
  readonly attempt: number;
  readonly outcome: 'accepted' | 'rejected' | 'retry' | 'unknown' | 'not_sent';
  readonly providerId: string | null;
  readonly errorCode: string | null;
  readonly retryAfterMs: number | null;
}

/** M15 to M18: what became of an attempt. */
export function recordOutcome(live: MessagingLive, input: OutcomeInput, ctx: Context): MessagingDecision {
  const message = live.rows.messages.get(input.messageId);
  if (message === undefined) return reject('messageUnknown');
  const { outcome, providerId, errorCode } = input;
  if (outcome === 'accepted') {
    // True whenever it is said, whichever attempt it was: the carrier has it.
    return moved(live, message, { status: 'sent', providerId, errorCode: null }, ctx);
  }
  const isOpen = message.status === 'sending' || message.status === 'unknown';
  if (!isOpen || input.attempt !== message.attempts) return unchanged;
  const row = { ...message, claimedUntil: null, errorCode };
  switch (outcome) {
    case 'rejected':
      return settled(live, { ...row, status: 'failed' });
    case 'not_sent':
      return settled(live, { ...row, status: 'not_sent' });
    case 'unknown':
      return settled(live, { ...row, status: 'unknown', claimedUntil: addMs(ctx.now, SETTLE_MS) });
    case 'retry':
      if (message.attempts >= MAX_ATTEMPTS) return settled(live, { ...row, status: 'failed' });
      return changed(
        { ...row, status: 'queued' },
        {
          type: 'messaging.messageQueued',
          messageId: message.id,
          delayMs: input.retryAfterMs ?? backoffMs(message),
        },
      );
  }
}

/** Spread by the message's own id, so that those which failed together do not come back together. */
function backoffMs({ id, attempts }: Message): number {
  const spread = Number.parseInt(id.slice(-4), 16) / 0x10000;
  return Math.round(BACKOFF_MS * 2 ** (attempts - 1) * (0.75 + spread / 2));
}

interface StatusInput {
  readonly messageId: string;
  readonly providerId: string;
  readonly status: 'sent' | 'delivered' | 'undelivered' | 'failed';
  readonly errorCode: string | null;
}

/** M19, M20: the carrier's report. A report of another message of the carrier's is passed over. */
export function recordStatus(live: MessagingLive, input: StatusInput, ctx: Context): MessagingDecision {
  const message = live.rows.messages.get(input.messageId);
  if (message === undefined) return reject('messageUnknown');
  if (message.providerId !== null && message.providerId !== input.providerId) return unchanged;
  return moved(live, message, input, ctx);
}

type Report = Pick<Message, 'status' | 'providerId' | 'errorCode'>;

/** The message moved up to what was reported; what is known already stays. */
function moved(live: MessagingLive, message: Message, report: Report, ctx: Context): MessagingDecision {
  const providerId = message.providerId ?? report.providerId;
  if (RANK[report.status] <= RANK[message.status]) {
    return providerId === message.providerId ? unchanged : changed({ ...message, providerId });
  }
  return settled(live, {
    ...message,
    providerId,
    status: report.status,
    errorCode: report.errorCode,
    claimedUntil: null,
    sentAt: report.status === 'failed' ? message.sentAt : (message.sentAt ?? ctx.now),
    deliveredAt: report.status === 'delivered' ? ctx.now : message.deliveredAt,
  });
}

const unchanged: MessagingDecision = { ok: true, changes: [], facts: [] };

const changed = (row: Message, ...facts: MessagingFact[]): MessagingDecision => ({
  ok: true,
  changes: [{ table: 'messages', row }],
  facts,
});

const settled = (live: MessagingLive, row: Message): MessagingDecision =>
  changed(erasedIfWithdrawn(live, row), {
    type: 'messaging.messageSettled',
    messageId: row.id,
    status: row.status,
  });
