// No zod in this file: the wall and the kiosk load it.
import { MINUTE, msBetween, type Instant } from '../kernel/time.ts';
import { heldBack, isEarly, reservedCounter } from './order.ts';
import type { QueueLive, Stage } from './rows.ts';
import { keptForAway } from './shares.ts';

/** Why somebody stands where they stand; screens say it in their language. */
export type OrderReason =
  | { readonly kind: 'waitedLongest' }
  | { readonly kind: 'waited'; readonly min: number }
  | { readonly kind: 'booking'; readonly at: Instant }
  | { readonly kind: 'early'; readonly at: Instant }
  | { readonly kind: 'late'; readonly at: Instant }
  | { readonly kind: 'credit'; readonly min: number }
  | { readonly kind: 'forYou' }
  | { readonly kind: 'forCounter'; readonly counter: string }
  | { readonly kind: 'forPerson'; readonly name: string }
  | { readonly kind: 'remote' }
  | { readonly kind: 'delayed'; readonly until: Instant };

export const waitedMin = (stage: Stage, now: Instant): number =>
  Math.max(0, Math.floor(msBetween(stage.arrivedAt, now) / MINUTE));

/** A stage that is kept for somebody else, said by counter or by name. */
function keptFor(live: QueueLive, stage: Stage, counterId: string): OrderReason {
  if (stage.forPersonId !== null) {
    return { kind: 'forPerson', name: live.rows.presences.get(counterId)?.personName ?? '' };
  }
  return { kind: 'forCounter', counter: live.rows.counters.get(counterId)?.name ?? '' };
}

/** Q25, Q30: what puts a stage where it is, seen from a counter (or from none). */
export function reasonFor(
  live: QueueLive,
  stage: Stage,
  counterId: string | null,
  now: Instant,
): OrderReason {
  const back = heldBack(live, stage, now);
  if (back === 'remote') return { kind: 'remote' };
  if (back === 'delayed' && stage.notBefore !== null) return { kind: 'delayed', until: stage.notBefore };
  const reserved = reservedCounter(live, stage) ?? keptForAway(live, stage, now);
  if (reserved !== null) return reserved === counterId ? { kind: 'forYou' } : keptFor(live, stage, reserved);
  if (stage.bookedAt !== null) {
    if (isEarly(live, stage, now)) return { kind: 'early', at: stage.bookedAt };
    if (stage.effectiveAt === stage.bookedAt) return { kind: 'booking', at: stage.bookedAt };
    if (stage.arrivedAt > stage.bookedAt) return { kind: 'late', at: stage.bookedAt };
  }
  if (stage.creditMin > 0) return { kind: 'credit', min: stage.creditMin };
  return { kind: 'waited', min: waitedMin(stage, now) };
}
