import type { Context, Decide, Decision } from '../kernel/command.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import type { Instant } from '../kernel/time.ts';
import type { Location } from '../platform/rows.ts';
import type { QueueCommands } from './commands.ts';
import type { QueueFact } from './facts.ts';
import { moveProblem, type Action } from './moves.ts';
import type { QueueLive, QueueTables, Stage, Visit } from './rows.ts';
import { momentOf } from './stage-change.ts';
import { stagesOf } from './views.ts';

export type QueueRules = Decide<QueueCommands, QueueLive, QueueTables, QueueFact>;
export type QueueDecision = Decision<QueueTables, QueueFact>;

/** A stage with what belongs to it, where the move is legal. */
export interface Found {
  readonly ok: true;
  readonly location: Location;
  readonly stage: Stage;
  readonly visit: Visit;
  /** When it happened, see `momentOf`. */
  readonly at: Instant;
}

interface Asked {
  readonly stageId: string;
  readonly version?: number | undefined;
}

export function findStage(live: QueueLive, asked: Asked, action: Action, ctx: Context): Found | Rejection {
  const location = live.rows.locations.get(ctx.streamId);
  if (location === undefined) return reject('unknownLocation');
  const stage = live.rows.stages.get(asked.stageId);
  if (stage === undefined) return reject('stageUnknown');
  const visit = live.rows.visits.get(stage.visitId);
  if (visit === undefined) return reject('visitUnknown');
  const problem = moveProblem(stage, action, asked.version);
  return problem ?? { ok: true, location, stage, visit, at: momentOf(ctx, stage) };
}

/** The stage of a visit that is still open; a visit has one at most. */
export function openStageOf(live: QueueLive, visitId: string): Stage | null {
  for (const stage of stagesOf(live, visitId)) if (stage.endedAt === null) return stage;
  return null;
}

/** The stage that tells how a visit stands: the open one, or the last. */
export function lastStageOf(live: QueueLive, visitId: string): Stage | null {
  let last: Stage | null = null;
  for (const stage of stagesOf(live, visitId)) {
    if (stage.endedAt === null) return stage;
    if (last?.endedAt == null || last.endedAt <= stage.endedAt) last = stage;
  }
  return last;
}

export const idsOf = (stage: Stage) => ({
  stageId: stage.id,
  visitId: stage.visitId,
  serviceId: stage.serviceId,
});
