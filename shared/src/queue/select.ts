// No zod in this file: the wall and the kiosk load it.
import type { Counter, Presence, Service } from '../directory/rows.ts';
import { folded } from '../kernel/fold.ts';
import type { WaitRange } from '../kernel/protocol.ts';
import { MINUTE, addMs, msBetween, type Instant } from '../kernel/time.ts';
import { openingOf } from './opening.ts';
import {
  compareStages,
  decidingRule,
  heldBack,
  isEarly,
  mayBeCalledAt,
  reservedCounter,
  waitingInOrder,
  type OrderRule,
} from './order.ts';
import { isAtCounter } from './moves.ts';
import type { Call, CallReceipt, QueueLive, Stage, Visit } from './rows.ts';

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

/** Why somebody stands where they stand; screens say it in their language. */
export type OrderReason =
  | { readonly kind: 'waitedLongest' }
  | { readonly kind: 'waited'; readonly min: number }
  | { readonly kind: 'booking'; readonly at: Instant }
  | { readonly kind: 'early'; readonly at: Instant }
  | { readonly kind: 'late'; readonly at: Instant }
  | { readonly kind: 'credit'; readonly min: number }
  | { readonly kind: 'forYou' }
  | { readonly kind: 'forCounter'; readonly counter: string }
  | { readonly kind: 'forPerson'; readonly name: string }
  | { readonly kind: 'remote' }
  | { readonly kind: 'delayed'; readonly until: Instant };

export interface QueueEntry {
  readonly stage: Stage;
  readonly visit: Visit;
  readonly service: Service;
  readonly reason: OrderReason;
  readonly waitedMin: number;
  /** `callNext` may take it; otherwise the reason says why not. */
  readonly callable: boolean;
}

export const waitedMin = (stage: Stage, now: Instant): number =>
  Math.max(0, Math.floor(msBetween(stage.arrivedAt, now) / MINUTE));

/** A stage that is kept for somebody else, said by counter or by name. */
function keptFor(live: QueueLive, stage: Stage, counterId: string): OrderReason {
  if (stage.forPersonId !== null) {
    return { kind: 'forPerson', name: live.rows.presences.get(counterId)?.personName ?? '' };
  }
  return { kind: 'forCounter', counter: live.rows.counters.get(counterId)?.name ?? '' };
}

/** Q25, Q30: what puts a stage where it is, seen from a counter (or from none). */
function reasonFor(live: QueueLive, stage: Stage, counterId: string | null, now: Instant): OrderReason {
  const back = heldBack(live, stage, now);
  if (back === 'remote') return { kind: 'remote' };
  if (back === 'delayed' && stage.notBefore !== null) return { kind: 'delayed', until: stage.notBefore };
  const reserved = reservedCounter(live, stage);
  if (reserved !== null) return reserved === counterId ? { kind: 'forYou' } : keptFor(live, stage, reserved);
  if (stage.bookedAt !== null) {
    if (isEarly(live, stage, now)) return { kind: 'early', at: stage.bookedAt };
    if (stage.effectiveAt === stage.bookedAt) return { kind: 'booking', at: stage.bookedAt };
    if (stage.arrivedAt > stage.bookedAt) return { kind: 'late', at: stage.bookedAt };
  }
  if (stage.creditMin > 0) return { kind: 'credit', min: stage.creditMin };
  return { kind: 'waited', min: waitedMin(stage, now) };
}

/** Everybody who waits for a counter's services, in the order of calls, each with the reason for its place. */
export function queueForCounter(
  live: QueueLive,
  counterId: string,
  personId: string | null,
  now: Instant,
): QueueEntry[] {
  const serviceIds = live.rows.counters.get(counterId)?.serviceIds ?? [];
  const entries: QueueEntry[] = [];
  for (const stage of waitingInOrder(live, now)) {
    const visit = live.rows.visits.get(stage.visitId);
    const service = live.rows.services.get(stage.serviceId);
    if (visit === undefined || service === undefined || !serviceIds.includes(stage.serviceId)) continue;
    const callable = mayBeCalledAt(live, stage, counterId, now);
    const mine = personId !== null && stage.forPersonId === personId && callable;
    const reason: OrderReason = mine ? { kind: 'forYou' } : reasonFor(live, stage, counterId, now);
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
    entry === longest && entry.reason.kind === 'waited' ? { ...entry, reason: { kind: 'waitedLongest' } } : entry,
  );
}

/** What `callNext` would take, with the reason. */
export const nextFor = (
  live: QueueLive,
  counterId: string,
  personId: string | null,
  now: Instant,
): QueueEntry | null => queueForCounter(live, counterId, personId, now).find((entry) => entry.callable) ?? null;

export interface OrderExplanation {
  /** True where the first stage given is called before the second. */
  readonly firstIsFirst: boolean;
  readonly rule: OrderRule;
  readonly reasons: readonly [OrderReason, OrderReason];
}

/** Q30: why one waiting stage stands before the other. */
export function explainOrder(live: QueueLive, a: Stage, b: Stage, now: Instant): OrderExplanation {
  const { rule, sign } = decidingRule(live, a, b, now);
  return { firstIsFirst: sign < 0, rule, reasons: [reasonFor(live, a, null, now), reasonFor(live, b, null, now)] };
}

export interface AtCounter {
  readonly stage: Stage;
  readonly visit: Visit;
  readonly service: Service;
  /** The call on the wall; null where somebody is served without one. */
  readonly call: Call | null;
}

function withVisit(live: QueueLive, stage: Stage): AtCounter | null {
  const visit = live.rows.visits.get(stage.visitId);
  const service = live.rows.services.get(stage.serviceId);
  if (visit === undefined || service === undefined) return null;
  let call: Call | null = null;
  for (const row of live.rows.calls.values()) {
    if (row.stageId === stage.id && row.withdrawnAt === null && (call === null || row.order > call.order)) call = row;
  }
  return { stage, visit, service, call };
}

/** The customer who is called to a counter or stands at it. */
export function atCounter(live: QueueLive, counterId: string): AtCounter | null {
  for (const stage of live.rows.stages.values()) {
    if (stage.counterId === counterId && isAtCounter(stage)) return withVisit(live, stage);
  }
  return null;
}

/** Customers put aside whom this counter and person may take up again, the first to come back first. */
export function heldFor(live: QueueLive, counterId: string, personId: string | null): AtCounter[] {
  const held: AtCounter[] = [];
  for (const stage of live.rows.stages.values()) {
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
  shown.sort((a, b) => (a.businessDay === b.businessDay ? b.order - a.order : a.businessDay < b.businessDay ? 1 : -1));
  return shown.slice(0, limit);
}
