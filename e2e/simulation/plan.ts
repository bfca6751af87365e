import type { Chance } from './chance.ts';
import { START } from './station.ts';

/** One world in so many lasts for hours; it costs as much as several short ones. */
const LONG_EVERY = 6;
const LONG_MS_MIN = 4 * 60_000;
const LONG_MS_MAX = 5 * 3_600_000;
/** From START to the end of the business day, at three in the morning. */
const DAY_END_MS = 17 * 3_600_000;
const STEPS_MIN = 30;
const STEPS_MORE = 30;
const PAUSE_MS = 1_200;
const OFFLINE_MS = 25_000;
const RESTART_MS = 4_000;
const SECOND_MS = 1_000;
const LOST_COUNTERS = 0.08;

/** How long a world lasts, and so how long in it somebody may be away. */
export interface Plan {
  readonly startsAt: string;
  readonly steps: number;
  /** Of a counter to lose its network at any step, beside what fails everywhere. */
  readonly lostCounters: number;
  readonly pauseMs: () => number;
  readonly offlineMs: () => number;
  readonly restartMs: () => number;
}

/** Most last minutes, and one now and then the whole of it. */
const lengthOf = (chance: Chance): number =>
  Math.round(LONG_MS_MIN * (LONG_MS_MAX / LONG_MS_MIN) ** (chance.next() * chance.next()));

/** As often between one and ten seconds as between one and ten hours. */
const evenlyInScale = (chance: Chance, from: number, to: number): number =>
  Math.round(from * (to / from) ** chance.next());

export function planOf(chance: Chance): Plan {
  const steps = STEPS_MIN + chance.below(STEPS_MORE);
  if (chance.below(LONG_EVERY) > 0) {
    return {
      startsAt: START,
      steps,
      lostCounters: 0,
      pauseMs: () => chance.below(PAUSE_MS),
      offlineMs: () => chance.below(OFFLINE_MS),
      restartMs: () => chance.below(RESTART_MS),
    };
  }
  const lengthMs = lengthOf(chance);
  const endsDay = chance.happens(0.5);
  return {
    startsAt: new Date(Date.parse(START) + (endsDay ? DAY_END_MS - chance.below(lengthMs) : 0)).toISOString(),
    steps,
    lostCounters: LOST_COUNTERS,
    // Much happens at once, and then nothing for long.
    pauseMs: () => (chance.happens(0.5) ? chance.below(PAUSE_MS) : chance.below((4 * lengthMs) / steps)),
    offlineMs: () => evenlyInScale(chance, SECOND_MS, lengthMs),
    restartMs: () => evenlyInScale(chance, SECOND_MS, lengthMs / 2),
  };
}
