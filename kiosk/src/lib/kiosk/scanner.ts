/** A code reader types like a keyboard, but no person types a key every 35 ms (the fastest need 60). */
const GAP_MS_MAX = 35;
/** Shorter than any reservation number; two keys rolled over each other are no scan. */
const LENGTH_MIN = 5;
/** Longer than any code of ours: a stuck key, not a code. */
const LENGTH_MAX = 200;

export interface Burst {
  readonly text: string;
  readonly lastAt: number;
}
export const NO_BURST: Burst = { text: '', lastAt: Number.NEGATIVE_INFINITY };

export interface Fed {
  readonly burst: Burst;
  /** The whole code, once its Enter or Tab has arrived. */
  readonly scanned: string | null;
  /** The key belongs to a burst: no field and no button may take it. */
  readonly swallow: boolean;
}

/** Pure: one key that arrived `at` (milliseconds, of the event itself). */
export function feed(burst: Burst, key: string, at: number): Fed {
  const inBurst = at - burst.lastAt <= GAP_MS_MAX;
  if (key === 'Enter' || key === 'Tab') {
    const scanned = inBurst && burst.text.length >= LENGTH_MIN ? burst.text : null;
    return { burst: NO_BURST, scanned, swallow: scanned !== null };
  }
  // Shift and the like arrive as keys of their own, between the letters.
  if (key.length > 1)
    return { burst: inBurst ? { ...burst, lastAt: at } : burst, scanned: null, swallow: false };
  const text = inBurst ? burst.text + key : key;
  if (text.length > LENGTH_MAX) return { burst: NO_BURST, scanned: null, swallow: true };
  return { burst: { text, lastAt: at }, scanned: null, swallow: inBurst };
}
