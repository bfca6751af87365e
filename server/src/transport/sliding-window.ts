/** So many in so many seconds, counted backwards from every moment. */
export interface Limit {
  readonly points: number;
  readonly duration: number;
}

/** What is kept of one who is counted: this stretch of the clock, and how many there were in the one before. */
export interface Window {
  readonly startMs: number;
  readonly hits: number;
  readonly hitsBefore: number;
}

/**
 * A sliding window in two numbers (Cloudflare's way: at most 0.003 % of requests judged wrongly): of the stretch before
 * counts the part that is still less than one duration ago. With fixed windows, who waits for the border has twice the
 * points within seconds. `waitMs` is 0 where one more is taken; one that is refused does not count.
 */
export function slide(
  known: Window | undefined,
  nowMs: number,
  { points, duration }: Limit,
): { readonly window: Window; readonly waitMs: number } {
  const window = windowAt(known, nowMs, duration);
  const waitMs = waitOf(window, nowMs, { points, duration });
  return { window: waitMs > 0 ? window : { ...window, hits: window.hits + 1 }, waitMs };
}

function windowAt(known: Window | undefined, nowMs: number, duration: number): Window {
  const durationMs = duration * 1_000;
  const startMs = Math.floor(nowMs / durationMs) * durationMs;
  if (known?.startMs === startMs) return known;
  return { startMs, hits: 0, hitsBefore: known?.startMs === startMs - durationMs ? known.hits : 0 };
}

/** Until there is room for one more, by what is known now. */
export function waitOf(window: Window, nowMs: number, { points, duration }: Limit): number {
  const durationMs = duration * 1_000;
  const passedMs = nowMs - window.startMs;
  const room = points - 1 - window.hits;
  if (room >= window.hitsBefore * (1 - passedMs / durationMs)) return 0;
  // In this stretch, as the one before slides out; or in the next, as this one does.
  if (room >= 0) return (1 - room / window.hitsBefore) * durationMs - passedMs;
  return durationMs - passedMs + Math.max(0, 1 - (points - 1) / window.hits) * durationMs;
}
