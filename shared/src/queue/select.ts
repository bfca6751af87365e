// No zod in this file: the wall and the kiosk load it.
import type { Counter, Presence, Service } from '../directory/rows.ts';
import type { Actor } from '../kernel/actor.ts';
import { folded } from '../kernel/fold.ts';
import type { WaitRange } from '../kernel/protocol.ts';
import { MINUTE, addMs, type Instant } from '../kernel/time.ts';
import { lastStageOf } from './found.ts';
import { DELAY_MIN, allowed, customerAt, undoProblem, undoUntil } from './guards.ts';
import { ACTIONS, isOpen, type Action } from './moves.ts';
import { openingOf } from './opening.ts';
import {
  decidingRule,
  mayBeCalledAt,
  reservedCounter,
  waitingCount,
  waitingInOrder,
  type OrderRule,
} from './order.ts';
import { reasonFor, waitedMin, type OrderReason } from './reasons.ts';
import type { Call, CallReceipt, QueueLive, Stage, Visit } from './rows.ts';
import { shareOf } from './shares.ts';
import { callsOf, openStages } from './views.ts';

/** A number is said with at least three digits; the fourth comes by itself. */
const DIGITS = 3;

export interface TicketLabel {
  readonly letter: string;
  readonly digits: string;
}
/** "B" and "042". */
export const ticketLabel = (series: string, number: number): TicketLabel => ({
  letter: series,
  digits: String(number).padStart(DIGITS, '0'),
});

export interface QueueEntry {
  readonly stage: Stage;
  readonly visit: Visit;
  readonly service: Service;
  readonly reason: OrderReason;
  readonly waitedMin: number;
  /** `callNext` may take it; otherwise the reason says why not. */
  readonly callable: boolean;
}

/**
 * Everybody who waits for a counter's services, in the order of calls, each with the reason for its place. `alone`: as
 * the counter sees it that is without the server, and calls from its share (Q64).
 */
export function queueForCounter(
  live: QueueLive,
  counterId: string,
  personId: string | null,
  now: Instant,
  alone = false,
): QueueEntry[] {
  const serviceIds = live.rows.counters.get(counterId)?.serviceIds ?? [];
  const entries: QueueEntry[] = [];
  for (const stage of waitingInOrder(live, now)) {
    const visit = live.rows.visits.get(stage.visitId);
    const service = live.rows.services.get(stage.serviceId);
    if (visit === undefined || service === undefined || !serviceIds.includes(stage.serviceId)) continue;
    const free = mayBeCalledAt(live, stage, counterId, now);
    const mine = personId !== null && stage.forPersonId === personId && free;
    const dealt =
      alone && free && reservedCounter(live, stage) === null ? shareOf(live, stage, counterId) : null;
    const callable = free && (dealt === null || dealt === counterId);
    const reason: OrderReason = mine
      ? { kind: 'forYou' }
      : free && !callable
        ? { kind: 'forCounter', counter: live.rows.counters.get(dealt ?? '')?.name ?? '' }
        : reasonFor(live, stage, counterId, now);
    entries.push({ stage, visit, service, reason, waitedMin: waitedMin(stage, now), callable });
  }
  return withLongest(entries);
}

/** The one who has waited longest is told so, instead of a number of minutes. */
function withLongest(entries: QueueEntry[]): QueueEntry[] {
  let longest: QueueEntry | null = null;
  for (const entry of entries) {
    if (longest === null || entry.stage.arrivedAt < longest.stage.arrivedAt) longest = entry;
  }
  return entries.map((entry) =>
    entry === longest && entry.reason.kind === 'waited'
      ? { ...entry, reason: { kind: 'waitedLongest' } }
      : entry,
  );
}

/** What `callNext` would take, with the reason. */
export const nextFor = (
  live: QueueLive,
  counterId: string,
  personId: string | null,
  now: Instant,
): QueueEntry | null =>
  queueForCounter(live, counterId, personId, now).find((entry) => entry.callable) ?? null;

export interface OrderExplanation {
  /** True where the first stage given is called before the second. */
  readonly firstIsFirst: boolean;
  readonly rule: OrderRule;
  readonly reasons: readonly [OrderReason, OrderReason];
}

/** Q30: why one waiting stage stands before the other. */
export function explainOrder(live: QueueLive, a: Stage, b: Stage, now: Instant): OrderExplanation {
  const { rule, sign } = decidingRule(live, a, b, now);
  return {
    firstIsFirst: sign < 0,
    rule,
    reasons: [reasonFor(live, a, null, now), reasonFor(live, b, null, now)],
  };
}

export interface StageView {
  readonly stage: Stage;
  readonly visit: Visit;
  readonly service: Service;
  /** The call on the wall; null where somebody is served without one. */
  readonly call: Call | null;
}

function withVisit(live: QueueLive, stage: Stage): StageView | null {
  const visit = live.rows.visits.get(stage.visitId);
  const service = live.rows.services.get(stage.serviceId);
  if (visit === undefined || service === undefined) return null;
  let call: Call | null = null;
  for (const row of callsOf(live, stage.id)) {
    if (row.withdrawnAt === null && (call === null || row.order > call.order)) call = row;
  }
  return { stage, visit, service, call };
}

/** The customer who is called to a counter or stands at it. */
export function atCounter(live: QueueLive, counterId: string): StageView | null {
  const stage = customerAt(live, counterId);
  return stage === null ? null : withVisit(live, stage);
}

/** Customers put aside whom this counter and person may take up again, the first to come back first. */
export function heldFor(live: QueueLive, counterId: string, personId: string | null): StageView[] {
  const held: StageView[] = [];
  for (const stage of openStages(live)) {
    if (stage.status !== 'held') continue;
    const mine =
      stage.holdOwner === 'any' ||
      (stage.holdOwner === 'counter' && stage.counterId === counterId) ||
      (stage.holdOwner === 'clerk' && stage.personId === personId);
    const found = mine ? withVisit(live, stage) : null;
    if (found !== null) held.push(found);
  }
  return held.sort((a, b) => ((a.stage.heldAt ?? '') < (b.stage.heldAt ?? '') ? -1 : 1));
}

/** The calls that a wall shows, the newest first; an empty list of services means all. */
export function wallCalls(live: QueueLive, serviceIds: readonly string[], limit: number): Call[] {
  const shown = [...live.rows.calls.values()].filter(
    (call) => call.withdrawnAt === null && (serviceIds.length === 0 || serviceIds.includes(call.serviceId)),
  );
  // By day first: a call of yesterday's business day may have a higher order than today's first.
  shown.sort((a, b) =>
    a.businessDay === b.businessDay ? b.order - a.order : a.businessDay < b.businessDay ? 1 : -1,
  );
  return shown.slice(0, limit);
}

export interface DisplayDelivery {
  readonly deviceId: string;
  readonly name: string;
  readonly receipt: CallReceipt | null;
}
export interface CallDelivery {
  readonly displays: readonly DisplayDelivery[];
  readonly shown: number;
  /** Displays that spoke or chimed. */
  readonly sounded: number;
}

/** What became of a call on each display that should show it. */
export function callDelivery(live: QueueLive, callId: string): CallDelivery {
  const call = live.rows.calls.get(callId);
  const receipts = new Map<string, CallReceipt>();
  for (const row of live.rows.callReceipts.values())
    if (row.callId === callId) receipts.set(row.deviceId, row);
  const displays: DisplayDelivery[] = [];
  for (const device of live.rows.devices.values()) {
    if (call === undefined || device.kind !== 'display' || device.revokedAt !== null) continue;
    const { serviceIds } = device.settings;
    const concerned = serviceIds.length === 0 || serviceIds.includes(call.serviceId);
    if (!concerned || device.pairedAt > call.calledAt) continue;
    displays.push({ deviceId: device.id, name: device.name, receipt: receipts.get(device.id) ?? null });
  }
  const heard = displays.filter((d) => d.receipt !== null && d.receipt.sound !== 'silent');
  return { displays, shown: displays.filter((d) => d.receipt !== null).length, sounded: heard.length };
}

/** What the screen may offer for a stage: the same guards as the rules, so that nothing offered is refused. */
export const allowedActions = (live: QueueLive, stage: Stage, actor: Actor, now: Instant): Action[] =>
  ACTIONS.filter((action) => allowed(live, stage, action, actor, now));

/** Until when the actor may take the last action on a stage back; null where not (any more). */
export const mayUndo = (live: QueueLive, stage: Stage, actor: Actor, now: Instant): Instant | null =>
  undoProblem(live, actor, stage, now) === null ? undoUntil(stage) : null;

export type ServiceState =
  | { readonly open: true }
  | {
      readonly open: false;
      readonly code: 'locationClosed' | 'serviceClosed' | 'queueFull' | 'closesBeforeTurn';
      readonly opensAt: Instant | null;
    };

/** Whether a kiosk or a phone gets a number now; with the range of the signal, also whether the turn would come. */
export function serviceState(
  live: QueueLive,
  service: Service,
  now: Instant,
  range: WaitRange | null = null,
): ServiceState {
  const location = live.rows.locations.get(service.locationId);
  if (location === undefined || !service.selfService)
    return { open: false, code: 'serviceClosed', opensAt: null };
  const opening = openingOf(location, service, now);
  if (!opening.open) return opening;
  if (service.maxWaiting !== null && waitingCount(live, service.id) >= service.maxWaiting) {
    return { open: false, code: 'queueFull', opensAt: null };
  }
  if (range !== null && addMs(now, range.highMin * MINUTE) > opening.closesAt) {
    return { open: false, code: 'closesBeforeTurn', opensAt: null };
  }
  return { open: true };
}

/** The range that a customer sees before asking for five more minutes: not before them, and as wide as now. */
export function delayedRange(range: WaitRange): WaitRange {
  const shift = Math.max(0, DELAY_MIN - range.lowMin);
  return { lowMin: range.lowMin + shift, highMin: range.highMin + shift };
}

/** A visit as it stands: its open stage, or its last. */
export function ticketOf(live: QueueLive, visitId: string): StageView | null {
  const stage = lastStageOf(live, visitId);
  return stage === null ? null : withVisit(live, stage);
}

/** More than a screen of results is no result. */
const SEARCH_MAX = 50;

function matches(visit: Visit, text: string): boolean {
  const number = /^([a-z])?[ -]*0*(\d{1,4})$/.exec(text);
  if (number !== null) {
    const [, letter, digits] = number;
    if (visit.number === Number(digits) && (letter === undefined || letter === visit.series.toLowerCase()))
      return true;
  }
  return (
    (visit.name !== null && folded(visit.name).includes(text)) ||
    (visit.reservationReference !== null && folded(visit.reservationReference).includes(text))
  );
}

/** Today's tickets by number in any form ("b42", "B042", "42"), name or reservation; the open ones first. */
export function search(live: QueueLive, text: string): StageView[] {
  const wanted = folded(text);
  if (wanted === '') return [];
  const found: StageView[] = [];
  for (const visit of live.rows.visits.values()) {
    const ticket = matches(visit, wanted) ? ticketOf(live, visit.id) : null;
    if (ticket !== null) found.push(ticket);
  }
  found.sort(
    (a, b) =>
      Number(isOpen(b.stage)) - Number(isOpen(a.stage)) || (a.visit.arrivedAt < b.visit.arrivedAt ? 1 : -1),
  );
  return found.slice(0, SEARCH_MAX);
}

export interface ServiceOverview {
  readonly service: Service;
  readonly waiting: number;
  readonly longestMin: number;
}
export interface CounterOverview {
  readonly counter: Counter;
  readonly presence: Presence | null;
  readonly state: 'closed' | 'break' | 'free' | 'called' | 'serving';
  readonly customer: StageView | null;
  /** Since when it is in this state; null where it is closed. */
  readonly since: Instant | null;
}
export interface Overview {
  readonly services: readonly ServiceOverview[];
  readonly counters: readonly CounterOverview[];
}

function counterOverview(live: QueueLive, counter: Counter): CounterOverview {
  const presence = live.rows.presences.get(counter.id) ?? null;
  const customer = atCounter(live, counter.id);
  if (customer?.stage.status === 'serving') {
    return { counter, presence, state: 'serving', customer, since: customer.stage.startedAt };
  }
  if (customer !== null)
    return { counter, presence, state: 'called', customer, since: customer.stage.calledAt };
  if (presence === null) return { counter, presence, state: 'closed', customer, since: null };
  const state = presence.state === 'break' ? 'break' : 'free';
  return { counter, presence, state, customer, since: presence.since };
}

/** The location at a glance, for the shift lead. */
export function overview(live: QueueLive, now: Instant): Overview {
  const services = [...live.rows.services.values()].sort((a, b) => a.position - b.position);
  const waiting = waitingInOrder(live, now);
  return {
    services: services.map((service) => {
      const own = waiting.filter((stage) => stage.serviceId === service.id);
      const longestMin = Math.max(0, ...own.map((stage) => waitedMin(stage, now)));
      return { service, waiting: own.length, longestMin };
    }),
    counters: [...live.rows.counters.values()]
      .sort((a, b) => a.position - b.position)
      .map((counter) => counterOverview(live, counter)),
  };
}
