import { pairId } from '../kernel/derive-id.ts';
import type { Change } from '../kernel/live.ts';
import { reject } from '../kernel/rejections.ts';
import { businessDay, type Instant } from '../kernel/time.ts';
import type { Location } from '../platform/rows.ts';
import type { QueueRules } from './found.ts';
import { isOpen } from './moves.ts';
import type { QueueFact } from './facts.ts';
import type { NumberBlock, QueueLive, QueueTables, Stage, Visit } from './rows.ts';
import { finalStage, notBeforeLast } from './stage-change.ts';

/** A day that ends: which stages it closes, and which visits are over with it. */
interface DayEnd {
  readonly closed: ReadonlyMap<string, Stage>;
  readonly kept: number;
  readonly gone: ReadonlyMap<string, Visit>;
}

function endOf(live: QueueLive, location: Location, day: string, at: Instant): DayEnd {
  const closed = new Map<string, Stage>();
  const openVisits = new Set<string>();
  let kept = 0;
  for (const stage of live.rows.stages.values()) {
    if (!isOpen(stage)) continue;
    if (stage.businessDay <= day && location.endOfDay === 'close') {
      closed.set(stage.id, finalStage(stage, 'close', { endedAt: notBeforeLast(stage, at), resumeAt: null }));
    } else {
      openVisits.add(stage.visitId);
      if (stage.businessDay <= day) kept++;
    }
  }
  const gone = new Map<string, Visit>();
  for (const visit of live.rows.visits.values()) {
    if (visit.businessDay > day || openVisits.has(visit.id)) continue;
    gone.set(visit.id, { ...visit, endedAt: visit.endedAt ?? at, comingAt: null, archivedAt: at });
  }
  return { closed, kept, gone };
}

/** Q39: what belongs to visits that are over leaves the live set; phone numbers are erased with it. */
function archivedVisits(live: QueueLive, { closed, gone }: DayEnd, at: Instant): Change<QueueTables>[] {
  const changes: Change<QueueTables>[] = [...gone.values()].map((row) => ({ table: 'visits', row }));
  for (const stage of live.rows.stages.values()) {
    if (!gone.has(stage.visitId)) continue;
    changes.push({ table: 'stages', row: { ...(closed.get(stage.id) ?? stage), archivedAt: at } });
  }
  for (const contact of live.rows.visitContacts.values()) {
    if (!gone.has(contact.visitId)) continue;
    changes.push({ table: 'visitContacts', row: { ...contact, phoneE164: '', archivedAt: at } });
  }
  return changes;
}

/** The day's calls go, but for one that a kept customer still follows; and with them their receipts. */
function archivedCalls(live: QueueLive, day: string, { gone }: DayEnd, at: Instant): Change<QueueTables>[] {
  const changes: Change<QueueTables>[] = [];
  const over = new Set<string>();
  for (const call of live.rows.calls.values()) {
    const followed = live.rows.stages.get(call.stageId)?.status === 'called' && !gone.has(call.visitId);
    if (call.businessDay > day || followed) continue;
    over.add(call.id);
    changes.push({ table: 'calls', row: { ...call, archivedAt: at } });
  }
  for (const receipt of live.rows.callReceipts.values()) {
    if (!over.has(receipt.callId)) continue;
    changes.push({ table: 'callReceipts', row: { ...receipt, archivedAt: at } });
  }
  return changes;
}

/** Q58: what was leased and never given is no gap that somebody has to explain. */
const returnedFact = ({ id, deviceId, first, last, given }: NumberBlock): QueueFact => ({
  ...{ type: 'queue.numbersReturned', blockId: id, deviceId, given, unused: last - first + 1 - given },
});

export const decideDay = {
  'queue.closeDay': (live, { businessDay: day }, ctx) => {
    const location = live.rows.locations.get(ctx.streamId);
    if (location === undefined) return reject('unknownLocation');
    const dayOf = (at: Instant): string => businessDay(at, location.timeZone, location.dayStart);
    if (day >= dayOf(ctx.now)) return reject('dayNotOver', { businessDay: day });
    const end = endOf(live, location, day, ctx.now);
    const changes = [...archivedVisits(live, end, ctx.now), ...archivedCalls(live, day, end, ctx.now)];
    for (const row of live.rows.numberSeries.values()) {
      if (row.businessDay > day) continue;
      changes.push({ table: 'numberSeries', row: { ...row, archivedAt: ctx.now } });
    }
    const returned: NumberBlock[] = [];
    for (const row of live.rows.numberBlocks.values()) {
      if (row.businessDay > day) continue;
      returned.push(row);
      changes.push({ table: 'numberBlocks', row: { ...row, archivedAt: ctx.now } });
    }
    for (const row of live.rows.helpRequests.values()) {
      if (row.resolvedAt === null || dayOf(row.requestedAt) > day) continue;
      changes.push({ table: 'helpRequests', row: { ...row, archivedAt: ctx.now } });
    }
    const counts = { closed: end.closed.size, kept: end.kept };
    return {
      ok: true,
      changes,
      facts: [{ type: 'queue.dayClosed', businessDay: day, ...counts }, ...returned.map(returnedFact)],
      result: counts,
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
