// What goes through the parameters of a bulk write comes out of the database as it went in.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { compositeType, packed, packRows, type Column } from './composite.ts';

let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 1 });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

const column = (name: string, type: string) => ({
  name,
  type,
  of: (row: Record<string, unknown>) => row[name],
});
const COLUMNS: readonly Column<Record<string, unknown>>[] = [
  column('order', 'integer'),
  column('name', 'varchar(12)'),
  column('tags', 'varchar(4)[]'),
  column('data', 'jsonb'),
  column('at', 'timestamp (3) with time zone'),
  column('on', 'boolean'),
];
let types = 0;
/** The rows once through the database. */
async function through(
  columns: readonly Column<Record<string, unknown>>[],
  rows: readonly Record<string, unknown>[],
  then = '',
) {
  types += 1;
  await sql.unsafe(compositeType(`row_${types}`, columns));
  return sql.unsafe(`${then} select r.* from unnest($1::row_${types}[]) r`, [
    packRows(packed(columns), rows),
  ]);
}
const ROW = {
  order: 1,
  name: 'a',
  tags: ['x'],
  data: { a: [1, null] },
  at: '2026-03-29T01:30:00.123Z',
  on: true,
};

it('[E26] every kind of value comes back as itself, also what looks like punctuation or nothing', async () => {
  const rows = [
    ROW,
    { ...ROW, order: -2, name: '', tags: [], data: '', on: false },
    { ...ROW, order: null, name: null, tags: null, data: null, at: null, on: null },
    { ...ROW, name: '\\N,"{}()\n\t\u001e🚗', tags: ['"', '\\', ',', 'NULL'], data: ['\u0001', "'"] },
  ];
  const out = await through(COLUMNS, rows);
  expect(out.map((row) => ({ ...row, at: (row['at'] as Date | null)?.toISOString() ?? null }))).toEqual(rows);
});

it('[E26] one row that holds nothing but an empty text is a row', async () => {
  const only: readonly Column<Record<string, unknown>>[] = [column('name', 'text')];
  const rows = await through(only, [{ name: '' }]);
  expect([...rows]).toEqual([{ name: '' }]);
});

it('[E26] a text that is too long is refused by its column, never cut', async () => {
  await sql`create table short (name varchar(12))`;
  const name: readonly Column<Record<string, unknown>>[] = [column('name', 'varchar(12)')];
  const rows = [{ name: 'x'.repeat(13) }];
  await expect(through(name, rows, 'insert into short (name)')).rejects.toThrow('too long');
});
