import type { ConnectionStatus } from '@schalter/shared/client/connection-state.ts';
import { msBetween } from '@schalter/shared/kernel/time.ts';

/** What the pill in the bar says. `waiting` counts what is still to be sent from this device. */
export type Pill =
  | { readonly kind: 'live'; readonly waiting: number }
  | { readonly kind: 'catchingUp'; readonly waiting: number }
  | { readonly kind: 'notLive'; readonly since: string; readonly waiting: number }
  | { readonly kind: 'offline'; readonly since: string; readonly waiting: number }
  | { readonly kind: 'refusedActions'; readonly count: number }
  | { readonly kind: 'signedOut' }
  | { readonly kind: 'notKept' };

/** A reload or a change of the network takes about this long; no reason to alarm anybody. */
const GRACE_MS = 3_000;

export interface PillInput {
  readonly status: ConnectionStatus;
  readonly since: string | null;
  readonly pendingCount: number;
  readonly refusals: number;
  readonly storageWorks: boolean;
  /** navigator.onLine: false is certain, true is a guess. */
  readonly hasNetwork: boolean;
  readonly now: string;
}

/** The worst first: what somebody has to act on, then what can't be trusted, then what is merely slow. */
export function pillOf(input: PillInput): Pill {
  const { status, since, pendingCount: waiting, now } = input;
  if (status === 'refused') return { kind: 'signedOut' };
  if (input.refusals > 0) return { kind: 'refusedActions', count: input.refusals };
  if (!input.storageWorks) return { kind: 'notKept' };
  if (status === 'live') return { kind: 'live', waiting };
  if (since === null || (status !== 'notLive' && msBetween(since, now) < GRACE_MS))
    return { kind: 'catchingUp', waiting };
  if (status === 'catchingUp') return { kind: 'catchingUp', waiting };
  return { kind: input.hasNetwork ? 'notLive' : 'offline', since, waiting };
}
