import { Chance } from './chance.ts';
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
/** One world in so many is brought back from an older copy of its database. */
const RESTORED_EVERY = 6;
/** Drawn apart, so that a seed's world is otherwise what it was before there were restores. */
const RESTORE_SEED = 0x5f37_59df;

/** How long a world lasts, and so how long in it somebody may be away. */
export interface Plan {
  readonly startsAt: string;
  readonly steps: number;
  /** Of a counter to lose its network at any step, beside what fails everywhere. */
  readonly lostCounters: number;
  /** The steps at which the database is copied, and at which it is brought back as it was then. */
  readonly restore: { readonly copyAt: number; readonly at: number } | null;
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

function restoreOf(seed: number, steps: number): Plan['restore'] {
  const chance = new Chance(seed ^ RESTORE_SEED);
  if (chance.below(RESTORED_EVERY) > 0) return null;
  const copyAt = 1 + chance.below(steps - 3);
  return { copyAt, at: copyAt + 1 + chance.below(steps - copyAt - 1) };
}

export function planOf(chance: Chance, seed: number): Plan {
  const steps = STEPS_MIN + chance.below(STEPS_MORE);
  const restore = restoreOf(seed, steps);
  if (chance.below(LONG_EVERY) > 0) {
    return {
      startsAt: START,
      steps,
      lostCounters: 0,
      restore,
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
    restore,
    // Much happens at once, and then nothing for long.
    pauseMs: () => (chance.happens(0.5) ? chance.below(PAUSE_MS) : chance.below((4 * lengthMs) / steps)),
    offlineMs: () => evenlyInScale(chance, SECOND_MS, lengthMs),
    restartMs: () => evenlyInScale(chance, SECOND_MS, lengthMs / 2),
  };
}
