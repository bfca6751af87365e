import type { ConnectionStatus } from '@schalter/shared/client/connection-state.ts';
import type { StorageState } from '@schalter/shared/client/store.ts';
import { msBetween } from '@schalter/shared/kernel/time.ts';

/** What is still to be sent from this device, and for how many minutes the oldest of it has waited, from one on. */
interface Waiting {
  readonly waiting: number;
  readonly waitingMin?: number;
}

/** What the pill in the bar says. */
export type Pill =
  | ({ readonly kind: 'live' | 'catchingUp' } & Waiting)
  /** The line stands and answers do not come; there is no line; there is not even a network. */
  | ({ readonly kind: 'halfOpen' | 'notLive' | 'offline'; readonly since: string } & Waiting)
  | { readonly kind: 'refusedActions'; readonly count: number }
  | { readonly kind: 'signedOut' }
  | { readonly kind: 'notKept' | 'full' };

/** A reload or a change of the network takes about this long; no reason to alarm anybody. */
const GRACE_MS = 3_000;
const MINUTE_MS = 60_000;

export interface PillInput {
  readonly status: ConnectionStatus;
  readonly since: string | null;
  readonly halfOpenSince: string | null;
  readonly pending: { readonly count: number; readonly oldestAt: string | null };
  readonly refusals: number;
  readonly storage: StorageState;
  /** navigator.onLine: true is a guess. It only names what is missing where nothing comes anyway. */
  readonly hasNetwork: boolean;
  readonly now: string;
}

/** The worst first: what somebody has to act on, then what can't be trusted, then what is merely slow. */
export function pillOf(input: PillInput): Pill {
  const { status, since, halfOpenSince, pending, now } = input;
  const waitedMs = pending.oldestAt === null ? 0 : msBetween(pending.oldestAt, now);
  const waitingMin = Math.floor(waitedMs / MINUTE_MS);
  const waiting = { waiting: pending.count, ...(waitingMin > 0 ? { waitingMin } : {}) };
  if (status === 'refused') return { kind: 'signedOut' };
  if (input.refusals > 0) return { kind: 'refusedActions', count: input.refusals };
  if (input.storage !== 'works') return { kind: input.storage === 'full' ? 'full' : 'notKept' };
  if (halfOpenSince !== null) return { kind: 'halfOpen', since: halfOpenSince, ...waiting };
  if (status === 'live') return { kind: 'live', ...waiting };
  if (since === null || (status !== 'notLive' && msBetween(since, now) < GRACE_MS))
    return { kind: 'catchingUp', ...waiting };
  if (status === 'catchingUp') return { kind: 'catchingUp', ...waiting };
  return { kind: input.hasNetwork ? 'notLive' : 'offline', since, ...waiting };
}
