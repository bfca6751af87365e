import type { Location } from '../platform/rows.ts';
import type { TicketEstimate } from '../queue/estimate.ts';
import type { Stage, Visit, VisitContact } from '../queue/rows.ts';
import { openStages } from '../queue/views.ts';
import type { Message, MessageStatus, MessagingLive } from './rows.ts';
import type { Template } from './texts.ts';

/** One message per stage and template, whatever happens: the database holds this key unique. */
export const dedupeKey = (stageId: string, template: Template): string => `stage:${stageId}:${template}`;

export function messageFor(live: MessagingLive, stageId: string, template: Template): Message | undefined {
  const key = dedupeKey(stageId, template);
  for (const message of live.rows.messages.values()) if (message.dedupeKey === key) return message;
  return undefined;
}

/** The recorded consent of a visit, with its number; undefined where there is none, or none any more. */
export function consentOf(live: MessagingLive, visit: Visit): VisitContact | undefined {
  if (!visit.smsOptIn) return undefined;
  for (const contact of live.rows.visitContacts.values()) if (contact.visitId === visit.id) return contact;
  return undefined;
}

/** Twilio's code for a number whose owner answered STOP to this sender. */
const STOPPED = '21610';

/** The customer told the carrier to stop, whatever was agreed at the kiosk. */
export function hasStopped(live: MessagingLive, toE164: string): boolean {
  for (const message of live.rows.messages.values()) {
    if (message.errorCode === STOPPED && message.toE164 === toE164) return true;
  }
  return false;
}

/** True while a message of this template says something that is so. */
export function isWanted(template: Template, stage: Stage | undefined): boolean {
  switch (template) {
    case 'approaching':
      return stage?.status === 'waiting';
    case 'called':
      return stage?.status === 'called';
  }
}

/** Never sent, and known not to have been: it costs nothing and counts for nothing. */
export const UNSENT: readonly MessageStatus[] = ['cancelled', 'expired', 'not_sent'];
export const neverSent = (status: MessageStatus): boolean => UNSENT.includes(status);

export interface MessageCounts {
  readonly ofVisit: number;
  readonly toNumber: number;
}

/** Messages of a business day that were sent, may have been or will be. */
export function countMessages(
  live: MessagingLive,
  { visitId, toE164, businessDay }: Pick<Message, 'visitId' | 'toE164' | 'businessDay'>,
): MessageCounts {
  let ofVisit = 0;
  let toNumber = 0;
  for (const message of live.rows.messages.values()) {
    if (neverSent(message.status)) continue;
    if (message.visitId === visitId) ofVisit += 1;
    if (message.businessDay !== businessDay) continue;
    if (message.toE164 === toE164) toNumber += 1;
  }
  return { ofVisit, toNumber };
}

/** Messages of a business day to numbers that were typed on the same device, or on phones. */
export function countFrom(live: MessagingLive, of: VisitContact, businessDay: string): number {
  const visitIds = new Set<string>();
  for (const contact of live.rows.visitContacts.values()) {
    const isSame =
      of.deviceId === null
        ? contact.deviceId === null && contact.consentSource === of.consentSource
        : contact.deviceId === of.deviceId;
    if (isSame) visitIds.add(contact.visitId);
  }
  let count = 0;
  for (const { visitId, businessDay: day, status } of live.rows.messages.values())
    if (day === businessDay && visitIds.has(visitId) && !neverSent(status)) count += 1;
  return count;
}

export interface SmsBudget {
  /** The one that ends first. */
  readonly period: 'day' | 'month';
  readonly sent: number;
  readonly of: number;
  readonly state: 'enough' | 'near' | 'spent';
}
/** From here on a manager is told, while there is time to look what sends them. */
const NEAR = 0.8;

/** What a location may still send, in the day and in its month; whichever is closer to its end. */
export function smsBudget(live: MessagingLive, location: Location, businessDay: string): SmsBudget {
  const { day, month } = sentBy(live, location, businessDay);
  const budgets = [
    budgetOf('day', day, location.smsPerDay),
    budgetOf('month', month, location.smsPerMonth),
  ] as const;
  return budgets[1].of - budgets[1].sent < budgets[0].of - budgets[0].sent ? budgets[1] : budgets[0];
}

/** More is on its way than may be sent by now. */
export function isOverspent(live: MessagingLive, location: Location, businessDay: string): boolean {
  const { day, month } = sentBy(live, location, businessDay);
  return day > location.smsPerDay || month > location.smsPerMonth;
}

function sentBy(live: MessagingLive, location: Location, businessDay: string) {
  let day = 0;
  for (const message of live.rows.messages.values())
    if (message.businessDay === businessDay && !neverSent(message.status)) day += 1;
  return { day, month: day + sentBefore(location, businessDay) };
}

/** What went out in the days of this month that are closed. */
export const sentBefore = ({ smsMonth, smsMonthSent }: Location, businessDay: string): number =>
  smsMonth === businessDay.slice(0, 7) ? smsMonthSent : 0;

function budgetOf(period: SmsBudget['period'], sent: number, of: number): SmsBudget {
  const state = sent >= of ? 'spent' : sent >= NEAR * of ? 'near' : 'enough';
  return { period, sent, of, state };
}

/**
 * Waiting stages of opted-in customers whose turn approaches, by place in line or by minutes, and who have not
 * been told.
 */
export function approaching(
  live: MessagingLive,
  estimates: () => readonly TicketEstimate[],
): readonly Stage[] {
  return near(live, stagesToWarn(live), estimates);
}

/** The same of those whose browser is told; who has been, is known where the browsers are. */
export function approachingByPush(
  live: MessagingLive,
  estimates: () => readonly TicketEstimate[],
): readonly Stage[] {
  const waiting = new Map<string, Stage>();
  for (const stage of openStages(live)) {
    if (stage.status === 'waiting' && live.rows.visits.get(stage.visitId)?.pushOptIn === true)
      waiting.set(stage.id, stage);
  }
  return near(live, waiting, estimates);
}

function near(
  live: MessagingLive,
  waiting: ReadonlyMap<string, Stage>,
  estimates: () => readonly TicketEstimate[],
): readonly Stage[] {
  const location = [...live.rows.locations.values()][0];
  if (waiting.size === 0 || location === undefined) return [];
  return estimates().flatMap(({ stageId, ahead, range }) => {
    const stage = waiting.get(stageId);
    const byPlace = ahead + 1 <= location.approachingPlace;
    // The early end of the range: whoever is told too late has missed the call.
    const byTime = range !== null && range.lowMin <= location.approachingMin;
    return stage !== undefined && (byPlace || byTime) ? [stage] : [];
  });
}

/** Part of each command that moves the queue, so in few passes: 1 µs where nobody opted in. */
function stagesToWarn(live: MessagingLive): ReadonlyMap<string, Stage> {
  const { stages, visits, visitContacts, messages } = live.rows;
  const toWarn = new Map<string, Stage>();
  if (visitContacts.size === 0) return toWarn;
  for (const stage of stages.values()) {
    if (stage.status === 'waiting' && visits.get(stage.visitId)?.smsOptIn === true)
      toWarn.set(stage.id, stage);
  }
  if (toWarn.size === 0) return toWarn;
  for (const message of messages.values()) {
    if (message.template === 'approaching' && !mayBeTakenUp(message)) toWarn.delete(message.stageId);
  }
  return toWarn;
}

/** A message that was cancelled or expired untold may be taken up again when it is wanted again. */
export const mayBeTakenUp = (message: Message): boolean =>
  message.status === 'cancelled' || message.status === 'expired';

/** The outbox page: the newest first. */
export const outbox = (live: MessagingLive): readonly Message[] =>
  [...live.rows.messages.values()].sort((a, b) =>
    a.queuedAt < b.queuedAt ? 1 : a.queuedAt > b.queuedAt ? -1 : 0,
  );
