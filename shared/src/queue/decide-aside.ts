import type { Context } from '../kernel/command.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import { LIMITS } from '../kernel/text.ts';
import { MINUTE, addMs } from '../kernel/time.ts';
import { withdrawn } from './call-rows.ts';
import { estimateJoin } from './estimate.ts';
import { findStage, idsOf, type Found, type QueueDecision, type QueueRules } from './found.ts';
import { ownerProblem, reopenProblem } from './guards.ts';
import { canHonour } from './order.ts';
import type { QueueLive, Stage, StageState } from './rows.ts';
import { WAITING_AGAIN, actingPersonId, movedStage } from './stage-change.ts';
import { newStage } from './ticket.ts';

const MADE_STAGE_ID = 0;

/** Q31: who resumes a held customer keeps the reservation that the hold meant. */
function reservationOf(stage: Stage): Pick<StageState, 'forCounterId' | 'forPersonId'> {
  switch (stage.holdOwner) {
    case 'clerk':
      return { forCounterId: null, forPersonId: stage.personId };
    case 'counter':
      return { forCounterId: stage.counterId, forPersonId: null };
    case 'any':
    case null:
      return { forCounterId: null, forPersonId: null };
  }
}

interface Target {
  readonly serviceId: string;
  readonly counterId: string | null;
  readonly personId: string | null;
  readonly note: string | null;
}

/** The counter at which a person works now. */
function counterOf(live: QueueLive, personId: string): string | null {
  for (const presence of live.rows.presences.values())
    if (presence.personId === personId) return presence.counterId;
  return null;
}

/** Q34: handed over only to where somebody could take it. */
function targetProblem(live: QueueLive, target: Target): Rejection | null {
  const service = live.rows.services.get(target.serviceId);
  if (service === undefined) return reject('serviceUnknown');
  if (target.counterId !== null && !live.rows.counters.has(target.counterId)) return reject('counterUnknown');
  const counterId = target.counterId ?? (target.personId === null ? null : counterOf(live, target.personId));
  if (target.counterId !== null || target.personId !== null) {
    const possible = counterId !== null && canHonour(live, counterId, target.serviceId);
    const matches =
      target.personId === null ||
      counterId === null ||
      live.rows.presences.get(counterId)?.personId === target.personId;
    return possible && matches ? null : reject('transferNowhere');
  }
  for (const counter of live.rows.counters.values()) {
    if (counter.active && counter.serviceIds.includes(target.serviceId)) return null;
  }
  return reject('transferNowhere');
}

/** Both notes, one after the other; nothing that was written is lost. */
function joinedNote(before: string | null, added: string | null): string | null {
  const notes = [before, added].filter((note): note is string => note !== null && note !== '');
  return notes.length === 0 ? null : notes.join(' – ');
}

function transfer(live: QueueLive, found: Found, target: Target, ctx: Context): QueueDecision {
  const { stage, visit, at } = found;
  const service = live.rows.services.get(target.serviceId);
  const problem = targetProblem(live, target);
  if (problem !== null || service === undefined) return problem ?? reject('serviceUnknown');
  const note = joinedNote(visit.note, target.note);
  if (note !== null && note.length > LIMITS.note) return reject('tooLarge', { max: LIMITS.note });
  const forCounterId = target.counterId;
  const forPersonId = target.counterId === null ? target.personId : null;
  const joining = {
    serviceId: service.id,
    effectiveAt: stage.effectiveAt,
    counterId: forCounterId ?? (forPersonId === null ? null : counterOf(live, forPersonId)),
    bookedAt: null,
  };
  const made = newStage(service, visit, estimateJoin(live, ctx.now, joining), {
    id: ctx.id(MADE_STAGE_ID),
    effectiveAt: stage.effectiveAt,
    arrivedAt: stage.arrivedAt,
    bookedAt: stage.bookedAt,
    creditMin: stage.creditMin,
    businessDay: stage.businessDay,
    fromStageId: stage.id,
    forCounterId,
    forPersonId,
  });
  const after = movedStage(ctx, {
    stage,
    action: 'transfer',
    at,
    visitEndedAt: visit.endedAt,
    madeStageId: made.id,
    patch: { endedAt: at, resumeAt: null },
  });
  return {
    ok: true,
    changes: [
      { table: 'visits', row: { ...visit, note, comingAt: null } },
      // The old stage first: a visit has one open stage at most, at each step.
      { table: 'stages', row: after },
      { table: 'stages', row: made },
      ...(stage.status === 'called' ? withdrawn(live, stage.id, at) : []),
    ],
    facts: [
      { type: 'queue.ticketTransferred', ...idsOf(after), toStageId: made.id, toServiceId: made.serviceId },
    ],
    result: { stageId: made.id, visitId: visit.id },
  };
}

export const decideAside = {
  'queue.hold': (live, input, ctx) => {
    const found = findStage(live, input, 'hold', ctx);
    if (!found.ok) return found;
    const { stage, visit, at } = found;
    const problem = ownerProblem(live, ctx.actor, stage);
    if (problem !== null) return problem;
    const resumeAt = input.resumeInMin === null ? null : addMs(at, input.resumeInMin * MINUTE);
    const after = movedStage(ctx, {
      stage,
      action: 'hold',
      at,
      visitEndedAt: visit.endedAt,
      patch: {
        heldAt: at,
        holdReason: input.reason === '' ? null : input.reason,
        holdOwner: input.owner,
        resumeAt,
        personId: actingPersonId(ctx) ?? stage.personId,
      },
    });
    return {
      ok: true,
      changes: [{ table: 'stages', row: after }],
      facts: [{ type: 'queue.ticketHeld', ...idsOf(after), resumeAt }],
    };
  },

  'queue.resume': (live, input, ctx) => {
    const found = findStage(live, input, 'resume', ctx);
    if (!found.ok) return found;
    const { stage, visit, at } = found;
    const problem = ownerProblem(live, ctx.actor, stage);
    if (problem !== null) return problem;
    // `heldAt` stays until the service goes on: all of the time until then was not service.
    const patch = { ...WAITING_AGAIN, ...reservationOf(stage), resumeAt: null };
    const after = movedStage(ctx, { stage, action: 'resume', at, visitEndedAt: visit.endedAt, patch });
    return {
      ok: true,
      changes: [{ table: 'stages', row: after }],
      facts: [{ type: 'queue.ticketResumed', ...idsOf(after) }],
    };
  },

  'queue.transfer': (live, input, ctx) => {
    const found = findStage(live, input, 'transfer', ctx);
    if (!found.ok) return found;
    return ownerProblem(live, ctx.actor, found.stage) ?? transfer(live, found, input, ctx);
  },

  'queue.cancel': (live, input, ctx) => {
    const found = findStage(live, input, 'cancel', ctx);
    if (!found.ok) return found;
    const { stage, visit, at } = found;
    const patch = { endedAt: at, resumeAt: null, endReason: input.reason === '' ? null : input.reason };
    const after = movedStage(ctx, { stage, action: 'cancel', at, visitEndedAt: visit.endedAt, patch });
    return {
      ok: true,
      changes: [
        { table: 'visits', row: { ...visit, endedAt: at, comingAt: null } },
        { table: 'stages', row: after },
        ...withdrawn(live, stage.id, at),
      ],
      facts: [{ type: 'queue.ticketCancelled', ...idsOf(after) }],
    };
  },

  'queue.reopen': (live, input, ctx) => {
    const found = findStage(live, input, 'reopen', ctx);
    if (!found.ok) return found;
    const { stage, visit, at, location } = found;
    const problem = reopenProblem(location, stage, ctx.now);
    if (problem !== null) return problem;
    const patch = { ...WAITING_AGAIN, endedAt: null, endReason: null, notBefore: null };
    const after = movedStage(ctx, { stage, action: 'reopen', at, visitEndedAt: visit.endedAt, patch });
    return {
      ok: true,
      changes: [
        { table: 'visits', row: { ...visit, endedAt: null } },
        { table: 'stages', row: after },
      ],
      facts: [{ type: 'queue.ticketReopened', ...idsOf(after) }],
    };
  },
} satisfies Partial<QueueRules>;
