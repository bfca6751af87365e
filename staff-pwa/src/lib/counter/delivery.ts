import { msBetween } from '@schalter/shared/kernel/time.ts';
import { callDelivery } from '@schalter/shared/queue/select.ts';
import type { Call } from '@schalter/shared/queue/rows.ts';
import type { AllLive } from '@schalter/shared/registry.ts';

/** A wall has shown and sounded a call within this time, or somebody has to call out. */
export const RECEIPT_MS = 2_000;

export type Delivery =
  | { readonly kind: 'notOnTheWall' }
  | { readonly kind: 'noDisplay' }
  | { readonly kind: 'onItsWay' }
  | { readonly kind: 'delivered'; readonly displays: number }
  | {
      readonly kind: 'silent';
      readonly shown: number;
      readonly displays: number;
      readonly names: readonly string[];
    };

/**
 * What became of a call on the walls: two ticks, or who is silent so that somebody calls out.
 * `online` false: the call was made here and nobody else knows of it yet; null: by voice alone.
 */
export function deliveryOf(live: AllLive, call: Call | null, now: string, online: boolean): Delivery {
  // By voice, and too late to be announced when the server heard of it.
  if (!online || call === null) return { kind: 'notOnTheWall' };
  const { displays, shown } = callDelivery(live, call.id);
  if (displays.length === 0) return { kind: 'noDisplay' };
  const silent = displays.filter(({ receipt }) => receipt === null || receipt.sound === 'silent');
  if (silent.length === 0) return { kind: 'delivered', displays: displays.length };
  if (silent.some(({ receipt }) => receipt === null) && msBetween(call.calledAt, now) < RECEIPT_MS) {
    return { kind: 'onItsWay' };
  }
  return { kind: 'silent', shown, displays: displays.length, names: silent.map((d) => d.name) };
}
