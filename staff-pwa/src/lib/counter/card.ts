import {
  mayUndo,
  allowedActions,
  atCounter,
  queueForCounter,
  type StageView,
  type QueueEntry,
} from '@schalter/shared/queue/select.ts';
import { noShowProblem } from '@schalter/shared/queue/guards.ts';
import type { Action } from '@schalter/shared/queue/moves.ts';
import type { Stage } from '@schalter/shared/queue/rows.ts';
import type { AllLive } from '@schalter/shared/registry.ts';
import type { PersonActor } from './desk.ts';

/** What the card shows, and with it the one large button. */
export type Card =
  | { readonly kind: 'called'; readonly customer: StageView; readonly actions: readonly Action[] }
  | { readonly kind: 'serving'; readonly customer: StageView; readonly actions: readonly Action[] }
  | { readonly kind: 'break'; readonly since: string }
  | { readonly kind: 'next'; readonly next: QueueEntry }
  /** People wait, but nobody whom this counter may call now: from afar, delayed, kept for a colleague. */
  | { readonly kind: 'nobodyYet'; readonly waiting: number }
  | { readonly kind: 'empty' };

export interface CardInput {
  readonly live: AllLive;
  readonly counterId: string;
  readonly actor: PersonActor;
  readonly now: string;
  /** The counter is without the server, and calls from its share. */
  readonly alone?: boolean;
}

export function cardOf({ live, counterId, actor, now, alone = false }: CardInput): Card {
  const customer = atCounter(live, counterId);
  if (customer !== null) {
    const actions = allowedActions(live, customer.stage, actor, now);
    return { kind: customer.stage.status === 'called' ? 'called' : 'serving', customer, actions };
  }
  const presence = live.rows.presences.get(counterId);
  if (presence?.state === 'break') return { kind: 'break', since: presence.since };
  const queue = queueForCounter(live, counterId, actor.personId, now, alone);
  const next = queue.find((entry) => entry.callable);
  if (next !== undefined) return { kind: 'next', next };
  return queue.length > 0 ? { kind: 'nobodyYet', waiting: queue.length } : { kind: 'empty' };
}

/** Seconds until a no-show may be marked, and after how many more calls at once; null where it may be now. */
export function noShowWait(
  live: AllLive,
  stage: Stage,
  now: string,
): { waitS: number; calls: number } | null {
  const location = live.rows.locations.get(stage.locationId);
  const details = location === undefined ? undefined : noShowProblem(location, stage, now)?.details;
  if (details === undefined) return null;
  // The screen's clock shows whole seconds and may be up to one behind the call.
  const waitS = Math.min(Number(details['waitS']), location?.noShowAfterS ?? 0);
  return { waitS, calls: Number(details['calls']) };
}

export interface Undoable {
  readonly stage: Stage;
  readonly action: string;
  readonly until: string;
  /** "B" and 42, as said. */
  readonly series: string;
  readonly number: number;
}

/** The newest thing that this person can take back. */
export function undoableFor({ live, actor, now }: Omit<CardInput, 'counterId'>): Undoable | null {
  let newest: Undoable | null = null;
  for (const stage of live.rows.stages.values()) {
    if (stage.undo === null || (newest !== null && stage.undo.at <= (newest.stage.undo?.at ?? ''))) continue;
    const until = mayUndo(live, stage, actor, now);
    const visit = live.rows.visits.get(stage.visitId);
    if (until === null || visit === undefined || until <= now) continue;
    newest = { stage, action: stage.undo.action, until, series: visit.series, number: visit.number };
  }
  return newest;
}
