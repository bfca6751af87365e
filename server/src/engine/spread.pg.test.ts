// What goes through the parameters of a bulk write comes out of the database as it went in.
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { spreadColumns, spreadFrom, spreadParameters, type Column } from './spread.ts';

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

const COLUMNS: readonly Column[] = [
  { name: 'order', type: 'integer' },
  { name: 'name', type: 'varchar(12)' },
  { name: 'tags', type: 'varchar(2)[]' },
  { name: 'data', type: 'jsonb' },
  { name: 'at', type: 'timestamp (3) with time zone' },
  { name: 'on', type: 'boolean' },
];
const through = (rows: readonly Record<string, unknown>[]) =>
  sql.unsafe(`select ${spreadColumns(COLUMNS)} from ${spreadFrom(COLUMNS)}`, spreadParameters(COLUMNS, rows));
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
  const out = await through(rows);
  expect(out.map((row) => ({ ...row, at: (row['at'] as Date | null)?.toISOString() ?? null }))).toEqual(rows);
});

it('[E26] one row that holds nothing but an empty text is a row', async () => {
  const only: readonly Column[] = [{ name: 'name', type: 'text' }];
  const rows = await sql.unsafe(
    `select ${spreadColumns(only)} from ${spreadFrom(only)}`,
    spreadParameters(only, [{ name: '' }]),
  );
  expect([...rows]).toEqual([{ name: '' }]);
});

it('[E26] a text that is too long is refused by its column, never cut', async () => {
  await sql`create table short (name varchar(12))`;
  const name: readonly Column[] = [{ name: 'name', type: 'varchar(12)' }];
  const insert = `insert into short (name) select ${spreadColumns(name)} from ${spreadFrom(name)}`;
  await expect(sql.unsafe(insert, spreadParameters(name, [{ name: 'x'.repeat(13) }]))).rejects.toThrow(
    'too long',
  );
});
