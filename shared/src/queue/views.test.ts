import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apply, copyLive, emptyLive, type Change } from '../kernel/live.ts';
import { addMs } from '../kernel/time.ts';
import { isOpen } from './moves.ts';
import { STAGE_STATUSES, type Call, type QueueLive, type QueueTables, type Stage } from './rows.ts';
import { callsOf, lastOrder, openStages, recentDone, stagesOf } from './views.ts';

const START = '2026-05-20T08:00:00.000Z';
const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];
const DAYS = ['2026-05-20', '2026-05-21'];
/** So many services of one kind that the oldest drop out of the recent ones. */
const MANY = 45;

const stage = fc.record({
  id: fc.oneof(
    fc.constantFrom(...IDS),
    fc.nat(MANY).map((n) => `n${n}`),
  ),
  archivedAt: fc.constantFrom(null, null, null, START),
  visitId: fc.constantFrom(...IDS),
  serviceId: fc.constantFrom('x', 'y'),
  status: fc.constantFrom(...STAGE_STATUSES),
  endedAt: fc.option(fc.nat(30).map((n) => addMs(START, n * 1_000))),
});
const call = fc.record({
  id: fc.constantFrom(...IDS),
  archivedAt: fc.constantFrom(null, null, null, START),
  stageId: fc.constantFrom(...IDS),
  businessDay: fc.constantFrom(...DAYS),
  order: fc.nat(20),
});
const change = fc.oneof(
  stage.map((row) => ({ table: 'stages', row: row as unknown as Stage }) as const),
  call.map((row) => ({ table: 'calls', row: row as unknown as Call }) as const),
);

const sorted = (rows: Iterable<{ id: string }>) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
/** Everything that is derived; of equal ends nobody says which is the older. */
const seen = (live: QueueLive) => ({
  open: sorted(openStages(live)),
  recent: ['x', 'y'].map((id) => recentDone(live, id).map(({ endedAt }) => endedAt)),
  stages: IDS.map((id) => sorted(stagesOf(live, id))),
  calls: IDS.map((id) => sorted(callsOf(live, id))),
  orders: DAYS.map((day) => lastOrder(live, day)),
});

it('[Q20] what is kept current row by row is what a look at all rows finds', () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 120 }), (changes) => {
      const live: QueueLive = emptyLive<QueueTables>(['stages', 'calls'] as never);
      for (const one of changes) {
        apply(live, [one as Change<QueueTables>]);
        seen(live);
      }
      expect(seen(live)).toEqual(seen(copyLive(live)));
      const stages = [...live.rows.stages.values()];
      expect(seen(live).open).toEqual(sorted(stages.filter(isOpen)));
      const done = stages.filter((s) => s.status === 'done' && s.endedAt !== null && s.serviceId === 'x');
      const last = done.map((s) => s.endedAt ?? '').sort();
      expect(seen(live).recent[0]).toEqual(last.slice(-30));
    }),
  );
});

it('[Q20] rows that came by another way are noticed', () => {
  const live: QueueLive = emptyLive<QueueTables>(['stages', 'calls'] as never);
  const waiting = (id: string) =>
    ({ id, archivedAt: null, visitId: id, status: 'waiting' }) as unknown as Stage;
  apply(live, [{ table: 'stages', row: waiting('a') }]);
  expect([...openStages(live)]).toHaveLength(1);
  live.rows.stages.set('b', waiting('b'));
  expect([...openStages(live)]).toHaveLength(2);
  live.rows.stages.clear();
  apply(live, [{ table: 'stages', row: waiting('c') }]);
  expect([...openStages(live)].map(({ id }) => id)).toEqual(['c']);
});
