import type { Context } from '../kernel/command.ts';
import { instant, ms, type Instant } from '../kernel/time.ts';
import { LEADS_TO, type Action } from './moves.ts';
import type { Stage, StageState } from './rows.ts';

/**
 * When the person acted: the device's time where it was offline, but never after now, and never before the
 * last thing that happened to the stage.
 */
export const momentOf = (ctx: Context, stage: Stage): Instant =>
  notBeforeLast(stage, instant(Math.min(ms(ctx.now), ms(ctx.occurredAt))));

/** Nothing happens to a stage before what happened to it: a server's clock may have been set back in between. */
export function notBeforeLast(stage: Stage, at: Instant): Instant {
  const happened = [stage.arrivedAt, stage.calledAt, stage.startedAt, stage.heldAt, stage.undo?.at ?? null];
  return instant(
    happened.reduce<number>((last, then) => (then === null ? last : Math.max(last, ms(then))), ms(at)),
  );
}

export const stateOf = (stage: Stage): StageState => ({
  status: stage.status,
  effectiveAt: stage.effectiveAt,
  notBefore: stage.notBefore,
  forCounterId: stage.forCounterId,
  forPersonId: stage.forPersonId,
  counterId: stage.counterId,
  personId: stage.personId,
  callNo: stage.callNo,
  calledAt: stage.calledAt,
  startedAt: stage.startedAt,
  endedAt: stage.endedAt,
  heldAt: stage.heldAt,
  holdReason: stage.holdReason,
  holdOwner: stage.holdOwner,
  resumeAt: stage.resumeAt,
  heldS: stage.heldS,
  endReason: stage.endReason,
});

export const actingPersonId = (ctx: Context): string | null =>
  ctx.actor.kind === 'person' ? ctx.actor.personId : null;

export interface StageMove {
  readonly stage: Stage;
  readonly action: Action;
  readonly at: Instant;
  readonly patch: Partial<StageState>;
  /** The counter at which the action was taken, for the undo; by default the stage's own. */
  readonly counterId?: string | null;
  readonly visitEndedAt: Instant | null;
  readonly madeStageId?: string;
}

/** Q3, Q8: the stage after an action of staff: the next version, with what the undo needs. */
export function movedStage(ctx: Context, move: StageMove): Stage {
  const { stage, action, at, patch } = move;
  return {
    ...stage,
    status: LEADS_TO[action],
    ...patch,
    version: stage.version + 1,
    undo: {
      action,
      at,
      personId: actingPersonId(ctx),
      counterId: move.counterId ?? stage.counterId,
      before: stateOf(stage),
      madeStageId: move.madeStageId ?? null,
      visitEndedAt: move.visitEndedAt,
    },
  };
}

/** The same for what a customer or the end of the day does: nobody takes that back. */
export const finalStage = (stage: Stage, action: Action, patch: Partial<StageState>): Stage => ({
  ...stage,
  status: LEADS_TO[action],
  ...patch,
  version: stage.version + 1,
  undo: null,
});

/** Not at any counter: waiting again, as if it had not been called. */
export const WAITING_AGAIN = {
  counterId: null,
  personId: null,
  calledAt: null,
} as const satisfies Partial<StageState>;
