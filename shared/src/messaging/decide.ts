import type { Context, Decide } from '../kernel/command.ts';
import { reject } from '../kernel/rejections.ts';
import { addMs, MINUTE, SECOND } from '../kernel/time.ts';
import type { Stage, VisitContact } from '../queue/rows.ts';
import type { MessagingCommands } from './commands.ts';
import type { MessagingDecision, MessagingFact } from './facts.ts';
import { archiveDay, erasedIfWithdrawn, forgetVisit } from './forget.ts';
import { recordOutcome, recordStatus } from './outcomes.ts';
import {
  ERASED,
  type Message,
  type MessageStatus,
  type MessagingLive,
  type MessagingTables,
} from './rows.ts';
import {
  consentOf,
  countFrom,
  countMessages,
  dedupeKey,
  hasStopped,
  isOverspent,
  isWanted,
  mayBeTakenUp,
  messageFor,
  smsBudget,
} from './select.ts';
import { linkOf, renderMessage, type Template } from './texts.ts';

/** "Come to counter 3" does harm once somebody else stands there; "soon" is no longer true after a while. */
export const VALID_MS: Readonly<Record<Template, number>> = { called: 5 * MINUTE, approaching: 15 * MINUTE };
/** A carrier needs a moment: what is over in less is not sent. */
export const MIN_VALID_MS = 5 * SECOND;

/**
 * What one may cost. Three for a ticket are "soon", "now", and one more after a transfer, which is kept for
 * "now". Five a day for a number stop somebody who takes tickets for another's phone. Three hundred a day for a kiosk,
 * or for all phones together, are a number typed every other minute for ten hours. How many for a location, it says.
 */
export const LIMITS_PER = { ticket: 3, numberAndDay: 5, deviceAndDay: 300 } as const;

export const decideMessaging: Decide<MessagingCommands, MessagingLive, MessagingTables, MessagingFact> = {
  'messaging.prepare': prepare,
  'messaging.claim': claim,
  'messaging.recordOutcome': recordOutcome,
  'messaging.recordStatus': recordStatus,
  'messaging.forget': forgetVisit,
  'messaging.closeDay': archiveDay,
};

interface PrepareInput {
  readonly stageId: string;
  readonly template: Template;
  readonly link: string;
}

/** M1 to M8: writes a message into the outbox, once per stage and template. */
function prepare(
  live: MessagingLive,
  { stageId, template, link }: PrepareInput,
  ctx: Context,
): MessagingDecision {
  const stage = live.rows.stages.get(stageId);
  const visit = stage && live.rows.visits.get(stage.visitId);
  const location = live.rows.locations.get(ctx.streamId);
  if (stage === undefined || visit === undefined || location === undefined) return reject('stageUnknown');
  const contact = consentOf(live, visit);
  if (contact === undefined || hasStopped(live, contact.phoneE164)) return reject('consentMissing');
  if (!isWanted(template, stage)) return reject('messageNotWanted', { status: stage.status });
  const before = messageFor(live, stageId, template);
  if (before !== undefined && !mayBeTakenUp(before))
    return reject('messageNotWanted', { status: before.status });
  if (ctx.given.phone?.ok === false) return reject(ctx.given.phone.code);
  const limit = limitReached(live, stage, contact, template, ctx);
  if (limit !== null) return reject('messageLimitReached', { limit });
  const message: Message = {
    id: before?.id ?? ctx.id(0),
    organisationId: ctx.organisationId,
    locationId: ctx.streamId,
    archivedAt: null,
    businessDay: stage.businessDay,
    visitId: visit.id,
    stageId,
    template,
    dedupeKey: dedupeKey(stageId, template),
    channel: 'sms',
    toE164: contact.phoneE164,
    language: visit.language,
    ...words(live, stage, template, link, ctx),
    status: 'queued',
    attempts: before?.attempts ?? 0,
    claimedUntil: null,
    queuedAt: ctx.now,
    sentAt: null,
    deliveredAt: null,
    expiresAt: expiryOf(template, stage, ctx.now),
    providerId: null,
    errorCode: null,
  };
  return {
    ok: true,
    changes: [{ table: 'messages', row: message }],
    facts: [{ type: 'messaging.messageQueued', messageId: message.id, delayMs: 0 }],
    result: { messageId: message.id },
  };
}

/** The words of this moment: a customer who was called elsewhere meanwhile is sent to the right counter. */
function words(live: MessagingLive, stage: Stage, template: Template, link: string, ctx: Context) {
  const visit = live.rows.visits.get(stage.visitId);
  const counter = stage.counterId === null ? undefined : live.rows.counters.get(stage.counterId);
  return renderMessage(template, visit?.language ?? 'en', {
    place: live.rows.locations.get(ctx.streamId)?.name ?? '',
    number: visit === undefined ? '' : spokenNumber(visit),
    counter: counter?.name ?? '',
    link,
  });
}

/** As it is called and printed: "B042". */
const spokenNumber = ({ series, number }: { series: string; number: number }): string =>
  `${series}${String(number).padStart(3, '0')}`;

const expiryOf = (template: Template, stage: Stage, now: string): string =>
  addMs(template === 'called' ? (stage.calledAt ?? now) : now, VALID_MS[template]);

/** M6: which limit a further message would break; null where none. */
function limitReached(
  live: MessagingLive,
  stage: Stage,
  contact: VisitContact,
  template: Template,
  ctx: Context,
) {
  const { phoneE164: toE164 } = contact;
  const counts = countMessages(live, { visitId: stage.visitId, toE164, businessDay: stage.businessDay });
  const given = ctx.given.messagesToday;
  const toNumber = Math.max(counts.toNumber, given?.toNumber ?? 0);
  if (counts.ofVisit >= LIMITS_PER.ticket - (template === 'approaching' ? 1 : 0)) return 'ticket';
  if (toNumber >= LIMITS_PER.numberAndDay) return 'number';
  if (countFrom(live, contact, stage.businessDay) >= LIMITS_PER.deviceAndDay) return 'device';
  const location = live.rows.locations.get(ctx.streamId);
  const budget = location && smsBudget(live, location, stage.businessDay);
  return budget?.state === 'spent' ? budget.period : null;
}

interface ClaimInput {
  readonly messageId: string;
  readonly leaseMs: number;
}

/** What a worker does with a message that it has claimed. */
export type ClaimResult =
  | { readonly do: 'send' | 'reconcile'; readonly attempt: number; readonly claimedUntil: string }
  | { readonly do: 'stop'; readonly status: MessageStatus };

/** M11 to M14: one worker at a time; what is not wanted any more is not sent. */
function claim(live: MessagingLive, { messageId, leaseMs }: ClaimInput, ctx: Context): MessagingDecision {
  const message = live.rows.messages.get(messageId);
  if (message === undefined) return reject('messageUnknown');
  const claimedUntil = addMs(ctx.now, leaseMs);
  switch (message.status) {
    case 'queued':
      return claimQueued(live, message, claimedUntil, ctx);
    case 'sending':
    case 'unknown':
      if (message.claimedUntil !== null && message.claimedUntil > ctx.now) break;
      // Withdrawn and erased: there is no number left to look for.
      if (message.toE164.includes(ERASED)) break;
      // Whoever had it did not say how it ended: it may have been sent, so it is looked for first.
      return claimed({ ...message, claimedUntil }, 'reconcile');
    case 'sent':
    case 'delivered':
    case 'undelivered':
    case 'failed':
    case 'cancelled':
    case 'expired':
    case 'not_sent':
      break;
  }
  return reject('messageNotWanted', { status: message.status });
}

function claimQueued(
  live: MessagingLive,
  message: Message,
  claimedUntil: string,
  ctx: Context,
): MessagingDecision {
  const stage = live.rows.stages.get(message.stageId);
  const visit = live.rows.visits.get(message.visitId);
  const contact = visit && consentOf(live, visit);
  if (stage === undefined || !isWanted(message.template, stage))
    return stopped(live, message, 'cancelled', null);
  if (contact?.phoneE164 !== message.toE164) return stopped(live, message, 'cancelled', 'consentMissing');
  if (ctx.given.phone?.ok === false) return stopped(live, message, 'failed', ctx.given.phone.code);
  // Somebody has lowered the budget since: what waits is not sent either.
  const location = live.rows.locations.get(ctx.streamId);
  if (location !== undefined && isOverspent(live, location, message.businessDay))
    return stopped(live, message, 'cancelled', 'budget');
  const expiresAt = message.template === 'called' ? expiryOf('called', stage, ctx.now) : message.expiresAt;
  if (addMs(ctx.now, MIN_VALID_MS) >= expiresAt) return stopped(live, message, 'expired', message.errorCode);
  const text = words(live, stage, message.template, linkOf(message.body), ctx);
  const attempts = message.attempts + 1;
  return claimed({ ...message, ...text, status: 'sending', attempts, claimedUntil, expiresAt }, 'send');
}

function claimed(row: Message & { claimedUntil: string }, what: 'send' | 'reconcile'): MessagingDecision {
  const result: ClaimResult = { do: what, attempt: row.attempts, claimedUntil: row.claimedUntil };
  return {
    ok: true,
    changes: [{ table: 'messages', row }],
    facts: [{ type: 'messaging.messageClaimed', messageId: row.id, attempt: row.attempts }],
    result,
  };
}

function stopped(
  live: MessagingLive,
  message: Message,
  status: MessageStatus,
  errorCode: string | null,
): MessagingDecision {
  const result: ClaimResult = { do: 'stop', status };
  const row = { ...message, status, errorCode, claimedUntil: null };
  return {
    ok: true,
    changes: [{ table: 'messages', row: erasedIfWithdrawn(live, row) }],
    facts: [{ type: 'messaging.messageSettled', messageId: message.id, status }],
    result,
  };
}
