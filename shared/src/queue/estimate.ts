// No zod in this file: the wall and the kiosk load it.
import type { WaitRange } from '../kernel/protocol.ts';
import { MINUTE, addMs, ms } from '../kernel/time.ts';
import { turnsOf, type OpenCounter, type Waiter } from './dispatch.ts';
import { meanMinutes, restMin } from './durations.ts';
import { isAtCounter } from './moves.ts';
import { compareByTime, competingServices, isEarly, reservedCounter } from './order.ts';
import type { QueueLive, Stage } from './rows.ts';
import { openStages } from './views.ts';

export interface ServiceEstimate {
  readonly serviceId: string;
  /** Waiting now, remote customers included. */
  readonly waiting: number;
  readonly countersOpen: number;
  /** Before somebody who joined now: all who wait for the same counters. */
  readonly ahead: number;
  /** For somebody who joined now; null where no counter is open. */
  readonly range: WaitRange | null;
}
export interface TicketEstimate {
  readonly stageId: string;
  readonly visitId: string;
  readonly ahead: number;
  readonly range: WaitRange | null;
}
export interface Estimates {
  readonly services: readonly ServiceEstimate[];
  readonly tickets: readonly TicketEstimate[];
}

/** The estimator, behind one type, because a better one will replace it. */
export type Estimator = (live: QueueLive, now: string) => Estimates;

/** How much service times at counters scatter: standard deviation by mean. */
const SPREAD = 0.7;
/** The mean itself is known from some thirty services only: 0.7 / √35 of it is doubt. */
const DOUBT = 0.12;
/**
 * The range reaches from so many standard deviations below the expected wait to so many above it: in simulation
 * four of five are called inside it, and one of ten later than promised.
 */
const BELOW = 1.2;
const ABOVE = 1.3;
/** Nobody is promised "0 to 0 minutes": a clerk needs a moment to press the button. */
const LEAST_WIDTH_MIN = 2;

/** What the estimator knows of a moment. */
interface Moment {
  readonly live: QueueLive;
  readonly now: string;
  readonly counters: readonly OpenCounter[];
  readonly meanMin: (serviceId: string) => number;
}

/** Open counters: active, somebody there and not on a break. Minutes until each can call. */
function openCounters(live: QueueLive, now: string, meanMin: (serviceId: string) => number): OpenCounter[] {
  const rests = new Map<string, number>();
  for (const stage of openStages(live)) {
    if (stage.counterId === null || !isAtCounter(stage)) continue;
    const elapsedMin = (ms(now) - ms(stage.calledAt ?? stage.startedAt ?? now)) / MINUTE;
    rests.set(stage.counterId, restMin(meanMin(stage.serviceId), Math.max(0, elapsedMin)));
  }
  const open: OpenCounter[] = [];
  for (const { counterId, state } of live.rows.presences.values()) {
    const counter = live.rows.counters.get(counterId);
    if (state !== 'available' || counter?.active !== true) continue;
    open.push({ id: counterId, serviceIds: counter.serviceIds, freeInMin: rests.get(counterId) ?? 0 });
  }
  return phased(open);
}

/**
 * Q41: services end one after the other, not all after the mean rest. With three counters busy the first is
 * free after about a third of a service: the i-th of n gets 2i/(n + 1) of its rest, which leaves the sum alone.
 */
function phased(counters: readonly OpenCounter[]): OpenCounter[] {
  const busy = counters.filter((c) => c.freeInMin > 0).sort((a, b) => a.freeInMin - b.freeInMin);
  const free = counters.filter((c) => c.freeInMin === 0);
  return [
    ...free,
    ...busy.map((c, i) => ({ ...c, freeInMin: (c.freeInMin * 2 * (i + 1)) / (busy.length + 1) })),
  ];
}

function momentOf(live: QueueLive, now: string): Moment {
  const means = meanMinutes(live);
  const meanMin = (serviceId: string): number => means.get(serviceId) ?? 0;
  return { live, now, counters: openCounters(live, now, meanMin), meanMin };
}

/** Somebody in the line: who waits, or (without a stage) who asks how long it would take. */
interface InLine extends Waiter {
  readonly stage: Stage | null;
}

function waiterOf({ live, now, meanMin }: Moment, stage: Stage): InLine {
  const until = isEarly(live, stage, now) ? stage.bookedAt : stage.notBefore;
  return {
    stage,
    serviceId: stage.serviceId,
    reserved: reservedCounter(live, stage),
    gateMin: until === null ? 0 : Math.max(0, (ms(until) - ms(now)) / MINUTE),
    keepsMin: meanMin(stage.serviceId),
  };
}

/** Who would join now: the place in the order, and what binds. */
export interface Joining {
  readonly serviceId: string;
  readonly effectiveAt: string;
  /** The counter it is reserved for. */
  readonly counterId: string | null;
  readonly bookedAt: string | null;
}

/**
 * The line by effective time alone (an early booking stands where it will stand when its time comes), with
 * those who would join at their places: behind everybody who is there with the same effective time.
 */
function lineWith(moment: Moment, joining: readonly Joining[]): InLine[] {
  const waiting: Stage[] = [];
  for (const stage of openStages(moment.live)) if (stage.status === 'waiting') waiting.push(stage);
  waiting.sort(compareByTime(moment.live));
  const joiners = [...joining].sort((a, b) => (a.effectiveAt < b.effectiveAt ? -1 : 1));
  const line: InLine[] = [];
  let next = 0;
  const joinBefore = (effectiveAt: string | null): void => {
    for (let j = joiners[next]; j !== undefined; j = joiners[++next]) {
      if (effectiveAt !== null && j.effectiveAt >= effectiveAt) return;
      const early = j.bookedAt !== null && j.effectiveAt < j.bookedAt;
      const gateMin = early ? Math.max(0, (ms(j.bookedAt ?? '') - ms(moment.now)) / MINUTE) : 0;
      line.push({ stage: null, serviceId: j.serviceId, reserved: j.counterId, gateMin, keepsMin: 0 });
    }
  };
  for (const stage of waiting) {
    joinBefore(stage.effectiveAt);
    line.push(waiterOf(moment, stage));
  }
  joinBefore(null);
  return line;
}

/** Services that are "before you": those that the open counters of a service serve, or all its counters. */
function competing({ live, counters }: Moment, serviceId: string): ReadonlySet<string> {
  const own = counters.filter((c) => c.serviceIds.includes(serviceId));
  if (own.length === 0) return competingServices(live, serviceId);
  return new Set([serviceId, ...own.flatMap((c) => c.serviceIds)]);
}

export interface Forecast {
  readonly ahead: number;
  readonly range: WaitRange | null;
}

/**
 * Q41: the dispatch counts each service with its mean. In truth some take long, and when one's turn comes the
 * other counters tend to be in the middle of a long one: that rest, (n − 1)/n · SPREAD²/2 of a service, was
 * counted but is not waited for. (Without this, 20 to 40 minutes were predicted 9 % too high in simulation.)
 */
function expectedMin(turnMin: number, typicalMin: number, counters: number): number {
  const others = (counters - 1) / counters;
  return turnMin - Math.min(turnMin, typicalMin) * others * ((SPREAD * SPREAD) / 2);
}

/** Q42: wider the longer the wait and the fewer the counters, rounded outward to whole minutes. */
function rangeOf(waiter: Waiter, turnMin: number, typicalMin: number, counters: number): WaitRange | null {
  if (turnMin === Infinity) return null;
  const wait = Math.max(waiter.gateMin, expectedMin(turnMin, typicalMin, Math.max(1, counters)));
  const deviation = Math.hypot(SPREAD * Math.sqrt((wait * typicalMin) / Math.max(1, counters)), DOUBT * wait);
  const lowMin = Math.floor(Math.max(0, waiter.gateMin, wait - BELOW * deviation));
  return { lowMin, highMin: Math.max(lowMin + LEAST_WIDTH_MIN, Math.ceil(wait + ABOVE * deviation)) };
}

/** The customers before somebody, and the minutes that one of them typically takes. */
function countBefore(
  before: ReadonlyMap<string, number>,
  rivals: ReadonlySet<string>,
  moment: Moment,
  own: string,
) {
  let ahead = 0;
  let workMin = 0;
  for (const id of rivals) {
    const count = before.get(id) ?? 0;
    ahead += count;
    workMin += count * moment.meanMin(id);
  }
  return { ahead, typicalMin: ahead === 0 ? moment.meanMin(own) : workMin / ahead };
}

/** Everybody in the line with their forecast, in order. */
function forecasts(moment: Moment, line: readonly InLine[]): Forecast[] {
  const turns = turnsOf(moment.counters, line);
  const before = new Map<string, number>();
  const gated: Waiter[] = [];
  const services = new Map<string, ReadonlySet<string>>();
  return line.map((waiter, i) => {
    const { serviceId } = waiter;
    const turnMin = turns[i] ?? Infinity;
    const rivals = services.get(serviceId) ?? competing(moment, serviceId);
    services.set(serviceId, rivals);
    const { ahead, typicalMin } = countBefore(before, rivals, moment, serviceId);
    // Q43: who asked for time, or is early, is before you only where the gate opens before your turn.
    const passing = gated.filter((other) => rivals.has(other.serviceId) && other.gateMin <= turnMin);
    if (waiter.gateMin > 0) gated.push(waiter);
    else if (waiter.stage !== null) before.set(serviceId, (before.get(serviceId) ?? 0) + 1);
    const counters = moment.counters.filter((c) => c.serviceIds.includes(serviceId)).length;
    return { ahead: ahead + passing.length, range: rangeOf(waiter, turnMin, typicalMin, counters) };
  });
}

/** What to promise somebody who joins now. */
export function estimateJoin(live: QueueLive, now: string, joining: Joining): Forecast {
  const moment = momentOf(live, now);
  const line = lineWith(moment, [joining]);
  const found = forecasts(moment, line)[line.findIndex((waiter) => waiter.stage === null)];
  return found ?? { ahead: 0, range: null };
}

export const estimateWaits: Estimator = (live, now) => {
  const moment = momentOf(live, now);
  const joining = [...live.rows.services.values()].map(({ id, creditMin }) => ({
    serviceId: id,
    effectiveAt: addMs(now, -creditMin * MINUTE),
    counterId: null,
    bookedAt: null,
  }));
  const line = lineWith(moment, joining);
  const found = forecasts(moment, line);
  const services: ServiceEstimate[] = [];
  const tickets: TicketEstimate[] = [];
  line.forEach(({ stage, serviceId }, i) => {
    const { ahead, range } = found[i] ?? { ahead: 0, range: null };
    if (stage !== null) return void tickets.push({ stageId: stage.id, visitId: stage.visitId, ahead, range });
    const waiting = line.filter((w) => w.stage !== null && w.serviceId === serviceId).length;
    const countersOpen = moment.counters.filter((c) => c.serviceIds.includes(serviceId)).length;
    services.push({ serviceId, waiting, countersOpen, ahead, range });
  });
  return { services, tickets };
};
