import type { Change } from '../kernel/live.ts';
import { reject } from '../kernel/rejections.ts';
import { reinstated, withdrawn } from './call-rows.ts';
import { idsOf, type QueueRules } from './found.ts';
import { undoProblem } from './guards.ts';
import type { QueueLive, QueueTables, Stage, StageState } from './rows.ts';
import { momentOf } from './stage-change.ts';

/** The wall after an undo: a call that was made leaves it, one that was taken away comes back. */
function callsAfter(live: QueueLive, stage: Stage, before: StageState, at: string): Change<QueueTables>[] {
  if (stage.callNo !== before.callNo) {
    const older = before.status === 'called' ? reinstated(live, stage.id, before.callNo) : [];
    return [...withdrawn(live, stage.id, at), ...older];
  }
  if (before.status === 'called' && stage.status !== 'serving')
    return reinstated(live, stage.id, before.callNo);
  return [];
}

export const decideUndo = {
  'queue.undo': (live, { stageId, version }, ctx) => {
    const stage = live.rows.stages.get(stageId);
    if (stage === undefined) return reject('stageUnknown');
    const visit = live.rows.visits.get(stage.visitId);
    if (visit === undefined) return reject('visitUnknown');
    if (stage.version !== version) {
      return reject('versionConflict', { version: stage.version, status: stage.status });
    }
    const at = momentOf(ctx, stage);
    const problem = undoProblem(live, ctx.actor, stage, at);
    if (problem !== null || stage.undo === null) return problem ?? reject('undoExpired');
    const { before, action, madeStageId, visitEndedAt } = stage.undo;

    const changes: Change<QueueTables>[] = [];
    const made = madeStageId === null ? undefined : live.rows.stages.get(madeStageId);
    // The made stage goes first: a visit has one open stage at most, at each step.
    if (made !== undefined) {
      const row: Stage = { ...made, status: 'voided', endedAt: at, version: made.version + 1, undo: null };
      changes.push({ table: 'stages', row });
    }
    changes.push({ table: 'stages', row: { ...stage, ...before, version: stage.version + 1, undo: null } });
    changes.push({ table: 'visits', row: { ...visit, endedAt: visitEndedAt, comingAt: null } });
    changes.push(...callsAfter(live, stage, before, at));
    return {
      ok: true,
      changes,
      facts: [{ type: 'queue.actionUndone', ...idsOf(stage), action, was: stage.status }],
    };
  },
} satisfies Partial<QueueRules>;
