import type { Stage } from '@schalter/shared/queue/rows.ts';

/** Which dialog of the counter stands open, and what about. */
export type CounterDialog =
  | { readonly kind: 'hold' | 'transfer' | 'requeue' | 'cancel'; readonly stage: Stage }
  | { readonly kind: 'ticket'; readonly visitId: string }
  | { readonly kind: 'serve' }
  | { readonly kind: 'why' }
  | { readonly kind: 'keys' };
