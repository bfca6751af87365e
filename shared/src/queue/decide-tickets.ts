import type { Context } from '../kernel/command.ts';
import { reject } from '../kernel/rejections.ts';
import { idsOf, openStageOf, type QueueRules } from './found.ts';
import { callProblem } from './guards.ts';
import { illegalMove } from './moves.ts';
import type { Stage, Visit } from './rows.ts';
import { actingPersonId, stateOf } from './stage-change.ts';
import { openVisit } from './ticket.ts';

export function sourceOf(ctx: Context): Visit['source'] {
  switch (ctx.actor.kind) {
    case 'device':
      return 'kiosk';
    case 'person':
      return 'staff';
    case 'customer':
    case 'anonymous':
      return 'phone';
    case 'system':
      return 'api';
  }
}

export const decideTickets = {
  'queue.issueTicket': (live, input, ctx) => {
    const opened = openVisit(
      live,
      { ...input, source: sourceOf(ctx), presence: 'on_site', booking: null, servedBy: null },
      ctx,
    );
    if (!opened.ok) return opened;
    return { ok: true, changes: opened.changes, facts: [opened.fact], result: opened.result };
  },

  'queue.joinByPhone': (live, { arrivalCode, ...input }, ctx) => {
    const location = live.rows.locations.get(ctx.streamId);
    if (location === undefined) return reject('unknownLocation');
    if (!location.joinByPhone) return reject('phoneJoinOff');
    const onSite = ctx.given.arrivalCodeFresh === true;
    if (arrivalCode !== null && !onSite) return reject('arrivalCodeWrong');
    const opened = openVisit(
      live,
      {
        ...input,
        name: null,
        note: null,
        source: 'phone',
        presence: arrivalCode === null ? 'remote' : 'on_site',
        booking: null,
        servedBy: null,
      },
      ctx,
    );
    if (!opened.ok) return opened;
    return { ok: true, changes: opened.changes, facts: [opened.fact], result: opened.result };
  },

  'queue.serveWithoutTicket': (live, { counterId, ...input }, ctx) => {
    const problem = callProblem(live, ctx.actor, counterId);
    if (problem !== null) return problem;
    const servedBy = { counterId, personId: actingPersonId(ctx) };
    const opened = openVisit(
      live,
      { ...input, contact: null, source: 'staff', presence: 'on_site', booking: null, servedBy },
      ctx,
    );
    if (!opened.ok) return opened;
    // Undone, it was never there: the number stays given, the stage is void.
    const at = opened.visit.arrivedAt;
    const before = { ...stateOf(opened.stage), status: 'voided' as const, endedAt: at };
    const stage: Stage = {
      ...opened.stage,
      undo: {
        action: 'serveWithoutTicket',
        at,
        personId: servedBy.personId,
        counterId,
        before,
        madeStageId: null,
        visitEndedAt: at,
      },
    };
    return {
      ok: true,
      changes: [...opened.changes.filter((c) => c.table !== 'stages'), { table: 'stages', row: stage }],
      facts: [opened.fact, { type: 'queue.serviceStarted', ...idsOf(stage), counterId }],
      result: opened.result,
    };
  },

  'queue.markArrived': (live, { visitId }) => {
    const visit = live.rows.visits.get(visitId);
    if (visit === undefined) return reject('visitUnknown');
    if (openStageOf(live, visitId) === null) return illegalMove('markArrived', 'ended');
    if (visit.presence === 'on_site') return { ok: true, changes: [], facts: [] };
    return {
      ok: true,
      changes: [{ table: 'visits', row: { ...visit, presence: 'on_site' } }],
      facts: [{ type: 'queue.arrivalConfirmed', visitId }],
    };
  },

  'queue.setNote': (live, { visitId, name, note }) => {
    const visit = live.rows.visits.get(visitId);
    if (visit === undefined) return reject('visitUnknown');
    const row: Visit = { ...visit, name: name === '' ? null : name, note: note === '' ? null : note };
    return { ok: true, changes: [{ table: 'visits', row }], facts: [{ type: 'queue.noteSet', visitId }] };
  },
} satisfies Partial<QueueRules>;
