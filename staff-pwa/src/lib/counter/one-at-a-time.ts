/**
 * The large button that has just become another one ("call next" is now "start") must not be hit by the second
 * half of a double tap; a second tap that somebody means comes later than this.
 */
export const DOUBLE_TAP_MS = 450;

export type Guard = (name: string, by: 'tap' | 'key', run: () => Promise<unknown>) => Promise<void>;

/** Lets an action through once: not twice while it is under way, and not by the second half of a double tap. */
export function oneAtATime(clock: () => number): Guard {
  const underWay = new Set<string>();
  let lastTapAt = Number.NEGATIVE_INFINITY;
  return async (name, by, run) => {
    const now = clock();
    if (underWay.has(name)) return;
    if (by === 'tap' && now - lastTapAt < DOUBLE_TAP_MS) return;
    if (by === 'tap') lastTapAt = now;
    underWay.add(name);
    try {
      await run();
    } finally {
      underWay.delete(name);
    }
  };
}
