/** A screen reader hears of a place in line no more often than this (reference 3.4, 32); of a call at once. */
export const QUIET_MS = 30_000;

export interface Announced {
  readonly text: string;
  readonly atMs: number;
}
export const NOT_YET: Announced = { text: '', atMs: Number.NEGATIVE_INFINITY };

/** Pure: what the polite region says now. */
export const announce = (before: Announced, text: string, nowMs: number): Announced =>
  text === before.text || nowMs - before.atMs < QUIET_MS ? before : { text, atMs: nowMs };
