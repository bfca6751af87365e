// No zod in this file: the wall and the kiosk load it.
import { derive, type Derived } from '../kernel/derived.ts';
import type { BaseRow } from '../kernel/live.ts';
import { isOpen } from './moves.ts';
import type { Call, QueueLive, Stage } from './rows.ts';

/** So many of today's last services tell what one takes now; more would still remember the morning. */
const RECENT = 30;

const open: Derived<Stage, Map<string, Stage>> = {
  empty: () => new Map(),
  update(stages, after, before) {
    if (after !== null && isOpen(after)) stages.set(after.id, after);
    else if (before !== undefined) stages.delete(before.id);
  },
};

/** Everybody who waits, is on the way to a counter, at one, or put aside. */
export const openStages = (live: QueueLive): Iterable<Stage> => derive(live.rows.stages, open).values();

/** Rows by what they belong to. */
function grouped<Row extends BaseRow>(
  keyOf: (row: Row) => string,
): Derived<Row, Map<string, Map<string, Row>>> {
  return {
    empty: () => new Map(),
    update(groups, after, before) {
      if (before !== undefined && (after === null || keyOf(after) !== keyOf(before))) {
        const group = groups.get(keyOf(before));
        group?.delete(before.id);
        if (group?.size === 0) groups.delete(keyOf(before));
      }
      if (after === null) return;
      const group = groups.get(keyOf(after));
      if (group === undefined) groups.set(keyOf(after), new Map([[after.id, after]]));
      else group.set(after.id, after);
    },
  };
}

const byVisit = grouped<Stage>((stage) => stage.visitId);
const byStage = grouped<Call>((call) => call.stageId);

export const stagesOf = (live: QueueLive, visitId: string): Iterable<Stage> =>
  derive(live.rows.stages, byVisit).get(visitId)?.values() ?? [];
export const callsOf = (live: QueueLive, stageId: string): Iterable<Call> =>
  derive(live.rows.calls, byStage).get(stageId)?.values() ?? [];

const countOrder = (last: Map<string, number>, { businessDay, order }: Call): void =>
  void last.set(businessDay, Math.max(last.get(businessDay) ?? 0, order));

const orders: Derived<Call, Map<string, number>> = {
  empty: () => new Map(),
  update(last, after, before, rows) {
    const wasLast = before !== undefined && last.get(before.businessDay) === before.order;
    if (wasLast && (after?.businessDay !== before.businessDay || after.order < before.order)) {
      last.delete(before.businessDay);
      for (const row of rows.values()) if (row.businessDay === before.businessDay) countOrder(last, row);
    }
    if (after !== null) countOrder(last, after);
  },
};

/** The order of a day's last call; 0 before the first. */
export const lastOrder = (live: QueueLive, businessDay: string): number =>
  derive(live.rows.calls, orders).get(businessDay) ?? 0;

const isDone = (stage: Stage | null | undefined): stage is Stage & { readonly endedAt: string } =>
  stage?.status === 'done' && stage.endedAt !== null;

function addRecent(recent: Map<string, Stage[]>, stage: Stage & { readonly endedAt: string }): void {
  const list = recent.get(stage.serviceId) ?? [];
  recent.set(stage.serviceId, list);
  let at = list.length;
  while (at > 0 && (list[at - 1]?.endedAt ?? '') > stage.endedAt) at--;
  list.splice(at, 0, stage);
  if (list.length > RECENT) list.shift();
}

const recentlyDone: Derived<Stage, Map<string, Stage[]>> = {
  empty: () => new Map(),
  update(recent, after, before, rows) {
    const list = isDone(before) ? recent.get(before.serviceId) : undefined;
    if (before === undefined || list?.some(({ id }) => id === before.id) !== true) {
      if (isDone(after)) addRecent(recent, after);
      return;
    }
    // One of the last has changed or is gone (an undo): who takes its place is known from all of them alone.
    recent.delete(before.serviceId);
    for (const row of rows.values())
      if (isDone(row) && row.serviceId === before.serviceId) addRecent(recent, row);
    if (isDone(after) && after.serviceId !== before.serviceId) addRecent(recent, after);
  },
};

/** The last services of a kind today, oldest first. */
export const recentDone = (live: QueueLive, serviceId: string): readonly Stage[] =>
  derive(live.rows.stages, recentlyDone).get(serviceId) ?? [];
