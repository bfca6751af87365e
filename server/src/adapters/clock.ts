import { instant, ms } from '@schalter/shared/kernel/time.ts';
import type { Clock } from '../ports/clock.ts';

export const systemClock: Clock = { now: () => instant(Date.now()) };

/** A clock that starts at `start` and runs `speed` times as fast: a day of a log in minutes. */
export function fastClock(speed: number, start: string | null): Clock {
  const begun = Date.now();
  const origin = start === null ? begun : ms(start);
  return { now: () => instant(origin + Math.floor((Date.now() - begun) * speed)) };
}
