// No zod in this file: the phone's page loads it.
import type { WaitRange } from '../kernel/protocol.ts';

/** "Five more minutes": enough to come back from the coffee bar, short enough for the others. */
export const DELAY_MIN = 5;
/** Whoever needs more than a quarter of an hour has left the queue in truth. */
export const MOST_DELAYS = 3;

/** The range that a customer sees before asking for five more minutes: not before them, and as wide as now. */
export function delayedRange(range: WaitRange): WaitRange {
  const shift = Math.max(0, DELAY_MIN - range.lowMin);
  return { lowMin: range.lowMin + shift, highMin: range.highMin + shift };
}
