// No zod in this file: the wall and the kiosk load it.
import type { WaitRange } from '../kernel/protocol.ts';
import { MINUTE, addMs, ms } from '../kernel/time.ts';
import { compareByTime, isEarly } from './order.ts';
import { modelOf, shareOf, type Model, type Pool } from './pools.ts';
import type { QueueLive, Stage } from './rows.ts';

export interface ServiceEstimate {
  readonly serviceId: string;
  /** Waiting now, remote customers included. */
  readonly waiting: number;
  readonly countersOpen: number;
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
/** The range reaches from so many standard deviations below the expected wait to so many above it. */
const BELOW = 0.8;
const ABOVE = 1.2;
/** Nobody is promised "0 to 0 minutes": a clerk needs a moment to press the button. */
const LEAST_WIDTH_MIN = 2;
/** What is left, on average, of a service that one comes upon in its middle, by the mean: (1 + SPREAD²) / 2. */
const MET_REST = (1 + SPREAD * SPREAD) / 2;

/** What stands before somebody, as it lands on the counters that serve them. */
interface Before {
  /** Customers of competing services. */
  customers: number;
  /** Customers, each by the share of them that these counters will take. */
  load: number;
  workMin: number;
}
const nothing = (): Before => ({ customers: 0, load: 0, workMin: 0 });

function add(before: Before, model: Model, stage: Stage, of: Pool): void {
  if (of.competing.has(stage.serviceId)) before.customers += 1;
  const share = shareOf(model.poolOfStage(stage).counters, of);
  before.load += share;
  before.workMin += share * model.meanMin(stage.serviceId);
}

const meanBefore = (before: Before, ownMeanMin: number): number =>
  before.load > 0 ? before.workMin / before.load : ownMeanMin;

/**
 * Q41: the pool's counters together work off what is being served and what stands before. When the turn
 * comes, the other counters are in the middle of a service, and that rest is not waited for.
 */
function expectedWaitMin(pool: Pool, before: Before, ownMeanMin: number): number {
  const counters = pool.counters.length;
  if (before.load + 1 <= pool.idle) return 0;
  const notWaitedFor = (counters - 1) * MET_REST * meanBefore(before, ownMeanMin);
  const least = pool.idle > 0 ? 0 : pool.restMin / counters / counters;
  return Math.max(least, (pool.restMin + before.workMin - notWaitedFor) / counters);
}

/** Q42: wider the more services lie before, rounded outward to whole minutes. */
function rangeOf(pool: Pool, before: Before, ownMeanMin: number, gateMin: number): WaitRange | null {
  if (pool.counters.length === 0) return null;
  const wait = expectedWaitMin(pool, before, ownMeanMin);
  const scatter = SPREAD * meanBefore(before, ownMeanMin) * Math.sqrt(before.load + 1);
  const deviation = wait === 0 ? 0 : scatter / pool.counters.length;
  const lowMin = Math.floor(Math.max(0, gateMin, wait - BELOW * deviation));
  const highMin = Math.max(lowMin + LEAST_WIDTH_MIN, Math.ceil(Math.max(gateMin, wait) + ABOVE * deviation));
  return { lowMin, highMin };
}

/** Somebody in the line who may not be called for so many minutes: asked for time, or early for a booking. */
interface Gated {
  readonly stage: Stage;
  readonly gateMin: number;
}

function gateOf(live: QueueLive, stage: Stage, now: string): number {
  const until = isEarly(live, stage, now) ? stage.bookedAt : stage.notBefore;
  return until === null ? 0 : Math.max(0, (ms(until) - ms(now)) / MINUTE);
}

/** Whom a range is for: a service, perhaps reserved for a counter, perhaps not before some minutes. */
interface Wish {
  readonly serviceId: string;
  readonly pool: Pool;
  readonly gateMin: number;
}
export interface Forecast {
  readonly ahead: number;
  readonly range: WaitRange | null;
}

/** Q43: somebody gated counts before you where the gate opens before your turn. */
function forecast(
  model: Model,
  { serviceId, pool, gateMin }: Wish,
  sure: Before,
  gated: readonly Gated[],
): Forecast {
  const ownMeanMin = model.meanMin(serviceId);
  const before = { ...sure };
  const turnMin = Math.max(gateMin, expectedWaitMin(pool, sure, ownMeanMin));
  for (const { stage, gateMin: opensMin } of gated) if (opensMin <= turnMin) add(before, model, stage, pool);
  return { ahead: before.customers, range: rangeOf(pool, before, ownMeanMin, gateMin) };
}

/** By effective time alone: an early booking stands where it will stand when its time comes. */
const lineOf = (live: QueueLive): Stage[] =>
  [...live.rows.stages.values()].filter((s) => s.status === 'waiting').sort(compareByTime(live));

function joinForecast(live: QueueLive, now: string, model: Model, wish: Wish, effectiveAt: string): Forecast {
  const before = nothing();
  const gated: Gated[] = [];
  for (const stage of live.rows.stages.values()) {
    if (stage.status !== 'waiting' || stage.effectiveAt > effectiveAt) continue;
    const gateMin = gateOf(live, stage, now);
    if (gateMin > 0) gated.push({ stage, gateMin });
    else add(before, model, stage, wish.pool);
  }
  return forecast(model, wish, before, gated);
}

export interface Joining {
  readonly serviceId: string;
  readonly effectiveAt: string;
  /** The counter it is reserved for. */
  readonly counterId: string | null;
  readonly bookedAt: string | null;
}

/** What to promise somebody who joins now. One pass without sorting: it is part of each issue of a ticket. */
export function estimateJoin(live: QueueLive, now: string, joining: Joining): Forecast {
  const { serviceId, effectiveAt, counterId, bookedAt } = joining;
  const model = modelOf(live, now);
  // An effective time before the booked one: checked in too early, so not before its time.
  const gateMin =
    bookedAt !== null && effectiveAt < bookedAt ? Math.max(0, (ms(bookedAt) - ms(now)) / MINUTE) : 0;
  return joinForecast(
    live,
    now,
    model,
    { serviceId, pool: model.pool(serviceId, counterId), gateMin },
    effectiveAt,
  );
}

export const estimateWaits: Estimator = (live, now) => {
  const model = modelOf(live, now);
  const line = lineOf(live);
  const waiting = new Map<string, number>();
  const befores = new Map<Pool, Before>(line.map((stage) => [model.poolOfStage(stage), nothing()]));
  const gated: Gated[] = [];
  const tickets: TicketEstimate[] = [];
  for (const stage of line) {
    const pool = model.poolOfStage(stage);
    const gateMin = gateOf(live, stage, now);
    const wish = { serviceId: stage.serviceId, pool, gateMin };
    tickets.push({
      stageId: stage.id,
      visitId: stage.visitId,
      ...forecast(model, wish, befores.get(pool) ?? nothing(), gated),
    });
    waiting.set(stage.serviceId, (waiting.get(stage.serviceId) ?? 0) + 1);
    if (gateMin > 0) gated.push({ stage, gateMin });
    else for (const [of, before] of befores) add(before, model, stage, of);
  }
  const services = [...live.rows.services.values()].map(({ id, creditMin }): ServiceEstimate => {
    const pool = model.pool(id, null);
    const wish = { serviceId: id, pool, gateMin: 0 };
    const { range } = joinForecast(live, now, model, wish, addMs(now, -creditMin * MINUTE));
    return { serviceId: id, waiting: waiting.get(id) ?? 0, countersOpen: pool.counters.length, range };
  });
  return { services, tickets };
};
