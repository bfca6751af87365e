import type { Counter } from '../directory/rows.ts';
import type { Context } from '../kernel/command.ts';
import type { Change } from '../kernel/live.ts';
import { businessDay, type Instant } from '../kernel/time.ts';
import type { Location } from '../platform/rows.ts';
import type { Call, QueueLive, QueueTables, Stage, Visit } from './rows.ts';
import { callsOf, lastOrder } from './views.ts';

/** Q27: gapless for location and business day; displays show calls in this order and notice a missing one. */
const nextOrder = (live: QueueLive, day: string): number => lastOrder(live, day) + 1;

export interface NewCall {
  readonly id: string;
  readonly location: Location;
  readonly counter: Counter;
  readonly stage: Stage;
  readonly visit: Visit;
  readonly at: Instant;
}

/** The call of a stage (its `callNo` counted up already), as it goes to the wall. */
export function callRow(
  live: QueueLive,
  ctx: Context,
  { id, location, counter, stage, visit, at }: NewCall,
): Call {
  const day = businessDay(ctx.now, location.timeZone, location.dayStart);
  return {
    id,
    organisationId: ctx.organisationId,
    locationId: ctx.streamId,
    archivedAt: null,
    businessDay: day,
    order: nextOrder(live, day),
    visitId: visit.id,
    stageId: stage.id,
    callNo: stage.callNo,
    series: visit.series,
    number: visit.number,
    serviceId: stage.serviceId,
    counterId: counter.id,
    counterName: counter.name,
    language: visit.language,
    calledAt: at,
    withdrawnAt: null,
  };
}

/** Q28: the calls of a stage leave the wall; one that is over before it was announced is announced no more. */
export function withdrawn(live: QueueLive, stageId: string, at: Instant): Change<QueueTables>[] {
  const changes: Change<QueueTables>[] = [];
  for (const call of callsOf(live, stageId)) {
    if (call.withdrawnAt !== null) continue;
    changes.push({ table: 'calls', row: { ...call, withdrawnAt: at } });
  }
  return changes;
}

/** The call that stood on the wall when the stage had been called so often, back on it; none where there was none. */
export function reinstated(live: QueueLive, stageId: string, callNo: number): Change<QueueTables>[] {
  let last: Call | null = null;
  for (const call of callsOf(live, stageId)) {
    if (call.callNo !== callNo || call.withdrawnAt === null) continue;
    if (last === null || call.order > last.order) last = call;
  }
  return last === null ? [] : [{ table: 'calls', row: { ...last, withdrawnAt: null } }];
}
