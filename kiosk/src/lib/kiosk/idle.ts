/** Nobody has touched the screen for this long: it asks whether anybody is there. */
export const QUIET_MS = 45_000;
/** How long it asks before it begins again. */
export const WARNING_MS = 15_000;
/** Whoever has asked for larger text, speech or contrast gets twice the time (WCAG 2.2.1 wants 20 s or more). */
export const PATIENCE = 2;

export type Idle =
  | { readonly kind: 'awake'; readonly nextMs: number }
  | { readonly kind: 'asking'; readonly secondsLeft: number; readonly nextMs: number }
  | { readonly kind: 'over' };

const SECOND_MS = 1_000;

/** Pure: what the screen does this long after the last touch; `nextMs` until that changes. */
export function idleAfter(quietForMs: number, patient: boolean): Idle {
  const times = patient ? PATIENCE : 1;
  const quiet = QUIET_MS * times;
  const left = quiet + WARNING_MS * times - quietForMs;
  if (quietForMs < quiet) return { kind: 'awake', nextMs: quiet - quietForMs };
  if (left <= 0) return { kind: 'over' };
  return {
    kind: 'asking',
    secondsLeft: Math.ceil(left / SECOND_MS),
    nextMs: left % SECOND_MS === 0 ? SECOND_MS : left % SECOND_MS,
  };
}
