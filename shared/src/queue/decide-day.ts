import { pairId } from '../kernel/ids.ts';
import type { Change } from '../kernel/live.ts';
import { reject } from '../kernel/rejections.ts';
import { businessDay, type Instant } from '../kernel/time.ts';
import type { QueueRules } from './found.ts';
import { isOpen } from './moves.ts';
import type { QueueLive, QueueTables, Stage, Visit } from './rows.ts';
import { finalStage } from './stage-change.ts';

/** What is open on a day that ends, closed: the stages, and with them the visits. */
function closed(live: QueueLive, day: string, at: Instant): { stages: Stage[]; visits: Map<string, Visit> } {
  const stages: Stage[] = [];
  const visits = new Map<string, Visit>();
  for (const stage of live.rows.stages.values()) {
    if (!isOpen(stage) || stage.businessDay > day) continue;
    stages.push(finalStage(stage, 'close', { endedAt: at, resumeAt: null }));
    const visit = live.rows.visits.get(stage.visitId);
    if (visit !== undefined) visits.set(visit.id, { ...visit, endedAt: at, comingAt: null });
  }
  return { stages, visits };
}

/** Q39: whatever belongs to ended visits of the day leaves the live set; phone numbers are erased with it. */
function archived(
  live: QueueLive,
  day: string,
  ended: ReadonlyMap<string, Visit>,
  stages: readonly Stage[],
  at: Instant,
) {
  const changes: Change<QueueTables>[] = [];
  const gone = new Set<string>();
  for (const visit of live.rows.visits.values()) {
    const now = ended.get(visit.id) ?? visit;
    if (now.endedAt === null || now.businessDay > day) continue;
    gone.add(visit.id);
    changes.push({ table: 'visits', row: { ...now, archivedAt: at } });
  }
  const closedStages = new Map(stages.map((s) => [s.id, s]));
  for (const stage of live.rows.stages.values()) {
    if (!gone.has(stage.visitId)) continue;
    changes.push({ table: 'stages', row: { ...(closedStages.get(stage.id) ?? stage), archivedAt: at } });
  }
  for (const contact of live.rows.visitContacts.values()) {
    if (!gone.has(contact.visitId)) continue;
    changes.push({ table: 'visitContacts', row: { ...contact, phoneE164: '', archivedAt: at } });
  }
  return changes;
}

function archivedOfDay(live: QueueLive, day: string, dayOf: (at: Instant) => string, at: Instant) {
  const changes: Change<QueueTables>[] = [];
  const calls = new Set<string>();
  for (const call of live.rows.calls.values()) {
    if (call.businessDay > day) continue;
    calls.add(call.id);
    changes.push({ table: 'calls', row: { ...call, archivedAt: at } });
  }
  for (const receipt of live.rows.callReceipts.values()) {
    if (calls.has(receipt.callId))
      changes.push({ table: 'callReceipts', row: { ...receipt, archivedAt: at } });
  }
  for (const series of live.rows.numberSeries.values()) {
    if (series.businessDay <= day)
      changes.push({ table: 'numberSeries', row: { ...series, archivedAt: at } });
  }
  for (const help of live.rows.helpRequests.values()) {
    if (help.resolvedAt === null || dayOf(help.requestedAt) > day) continue;
    changes.push({ table: 'helpRequests', row: { ...help, archivedAt: at } });
  }
  return changes;
}

export const decideDay = {
  'queue.closeDay': (live, { businessDay: day }, ctx) => {
    const location = live.rows.locations.get(ctx.streamId);
    if (location === undefined) return reject('unknownLocation');
    const dayOf = (at: Instant): string => businessDay(at, location.timeZone, location.dayStart);
    if (day >= dayOf(ctx.now)) return reject('dayNotOver', { businessDay: day });
    const { stages, visits } =
      location.endOfDay === 'close'
        ? closed(live, day, ctx.now)
        : { stages: [] as Stage[], visits: new Map<string, Visit>() };
    const changes = [
      ...archived(live, day, visits, stages, ctx.now),
      ...archivedOfDay(live, day, dayOf, ctx.now),
    ];
    let kept = 0;
    if (location.endOfDay === 'keep') {
      for (const stage of live.rows.stages.values()) if (isOpen(stage) && stage.businessDay <= day) kept++;
    }
    return {
      ok: true,
      changes,
      facts: [{ type: 'queue.dayClosed', businessDay: day, closed: stages.length, kept }],
      result: { closed: stages.length, kept },
    };
  },

  'queue.reportCall': (live, { callId, shownAt, sound }, ctx) => {
    if (ctx.actor.kind !== 'device') return reject('notPermitted');
    const call = live.rows.calls.get(callId);
    if (call === undefined) return reject('callUnknown');
    const { deviceId } = ctx.actor;
    const id = pairId(callId, deviceId);
    if (live.rows.callReceipts.has(id)) return { ok: true, changes: [], facts: [] };
    const row = {
      id,
      organisationId: ctx.organisationId,
      locationId: ctx.streamId,
      archivedAt: null,
      callId,
      deviceId,
      order: call.order,
      shownAt,
      sound,
    };
    return {
      ok: true,
      changes: [{ table: 'callReceipts', row }],
      facts: [{ type: 'queue.callShown', callId, deviceId }],
    };
  },

  'queue.requestHelp': (live, _input, ctx) => {
    if (ctx.actor.kind !== 'device') return reject('notPermitted');
    const { deviceId } = ctx.actor;
    for (const help of live.rows.helpRequests.values()) {
      if (help.deviceId !== deviceId || help.resolvedAt !== null) continue;
      return { ok: true, changes: [], facts: [], result: { helpRequestId: help.id } };
    }
    const row = {
      id: ctx.id(0),
      organisationId: ctx.organisationId,
      locationId: ctx.streamId,
      archivedAt: null,
      deviceId,
      requestedAt: ctx.now,
      resolvedAt: null,
      resolvedBy: null,
    };
    return {
      ok: true,
      changes: [{ table: 'helpRequests', row }],
      facts: [{ type: 'queue.helpRequested', helpRequestId: row.id }],
      result: { helpRequestId: row.id },
    };
  },

  'queue.resolveHelp': (live, { helpRequestId }, ctx) => {
    const help = live.rows.helpRequests.get(helpRequestId);
    if (help === undefined) return reject('invalidInput', { field: 'helpRequestId' });
    if (help.resolvedAt !== null) return { ok: true, changes: [], facts: [] };
    const resolvedBy = ctx.actor.kind === 'person' ? ctx.actor.personId : null;
    return {
      ok: true,
      changes: [{ table: 'helpRequests', row: { ...help, resolvedAt: ctx.now, resolvedBy } }],
      facts: [{ type: 'queue.helpResolved', helpRequestId }],
    };
  },
} satisfies Partial<QueueRules>;
