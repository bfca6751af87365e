import type { Context } from '../kernel/command.ts';
import type { Change } from '../kernel/live.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import { msBetween } from '../kernel/time.ts';
import { callRow, withdrawn, type NewCall } from './call-rows.ts';
import { doubleCallsFor, type DoubleCall } from './double-calls.ts';
import { findStage, idsOf, type Found, type QueueDecision, type QueueRules } from './found.ts';
import { callProblem, noShowProblem, outOfTurnProblem, ownerProblem, signedOnProblem } from './guards.ts';
import { MOVES } from './moves.ts';
import { mayBeCalledAt, firstCallable, requeuedEffectiveAt } from './order.ts';
import type { Call, QueueLive, QueueTables, Stage, Visit } from './rows.ts';
import { WAITING_AGAIN, actingPersonId, movedStage } from './stage-change.ts';
import { openStages } from './views.ts';

const CALL_ID = 0;
/** Q65: later than this, a call would send somebody to a counter where nobody looks. */
const ANNOUNCED_MS = 30_000;

/** It was made too long ago to be announced; on the device that makes it, it never is. */
const isLate = (ctx: Context): boolean => msBetween(ctx.occurredAt, ctx.now) > ANNOUNCED_MS;

/** Q26: the stage is called to the counter, and the call goes to the wall, unless it comes too late for that (Q65). */
function callTo(live: QueueLive, found: Found, counterId: string, ctx: Context): QueueDecision {
  const { location, stage, visit, at } = found;
  const counter = live.rows.counters.get(counterId);
  if (counter === undefined) return reject('counterUnknown');
  const after = movedStage(ctx, {
    stage,
    action: 'call',
    at,
    counterId,
    visitEndedAt: visit.endedAt,
    patch: {
      counterId,
      personId: actingPersonId(ctx),
      callNo: stage.callNo + 1,
      calledAt: at,
      notBefore: null,
      resumeAt: null,
    },
  });
  const call = callOf(live, ctx, { location, counter, stage: after, visit, at });
  const type = isLate(ctx) ? 'queue.ticketCalledAloud' : 'queue.ticketCalled';
  return {
    ok: true,
    changes: [
      ...notComing(visit),
      { table: 'stages', row: after },
      ...withdrawn(live, stage.id, at),
      { table: 'calls', row: call },
    ],
    facts: [{ type, ...idsOf(after), callId: call.id, callNo: call.callNo, counterId }],
    result: { stageId: stage.id, visitId: visit.id, callId: call.id },
  };
}

/** A call that comes too late is over before any wall shows it. */
function callOf(live: QueueLive, ctx: Context, made: Omit<NewCall, 'id'>): Call {
  const call = callRow(live, ctx, { id: ctx.id(CALL_ID), ...made });
  return isLate(ctx) ? { ...call, withdrawnAt: made.at } : call;
}

/** Q66: whom another counter has called meanwhile, though it may have ended there since. */
const wasCalledElsewhere = (stage: Stage, counterId: string): boolean =>
  stage.counterId !== null && stage.counterId !== counterId && !MOVES.call.includes(stage.status);

/** Q65, Q66: called by voice at a counter that was without the server. */
function callAloud(live: QueueLive, stageId: string, counterId: string, ctx: Context): QueueDecision {
  const stage = live.rows.stages.get(stageId);
  if (stage !== undefined && wasCalledElsewhere(stage, counterId)) {
    // Somebody may have taken the counter over since: the number was said there all the same.
    const problem = signedOnProblem(live, ctx.actor, counterId);
    if (problem !== null && problem.code !== 'notSignedOn') return problem;
    // A counter's own later call takes the place of its earlier one; those of others stay until they are known.
    const others = (stage.alsoCalled ?? []).filter((call) => call.counterId !== counterId);
    const alsoCalled = [...others, { counterId, at: ctx.occurredAt, knownTo: [] }];
    return {
      ok: true,
      changes: [{ table: 'stages', row: { ...stage, version: stage.version + 1, alsoCalled, undo: null } }],
      facts: [{ type: 'queue.ticketCalledTwice', ...idsOf(stage), counterId }],
    };
  }
  const found = findStage(live, { stageId }, 'call', ctx);
  if (!found.ok) return found;
  return callProblem(live, ctx.actor, counterId) ?? callTo(live, found, counterId, ctx);
}

/** Who said "I am coming" to an earlier call has not said it to this one. */
const notComing = (visit: Visit): Change<QueueTables>[] =>
  visit.comingAt === null ? [] : [{ table: 'visits', row: { ...visit, comingAt: null } }];

function recall(live: QueueLive, found: Found, ctx: Context): QueueDecision {
  const { location, stage, visit, at } = found;
  const counter = stage.counterId === null ? undefined : live.rows.counters.get(stage.counterId);
  if (counter === undefined) return reject('counterUnknown');
  const after = movedStage(ctx, {
    stage,
    action: 'recall',
    at,
    visitEndedAt: visit.endedAt,
    patch: { callNo: stage.callNo + 1 },
  });
  const call = callOf(live, ctx, { location, counter, stage: after, visit, at });
  return {
    ok: true,
    changes: [
      { table: 'stages', row: after },
      ...withdrawn(live, stage.id, at),
      { table: 'calls', row: call },
    ],
    facts: [
      {
        type: 'queue.ticketRecalled',
        ...idsOf(after),
        callId: call.id,
        callNo: call.callNo,
        counterId: counter.id,
      },
    ],
    result: { stageId: stage.id, visitId: visit.id, callId: call.id },
  };
}

/** Where nobody can be called, say how many wait all the same: from afar, delayed, kept for a colleague. */
function queueEmpty(live: QueueLive, counterId: string): Rejection {
  const serviceIds = live.rows.counters.get(counterId)?.serviceIds ?? [];
  let waiting = 0;
  for (const stage of openStages(live)) {
    if (stage.status === 'waiting' && serviceIds.includes(stage.serviceId)) waiting++;
  }
  return reject('queueEmpty', { notCallable: waiting });
}

export const decideCalls = {
  'queue.callNext': (live, { counterId, shown }, ctx) => {
    if (isLate(ctx)) {
      return shown === undefined ? reject('commandExpired') : callAloud(live, shown, counterId, ctx);
    }
    const problem = callProblem(live, ctx.actor, counterId);
    if (problem !== null) return problem;
    const stage = firstCallable(live, counterId, ctx.now);
    if (stage === null) return queueEmpty(live, counterId);
    const found = findStage(live, { stageId: stage.id }, 'call', ctx);
    return found.ok ? callTo(live, found, counterId, ctx) : found;
  },

  'queue.call': (live, { stageId, counterId, aloud }, ctx) => {
    if (aloud === true) return callAloud(live, stageId, counterId, ctx);
    if (isLate(ctx)) return reject('commandExpired');
    const found = findStage(live, { stageId }, 'call', ctx);
    if (!found.ok) return found;
    const problem = callProblem(live, ctx.actor, counterId);
    if (problem !== null) return problem;
    if (!mayBeCalledAt(live, found.stage, counterId, ctx.now)) {
      const outOfTurn = outOfTurnProblem(live, ctx.actor, found.stage, counterId, ctx.now);
      if (outOfTurn !== null) return outOfTurn;
    }
    return callTo(live, found, counterId, ctx);
  },

  'queue.acknowledgeDoubleCall': (live, { stageId, counterId, aloudCounterId }, ctx) => {
    const stage = live.rows.stages.get(stageId);
    if (stage === undefined) return reject('stageUnknown');
    const problem = signedOnProblem(live, ctx.actor, counterId);
    if (problem !== null) return problem;
    const isMeant = (call: DoubleCall) => call.counterId === aloudCounterId;
    const calls = doubleCallsFor(stage, counterId);
    if (!calls.some(isMeant)) return { ok: true, changes: [], facts: [] };
    const known = (stage.alsoCalled ?? []).map((call) =>
      isMeant(call) ? { ...call, knownTo: [...call.knownTo, counterId] } : call,
    );
    return {
      ok: true,
      changes: [{ table: 'stages', row: { ...stage, version: stage.version + 1, alsoCalled: known } }],
      facts: [{ type: 'queue.doubleCallKnown', ...idsOf(stage), counterId }],
    };
  },

  'queue.recall': (live, input, ctx) => {
    const found = findStage(live, input, 'recall', ctx);
    if (!found.ok) return found;
    return ownerProblem(live, ctx.actor, found.stage) ?? recall(live, found, ctx);
  },

  'queue.start': (live, input, ctx) => {
    const found = findStage(live, input, 'start', ctx);
    if (!found.ok) return found;
    const { stage, visit, at } = found;
    const problem = ownerProblem(live, ctx.actor, stage);
    if (problem !== null) return problem;
    // Served before and put aside in between: that time is not service time (Q31).
    const awayS = stage.startedAt === null || stage.heldAt === null ? 0 : msBetween(stage.heldAt, at) / 1_000;
    const after = movedStage(ctx, {
      stage,
      action: 'start',
      at,
      visitEndedAt: visit.endedAt,
      patch: {
        startedAt: stage.startedAt ?? at,
        heldAt: null,
        heldS: stage.heldS + Math.round(awayS),
        personId: actingPersonId(ctx) ?? stage.personId,
      },
    });
    return {
      ok: true,
      changes: [{ table: 'stages', row: after }],
      facts: [{ type: 'queue.serviceStarted', ...idsOf(after), counterId: stage.counterId ?? '' }],
    };
  },

  'queue.complete': (live, input, ctx) => {
    const found = findStage(live, input, 'complete', ctx);
    if (!found.ok) return found;
    const { stage, visit, at } = found;
    const problem = ownerProblem(live, ctx.actor, stage);
    if (problem !== null) return problem;
    const patch = { endedAt: at, endReason: input.outcome === '' ? null : input.outcome };
    const after = movedStage(ctx, { stage, action: 'complete', at, visitEndedAt: visit.endedAt, patch });
    return {
      ok: true,
      changes: [
        { table: 'visits', row: { ...visit, endedAt: at } },
        { table: 'stages', row: after },
      ],
      facts: [{ type: 'queue.serviceCompleted', ...idsOf(after), counterId: stage.counterId ?? '' }],
    };
  },

  'queue.requeue': (live, input, ctx) => {
    const found = findStage(live, input, 'requeue', ctx);
    if (!found.ok) return found;
    const { stage, visit, at } = found;
    const problem = ownerProblem(live, ctx.actor, stage);
    if (problem !== null) return problem;
    const effectiveAt = requeuedEffectiveAt(live, stage, input.position, ctx.now);
    const patch = { ...WAITING_AGAIN, effectiveAt };
    const after = movedStage(ctx, { stage, action: 'requeue', at, visitEndedAt: visit.endedAt, patch });
    return {
      ok: true,
      changes: [...notComing(visit), { table: 'stages', row: after }, ...withdrawn(live, stage.id, at)],
      facts: [{ type: 'queue.ticketRequeued', ...idsOf(after) }],
    };
  },

  'queue.markNoShow': (live, input, ctx) => {
    const found = findStage(live, input, 'markNoShow', ctx);
    if (!found.ok) return found;
    const { stage, visit, at, location } = found;
    const problem = ownerProblem(live, ctx.actor, stage) ?? noShowProblem(location, stage, at);
    if (problem !== null) return problem;
    const patch = { endedAt: at };
    const after = movedStage(ctx, { stage, action: 'markNoShow', at, visitEndedAt: visit.endedAt, patch });
    return {
      ok: true,
      changes: [
        { table: 'visits', row: { ...visit, endedAt: at, comingAt: null } },
        { table: 'stages', row: after },
        ...withdrawn(live, stage.id, at),
      ],
      facts: [{ type: 'queue.ticketMissed', ...idsOf(after) }],
    };
  },
} satisfies Partial<QueueRules>;
