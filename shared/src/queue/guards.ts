// No zod in this file: the staff screens ask the same guards before they offer an action.
import type { Actor } from '../kernel/actor.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import { addMs, businessDay, msBetween, type Instant } from '../kernel/time.ts';
import { canBeyondOwn } from '../platform/access.ts';
import type { Location } from '../platform/rows.ts';
import { isAtCounter, moveProblem, type Action } from './moves.ts';
import { reservedCounter } from './order.ts';
import type { QueueLive, Stage } from './rows.ts';
import { keptForAway } from './shares.ts';
import { openStages } from './views.ts';

/** Ten seconds to notice a slip; longer, and the customer is already on the way. */
export const UNDO_MS = 10_000;

/** "Five more minutes": enough to come back from the coffee bar, short enough for the others. */
export const DELAY_MIN = 5;
/** Whoever needs more than a quarter of an hour has left the queue in truth. */
export const MOST_DELAYS = 3;

/** Helps out at the counters of colleagues as well. */
const isLead = (actor: Actor, stage: Stage): boolean => canBeyondOwn(actor, 'counter.serve', stage);

const isSignedOnAt = (live: QueueLive, actor: Actor, counterId: string | null): boolean =>
  actor.kind === 'person' &&
  counterId !== null &&
  live.rows.presences.get(counterId)?.personId === actor.personId;

export function customerAt(live: QueueLive, counterId: string): Stage | null {
  for (const stage of openStages(live)) {
    if (stage.counterId === counterId && isAtCounter(stage)) return stage;
  }
  return null;
}

const busy = (counter: string): Rejection => reject('counterBusy', { counter });

/** Q4: who may call to a counter, and whether it is free. The server itself needs nobody signed on. */
export function callProblem(live: QueueLive, actor: Actor, counterId: string): Rejection | null {
  const problem = signedOnProblem(live, actor, counterId);
  if (problem !== null) return problem;
  const name = live.rows.counters.get(counterId)?.name ?? '';
  return customerAt(live, counterId) === null ? null : busy(name);
}

/** Whoever works at a counter in use, and is not on a break. */
export function signedOnProblem(live: QueueLive, actor: Actor, counterId: string): Rejection | null {
  const counter = live.rows.counters.get(counterId);
  if (counter === undefined) return reject('counterUnknown');
  if (!counter.active) return reject('counterInactive', { counter: counter.name });
  if (actor.kind !== 'person' && actor.kind !== 'system') return reject('notPermitted');
  if (actor.kind === 'person') {
    if (!isSignedOnAt(live, actor, counterId)) return reject('notSignedOn', { counter: counter.name });
    if (live.rows.presences.get(counterId)?.state === 'break') {
      return reject('notSignedOn', { counter: counter.name, onBreak: true });
    }
  }
  return null;
}

/** Q5: a customer at a counter is that counter's; a shift lead may help out. */
export function ownerProblem(live: QueueLive, actor: Actor, stage: Stage): Rejection | null {
  if (isLead(actor, stage)) return null;
  if (actor.kind !== 'person') return reject('notPermitted');
  if (isAtCounter(stage)) return isSignedOnAt(live, actor, stage.counterId) ? null : reject('notYours');
  if (stage.status === 'held') return mayTakeHeld(live, actor, stage) ? null : reject('notYours');
  return null;
}

/** Q31: held for one clerk, for whoever is at the counter, or for anybody. */
export function mayTakeHeld(live: QueueLive, actor: Actor, stage: Stage): boolean {
  if (isLead(actor, stage) || stage.holdOwner === 'any') return true;
  if (stage.holdOwner === 'counter') return isSignedOnAt(live, actor, stage.counterId);
  return actor.kind === 'person' && actor.personId === stage.personId;
}

/** Q35: called often enough, or long enough ago. */
export function noShowProblem(location: Location, stage: Stage, now: Instant): Rejection | null {
  if (stage.callNo >= location.noShowAfterCalls || stage.calledAt === null) return null;
  const waitMs = location.noShowAfterS * 1_000 - msBetween(stage.calledAt, now);
  if (waitMs <= 0) return null;
  return reject('tooEarlyForNoShow', {
    waitS: Math.ceil(waitMs / 1_000),
    calls: location.noShowAfterCalls - stage.callNo,
  });
}

/** Q36: a ticket comes back on its own business day only. */
export const reopenProblem = (location: Location, stage: Stage, now: Instant): Rejection | null =>
  stage.businessDay === businessDay(now, location.timeZone, location.dayStart) ? null : reject('notSameDay');

/** Q8: the same person or the same counter, within ten seconds, and nothing has happened since. */
export function undoProblem(live: QueueLive, actor: Actor, stage: Stage, at: Instant): Rejection | null {
  const { undo } = stage;
  if (undo === null || msBetween(undo.at, at) > UNDO_MS) return reject('undoExpired');
  const own =
    actor.kind === 'system' ||
    (actor.kind === 'person' && actor.personId === undo.personId) ||
    isSignedOnAt(live, actor, undo.counterId);
  if (!own) return reject('notYours');
  const { counterId } = undo.before;
  if (isAtCounter(undo.before) && counterId !== null) {
    const there = customerAt(live, counterId);
    if (there !== null && there.id !== stage.id) return busy(live.rows.counters.get(counterId)?.name ?? '');
  }
  const made = undo.madeStageId === null ? undefined : live.rows.stages.get(undo.madeStageId);
  if (made !== undefined && (made.status !== 'waiting' || made.version !== 1)) {
    return reject('illegalMove', { action: 'undo', status: made.status });
  }
  return null;
}

export const undoUntil = (stage: Stage): Instant | null =>
  stage.undo === null ? null : addMs(stage.undo.at, UNDO_MS);

/** Q29: a clerk may call anybody who waits, out of turn, but not whom a colleague keeps, nor another's share. */
export function outOfTurnProblem(
  live: QueueLive,
  actor: Actor,
  stage: Stage,
  counterId: string,
  now: Instant,
): Rejection | null {
  if (stage.status === 'held') return mayTakeHeld(live, actor, stage) ? null : reject('notYours');
  const reserved = reservedCounter(live, stage);
  const away = reserved === null ? keptForAway(live, stage, now) : null;
  // Q63: nobody, a manager neither: that counter may be calling the same customer. The share can be released.
  if (away !== null && away !== counterId) {
    return reject('keptForAway', { counter: live.rows.counters.get(away)?.name ?? '' });
  }
  return isLead(actor, stage) || reserved === null || reserved === counterId ? null : reject('notYours');
}

/** The counter at which the actor is signed on. */
function ownCounterId(live: QueueLive, actor: Actor): string | null {
  for (const presence of live.rows.presences.values()) {
    if (isSignedOnAt(live, actor, presence.counterId)) return presence.counterId;
  }
  return null;
}

function mayCall(live: QueueLive, actor: Actor, stage: Stage, now: Instant): boolean {
  if (actor.kind === 'system') return true;
  const counterId = ownCounterId(live, actor);
  if (counterId === null || callProblem(live, actor, counterId) !== null) return false;
  return outOfTurnProblem(live, actor, stage, counterId, now) === null;
}

/** Whether an actor may take an action on a stage now, as the rules will judge it. */
export function allowed(live: QueueLive, stage: Stage, action: Action, actor: Actor, now: Instant): boolean {
  if (moveProblem(stage, action) !== null) return false;
  const location = live.rows.locations.get(stage.locationId);
  const isStaff = actor.kind === 'person' || actor.kind === 'system';
  switch (action) {
    case 'leave':
    case 'confirmComing':
      return actor.kind === 'customer' && actor.visitId === stage.visitId;
    case 'delay':
      if (actor.kind !== 'customer' || actor.visitId !== stage.visitId) return false;
      return (live.rows.visits.get(stage.visitId)?.delays ?? 0) < MOST_DELAYS;
    case 'call':
      return isStaff && mayCall(live, actor, stage, now);
    case 'markNoShow':
      if (location === undefined || noShowProblem(location, stage, now) !== null) return false;
      return ownerProblem(live, actor, stage) === null;
    case 'reopen':
      return isStaff && location !== undefined && reopenProblem(location, stage, now) === null;
    case 'cancel':
      return isStaff;
    case 'recall':
    case 'start':
    case 'complete':
    case 'hold':
    case 'resume':
    case 'requeue':
    case 'transfer':
      return ownerProblem(live, actor, stage) === null;
    case 'close':
      return false;
  }
}
