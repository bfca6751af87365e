/** Nobody has touched the screen for this long: it asks whether anybody is there. */
export const QUIET_MS = 45_000;
/** How long it asks before it begins again. */
export const WARNING_MS = 15_000;
/** Whoever has asked for larger text, speech or contrast gets twice the time (WCAG 2.2.1 wants 20 s or more). */
export const PATIENCE = 2;

export type Idle =
  | { readonly kind: 'awake' }
  | { readonly kind: 'asking'; readonly secondsLeft: number }
  | { readonly kind: 'over' };

const SECOND_MS = 1_000;

/** Pure: what the screen does this long after the last touch. */
export function idleAfter(quietForMs: number, patient: boolean): Idle {
  const times = patient ? PATIENCE : 1;
  const quiet = QUIET_MS * times;
  if (quietForMs < quiet) return { kind: 'awake' };
  const leftMs = quiet + WARNING_MS * times - quietForMs;
  return leftMs <= 0 ? { kind: 'over' } : { kind: 'asking', secondsLeft: Math.ceil(leftMs / SECOND_MS) };
}
