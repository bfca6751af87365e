// No zod in this file: the wall and the kiosk load it.
import type { Service } from '../directory/rows.ts';
import { MINUTE, addMs, ms, type Instant } from '../kernel/time.ts';
import type { QueueLive, Stage } from './rows.ts';
import { keptForAway } from './shares.ts';
import { openStages } from './views.ts';

/** Where a customer stands in the order of calls: the time from which the waiting counts (Q20 to Q23). */
export function joinEffectiveAt(
  service: Pick<Service, 'earlyMin' | 'lateMin' | 'creditMin'>,
  arrivedAt: Instant,
  bookedAt: Instant | null,
): Instant {
  if (bookedAt !== null) {
    const lateness = ms(arrivedAt) - ms(bookedAt);
    if (lateness >= -service.earlyMin * MINUTE && lateness <= service.lateMin * MINUTE) return bookedAt;
  }
  return addMs(arrivedAt, -service.creditMin * MINUTE);
}

/**
 * Q22: checked in before the window, and not yet at the booked time. Such a customer is called only where
 * nobody else is eligible; a call, or a clerk's transfer, ends that.
 */
export function isEarly(live: QueueLive, stage: Stage, now: Instant): boolean {
  if (stage.bookedAt === null || now >= stage.bookedAt || stage.callNo > 0 || stage.fromStageId !== null)
    return false;
  const earlyMin = live.rows.services.get(stage.serviceId)?.earlyMin ?? 0;
  return ms(stage.bookedAt) - ms(stage.arrivedAt) > earlyMin * MINUTE;
}

export type OrderRule = 'early' | 'effectiveAt' | 'arrivedAt' | 'number' | 'id';
export interface OrderDecision {
  readonly rule: OrderRule;
  /** Negative where the first of the two comes first. */
  readonly sign: number;
}

/** Q21: by effective time; ties by arrival, number, id. */
function ruleOfTime(live: QueueLive, a: Stage, b: Stage): OrderDecision {
  if (a.effectiveAt !== b.effectiveAt)
    return { rule: 'effectiveAt', sign: a.effectiveAt < b.effectiveAt ? -1 : 1 };
  if (a.arrivedAt !== b.arrivedAt) return { rule: 'arrivedAt', sign: a.arrivedAt < b.arrivedAt ? -1 : 1 };
  const numberA = live.rows.visits.get(a.visitId)?.number ?? 0;
  const numberB = live.rows.visits.get(b.visitId)?.number ?? 0;
  if (numberA !== numberB) return { rule: 'number', sign: numberA - numberB };
  return { rule: 'id', sign: a.id < b.id ? -1 : Number(a.id > b.id) };
}

/** Which rule puts one of two before the other. */
export function decidingRule(live: QueueLive, a: Stage, b: Stage, now: Instant): OrderDecision {
  const early = Number(isEarly(live, a, now)) - Number(isEarly(live, b, now));
  return early === 0 ? ruleOfTime(live, a, b) : { rule: 'early', sign: early };
}

export const compareByTime =
  (live: QueueLive) =>
  (a: Stage, b: Stage): number =>
    ruleOfTime(live, a, b).sign;

export const compareStages =
  (live: QueueLive, now: Instant) =>
  (a: Stage, b: Stage): number =>
    decidingRule(live, a, b, now).sign;

/** Everybody who waits at the location, in the order of calls; remote and delayed customers keep their place. */
export function waitingInOrder(live: QueueLive, now: Instant): Stage[] {
  const waiting: Stage[] = [];
  for (const stage of openStages(live)) if (stage.status === 'waiting') waiting.push(stage);
  return waiting.sort(compareStages(live, now));
}

export function waitingCount(live: QueueLive, serviceId: string): number {
  let count = 0;
  for (const stage of openStages(live)) {
    if (stage.status === 'waiting' && stage.serviceId === serviceId) count++;
  }
  return count;
}

/**
 * Q24: the counter that a stage is reserved for, as long as somebody is there who can honour it. Nobody
 * starves because a colleague went home: without one, the stage is everybody's.
 */
export function reservedCounter(live: QueueLive, stage: Stage): string | null {
  if (stage.forCounterId !== null && canHonour(live, stage.forCounterId, stage.serviceId))
    return stage.forCounterId;
  if (stage.forPersonId === null) return null;
  for (const presence of live.rows.presences.values()) {
    if (presence.personId === stage.forPersonId && canHonour(live, presence.counterId, stage.serviceId)) {
      return presence.counterId;
    }
  }
  return null;
}

/** An active counter of the service with somebody signed on, on a break or not. */
export function canHonour(live: QueueLive, counterId: string, serviceId: string): boolean {
  const counter = live.rows.counters.get(counterId);
  return (
    counter?.active === true && counter.serviceIds.includes(serviceId) && live.rows.presences.has(counterId)
  );
}

/** Why a waiting stage can't be called by `callNext` now, whichever counter asks; null where it can. */
export function heldBack(live: QueueLive, stage: Stage, now: Instant): 'remote' | 'delayed' | null {
  if (live.rows.visits.get(stage.visitId)?.presence === 'remote') return 'remote';
  return stage.notBefore !== null && stage.notBefore > now ? 'delayed' : null;
}

/** Q25, Q63: waiting, here, not delayed, for a service of this counter, and not kept for another one. */
export function mayBeCalledAt(live: QueueLive, stage: Stage, counterId: string, now: Instant): boolean {
  if (stage.status !== 'waiting') return false;
  const counter = live.rows.counters.get(counterId);
  if (counter?.active !== true || !counter.serviceIds.includes(stage.serviceId)) return false;
  if (heldBack(live, stage, now) !== null) return false;
  const keeper = reservedCounter(live, stage) ?? keptForAway(live, stage, now);
  return keeper === null || keeper === counterId;
}

/**
 * Who is next for a counter. One pass without sorting, the comparison first: this is the hot path of
 * `callNext`, and most of the line has come later than the one found already.
 */
export function firstCallable(live: QueueLive, counterId: string, now: Instant): Stage | null {
  let first: Stage | null = null;
  for (const stage of openStages(live)) {
    if (stage.status !== 'waiting') continue;
    if (first !== null && decidingRule(live, stage, first, now).sign >= 0) continue;
    if (mayBeCalledAt(live, stage, counterId, now)) first = stage;
  }
  return first;
}

/** The services that compete with one for counters: a place in line counts among them. */
export function competingServices(live: QueueLive, serviceId: string): ReadonlySet<string> {
  const competing = new Set([serviceId]);
  for (const counter of live.rows.counters.values()) {
    if (!counter.active || !counter.serviceIds.includes(serviceId)) continue;
    for (const id of counter.serviceIds) competing.add(id);
  }
  return competing;
}

export type RequeuePosition =
  { readonly at: 'first' | 'keep' | 'last' } | { readonly at: 'after'; readonly places: number };

/** Q33: the effective time that puts a stage where the clerk wants it, among those it competes with. */
export function requeuedEffectiveAt(
  live: QueueLive,
  stage: Stage,
  position: RequeuePosition,
  now: Instant,
): Instant {
  if (position.at === 'keep') return stage.effectiveAt;
  const competing = competingServices(live, stage.serviceId);
  const line = waitingInOrder(live, now).filter(
    (s) => s.id !== stage.id && competing.has(s.serviceId) && !isEarly(live, s, now),
  );
  const head = line[0];
  const tail = line.at(-1);
  if (position.at === 'first') {
    return head === undefined || stage.effectiveAt < head.effectiveAt
      ? stage.effectiveAt
      : addMs(head.effectiveAt, -1);
  }
  const ahead = position.at === 'after' ? line[position.places - 1] : undefined;
  if (ahead !== undefined && ahead !== tail) return addMs(ahead.effectiveAt, 1);
  return tail === undefined || tail.effectiveAt < now ? now : addMs(tail.effectiveAt, 1);
}
