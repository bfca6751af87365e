import type { Context } from '../kernel/command.ts';
import type { Change } from '../kernel/live.ts';
import { reject, type Rejection } from '../kernel/rejections.ts';
import { MINUTE, addMs } from '../kernel/time.ts';
import { withdrawn } from './call-rows.ts';
import { lastStageOf, openStageOf, idsOf, type QueueRules } from './found.ts';
import { DELAY_MIN, MOST_DELAYS } from './guards.ts';
import { illegalMove, moveProblem, type Action } from './moves.ts';
import type { QueueLive, QueueTables, Stage, Visit } from './rows.ts';
import { WAITING_AGAIN, finalStage, notBeforeLast } from './stage-change.ts';

type Own = { readonly ok: true; readonly visit: Visit } | Rejection;

/** A customer acts on the visit of the own link, and on no other. */
function ownVisit(live: QueueLive, ctx: Context): Own {
  if (ctx.actor.kind !== 'customer') return reject('notPermitted');
  const visit = live.rows.visits.get(ctx.actor.visitId);
  return visit === undefined ? reject('visitUnknown') : { ok: true, visit };
}

type OwnStage = { readonly ok: true; readonly visit: Visit; readonly stage: Stage } | Rejection;

function ownStage(live: QueueLive, action: Action, ctx: Context): OwnStage {
  const own = ownVisit(live, ctx);
  if (!own.ok) return own;
  const stage = openStageOf(live, own.visit.id);
  if (stage === null) return illegalMove(action, lastStageOf(live, own.visit.id)?.status ?? 'ended');
  const problem = moveProblem(stage, action);
  return problem ?? { ok: true, visit: own.visit, stage };
}

export const decideCustomer = {
  'queue.confirmArrival': (live, _input, ctx) => {
    const own = ownVisit(live, ctx);
    if (!own.ok) return own;
    const { visit } = own;
    if (openStageOf(live, visit.id) === null) return illegalMove('confirmArrival', 'ended');
    if (visit.presence === 'on_site') return { ok: true, changes: [], facts: [] };
    if (ctx.given.arrivalCodeFresh !== true) return reject('arrivalCodeWrong');
    return {
      ok: true,
      changes: [{ table: 'visits', row: { ...visit, presence: 'on_site' } }],
      facts: [{ type: 'queue.arrivalConfirmed', visitId: visit.id }],
    };
  },

  'queue.leave': (live, _input, ctx) => {
    const own = ownStage(live, 'leave', ctx);
    if (!own.ok) return own;
    const { visit, stage } = own;
    const after = finalStage(stage, 'leave', { endedAt: notBeforeLast(stage, ctx.now), resumeAt: null });
    return {
      ok: true,
      changes: [
        { table: 'visits', row: { ...visit, endedAt: ctx.now, comingAt: null } },
        { table: 'stages', row: after },
        ...withdrawn(live, stage.id, ctx.now),
      ],
      facts: [{ type: 'queue.ticketLeft', ...idsOf(after) }],
    };
  },

  'queue.delay': (live, _input, ctx) => {
    const own = ownStage(live, 'delay', ctx);
    if (!own.ok) return own;
    const { visit, stage } = own;
    if (visit.delays >= MOST_DELAYS) return reject('tooManyDelays', { max: MOST_DELAYS });
    const until = addMs(ctx.now, DELAY_MIN * MINUTE);
    const after = finalStage(stage, 'delay', { ...WAITING_AGAIN, notBefore: until });
    return {
      ok: true,
      changes: [
        { table: 'visits', row: { ...visit, delays: visit.delays + 1, comingAt: null } },
        { table: 'stages', row: after },
        ...withdrawn(live, stage.id, ctx.now),
      ],
      facts: [{ type: 'queue.ticketDelayed', ...idsOf(after), until }],
    };
  },

  'queue.confirmComing': (live, _input, ctx) => {
    const own = ownStage(live, 'confirmComing', ctx);
    if (!own.ok) return own;
    return {
      ok: true,
      changes: [{ table: 'visits', row: { ...own.visit, comingAt: ctx.now } }],
      facts: [{ type: 'queue.comingConfirmed', visitId: own.visit.id }],
    };
  },

  'queue.withdrawContact': (live, _input, ctx) => {
    const own = ownVisit(live, ctx);
    if (!own.ok) return own;
    const { visit } = own;
    const changes: Change<QueueTables>[] = [];
    for (const contact of live.rows.visitContacts.values()) {
      if (contact.visitId !== visit.id) continue;
      changes.push({ table: 'visitContacts', row: { ...contact, phoneE164: '', archivedAt: ctx.now } });
    }
    if (changes.length === 0 && !visit.smsOptIn) return { ok: true, changes, facts: [] };
    changes.push({ table: 'visits', row: { ...visit, smsOptIn: false } });
    return { ok: true, changes, facts: [{ type: 'queue.contactWithdrawn', visitId: visit.id }] };
  },

  'queue.allowPush': (live, { allowed }, ctx) => {
    const own = ownVisit(live, ctx);
    if (!own.ok) return own;
    const { visit } = own;
    if (visit.pushOptIn === allowed) return { ok: true, changes: [], facts: [] };
    return {
      ok: true,
      changes: [{ table: 'visits', row: { ...visit, pushOptIn: allowed } }],
      facts: [{ type: 'queue.pushAllowed', visitId: visit.id, allowed }],
    };
  },

  'queue.rate': (live, { rating }, ctx) => {
    const own = ownVisit(live, ctx);
    if (!own.ok) return own;
    const { visit } = own;
    const last = lastStageOf(live, visit.id);
    if (visit.endedAt === null || last?.status !== 'done')
      return illegalMove('rate', last?.status ?? 'ended');
    return {
      ok: true,
      changes: [{ table: 'visits', row: { ...visit, rating } }],
      facts: [{ type: 'queue.visitRated', visitId: visit.id, rating }],
    };
  },
} satisfies Partial<QueueRules>;
