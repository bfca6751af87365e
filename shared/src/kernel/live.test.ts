import { expect, it } from 'vitest';
import { apply, copyLive, emptyLive, type BaseRow, type Change } from './live.ts';

interface Tables {
  things: BaseRow & { readonly colour: string };
}
const row = (id: string, colour: string, archivedAt: string | null = null) => ({
  id,
  organisationId: 'o',
  archivedAt,
  colour,
});

it('[K3] a change replaces the row, an archived row leaves, an unknown table is passed over', () => {
  const live = emptyLive<Tables>(['things']);
  apply(live, [
    { table: 'things', row: row('1', 'red') },
    { table: 'things', row: row('2', 'blue') },
  ]);
  apply(live, [
    { table: 'things', row: row('1', 'green') },
    { table: 'things', row: row('2', 'blue', '2026-05-20T08:00:00.000Z') },
    { table: 'later', row: row('3', 'grey') } as unknown as Change<Tables>,
  ]);
  expect([...live.rows.things.values()]).toEqual([row('1', 'green')]);
});

it('[K3] a copy can be changed without touching the original', () => {
  const live = emptyLive<Tables>(['things']);
  apply(live, [{ table: 'things', row: row('1', 'red') }]);
  apply(copyLive(live), [{ table: 'things', row: row('1', 'green') }]);
  expect(live.rows.things.get('1')?.colour).toBe('red');
});
