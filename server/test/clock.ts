import { addMs, instant, type Instant } from '@schalter/shared/kernel/time.ts';
import type { Clock } from '../src/ports/clock.ts';

export interface MovableClock extends Clock {
  advance(byMs: number): void;
}

/** The system's clock, as far away from it as a test wants: nobody waits for tomorrow. */
export function movableClock(byMs = 0): MovableClock {
  let offsetMs = byMs;
  return {
    now: () => instant(Date.now() + offsetMs),
    advance(more) {
      offsetMs += more;
    },
  };
}

/** A clock that stands still until it is moved. */
export function stoppedClock(start: Instant): MovableClock {
  let now = start;
  return {
    now: () => now,
    advance(byMs) {
      now = addMs(now, byMs);
    },
  };
}
