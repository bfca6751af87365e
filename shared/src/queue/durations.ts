// No zod in this file: the wall and the kiosk load it.
import { MINUTE, ms } from '../kernel/time.ts';
import type { QueueLive, Stage } from './rows.ts';
import { recentDone } from './views.ts';

/** The service's own setting weighs as much as five observed customers. */
const PRIOR_WEIGHT = 5;
/** A customer forgotten in `serving` over lunch must not count as four hours of work. */
const OUTLIER = 4;
const OUTLIER_MIN = 30;

/**
 * Minutes that a customer kept a counter: from the call (the walk belongs to it) to the end, without the time
 * put aside. Where the stage was put aside, its last call says nothing about the first walk.
 */
export function occupiedMin(stage: Stage): number | null {
  if (stage.startedAt === null || stage.endedAt === null) return null;
  const from = stage.heldS === 0 && stage.calledAt !== null ? stage.calledAt : stage.startedAt;
  return Math.max(0, (ms(stage.endedAt) - ms(from)) / MINUTE - stage.heldS / 60);
}

/** What one customer of each service takes, in minutes: recent services today, shrunk to the service's setting. */
export function meanMinutes(live: QueueLive): ReadonlyMap<string, number> {
  const means = new Map<string, number>();
  for (const service of live.rows.services.values()) {
    const recent = recentDone(live, service.id);
    const longest = Math.max(OUTLIER_MIN, OUTLIER * service.serviceMin);
    let total = PRIOR_WEIGHT * service.serviceMin;
    for (const stage of recent) total += Math.min(longest, occupiedMin(stage) ?? service.serviceMin);
    means.set(service.id, total / (PRIOR_WEIGHT + recent.length));
  }
  return means;
}

/** Who has been at a counter for a while stays, on average, two thirds of a service longer, however long it was. */
const LONG_REST = 2 / 3;

/**
 * Minutes that somebody at a counter is still expected to stay. Service times scatter so much (lognormal,
 * standard deviation 0.7 of the mean) that the rest falls from 1.00 of the mean to 0.78 after a quarter of it,
 * to 0.68 after half of it, and stays between 0.65 and 0.75 up to twice the mean (computed from 4 million draws).
 */
export const restMin = (meanMin: number, elapsedMin: number): number =>
  Math.max(meanMin - elapsedMin, meanMin * LONG_REST);
