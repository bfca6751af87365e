import { instant, ms, MINUTE } from '../kernel/time.ts';
import type { WaitRange } from '../kernel/protocol.ts';
import {
  SERVICES,
  SYSTEM,
  COUNTERS,
  person,
  station,
  type Issued,
  type StationWish,
} from './station.testing.ts';

/** Mulberry32: small, seeded, the same everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const COEFFICIENT_OF_VARIATION = 0.7;

/** Lognormal with a mean of `meanMin` and the scatter of service times at counters. */
function serviceMin(meanMin: number, random: () => number): number {
  const sigma2 = Math.log(1 + COEFFICIENT_OF_VARIATION ** 2);
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return meanMin * Math.exp(Math.sqrt(sigma2) * normal - sigma2 / 2);
}

export interface DayWish {
  readonly seed: number;
  readonly minutes: number;
  /** Customers per minute at a minute of the day. */
  readonly perMinute: (minute: number) => number;
  readonly meanMin: Readonly<Record<'A' | 'B', number>>;
  readonly shareOfA: number;
  readonly station?: StationWish;
}

export interface Served {
  readonly serviceId: string;
  readonly promised: WaitRange | null;
  readonly waitedMin: number;
}

/** A day at the counters through the real rules: arrivals, calls as counters become free, services, their ends. */
export function simulateDay(wish: DayWish): Served[] {
  const random = seeded(wish.seed);
  const s = station({ ...wish.station, now: '2026-05-20T04:00:00.000Z' });
  s.checked = false;
  const begin = ms(s.now);
  const freeAt = COUNTERS.map(() => begin);
  const serving: (string | null)[] = COUNTERS.map(() => null);
  const issued = new Map<string, Issued>();
  const served: Served[] = [];
  const nextArrival = (from: number): number => {
    // Thinning: candidates at the highest rate, each kept by the rate of its minute.
    const top = Math.max(...Array.from({ length: wish.minutes }, (_, m) => wish.perMinute(m)));
    let at = from;
    do at += (-Math.log(1 - random()) / top) * MINUTE;
    while (random() * top > wish.perMinute((at - begin) / MINUTE));
    return Math.round(at);
  };
  const finish = (counter: number): void => {
    const stageId = serving[counter];
    if (stageId != null) s.do('queue.complete', { stageId, outcome: null }, person(counter + 1));
    serving[counter] = null;
  };
  const callIfAny = (counter: number): void => {
    const called = s.run('queue.callNext', { counterId: COUNTERS[counter] }, person(counter + 1));
    if (!called.ok) return;
    const { stageId } = called.result as { stageId: string };
    s.do('queue.start', { stageId }, person(counter + 1));
    const stage = s.stage(stageId);
    served.push({
      serviceId: stage.serviceId,
      promised: issued.get(stageId)?.range ?? null,
      waitedMin: (ms(s.now) - ms(stage.arrivedAt)) / MINUTE,
    });
    serving[counter] = stageId;
    const mean = stage.serviceId === SERVICES.A ? wish.meanMin.A : wish.meanMin.B;
    freeAt[counter] = ms(s.now) + Math.max(1_000, Math.round(serviceMin(mean, random) * MINUTE));
  };

  let arrival = nextArrival(begin);
  for (;;) {
    const busy = COUNTERS.map((_, i) => (serving[i] === null ? Infinity : (freeAt[i] ?? Infinity)));
    const firstFree = Math.min(...busy);
    const arrives = arrival < begin + wish.minutes * MINUTE ? arrival : Infinity;
    if (firstFree === Infinity && arrives === Infinity) return served;
    if (arrives <= firstFree) {
      s.now = instant(arrives);
      const one = s.issue(random() < wish.shareOfA ? SERVICES.A : SERVICES.B, SYSTEM);
      issued.set(one.stageId, one);
      arrival = nextArrival(arrives);
    } else {
      s.now = instant(firstFree);
      finish(busy.indexOf(firstFree));
    }
    serving.forEach((stageId, counter) => {
      if (stageId === null) callIfAny(counter);
    });
  }
}
