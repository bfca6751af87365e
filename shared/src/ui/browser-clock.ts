import type { DeviceClock } from '../client/transport.ts';

/** The device's own clock and timers, for the connection. */
export const browserClock: DeviceClock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
