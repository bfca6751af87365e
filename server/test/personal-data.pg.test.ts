// The register of personal data against the catalogue of a real database, with what the tools keep beside us.
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { COLUMNS, OF_TOOLS } from '@schalter/drizzle/personal-data.ts';
import { SEALED_COLUMNS } from '../src/platform/sealed-store.ts';
import { openTestHouse } from './house.ts';

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
/** What a tool keeps of people would stand in one of these; the rest are names of queues, states and times. */
const SPEAKING = /^(jsonb?|bytea)$/;
/** Columns of tools that hold a document and nothing of people, with the reason. */
const SILENT: Readonly<Record<string, string>> = {
  'pgboss.schedule.data': 'no schedules are used',
  'pgboss.schedule.options': 'no schedules are used',
  'pgboss.job.output': 'why a job failed, as the log says it: without values',
  'pgboss.archive.output': 'why a job failed, as the log says it: without values',
};

it('[PD5] every column of every table is in the register, and the register names no others', async () => {
  const house = await openTestHouse();
  const sql = postgres(house.databaseUrl, { max: 1 });
  const columns = await sql<{ schema: string; table: string; column: string; type: string }[]>`
    select n.nspname as schema, c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^(pg_|information_schema)' and c.relkind in ('r', 'p') and not c.relispartition
      and a.attnum > 0 and not a.attisdropped`;
  await sql.end();
  await house.close();

  const ours = columns
    .filter(({ schema }) => schema === 'public')
    .map(({ table, column }) => `${table}.${column}`);
  const registered = Object.entries(COLUMNS).flatMap(([table, entries]) =>
    Object.keys(entries).map((field) => `${snake(table)}.${snake(field)}`),
  );
  expect(ours.toSorted()).toEqual(registered.toSorted());

  const ofTools = columns
    .filter(({ schema, type }) => schema !== 'public' && SPEAKING.test(type))
    .map(({ schema, table, column }) => `${schema}.${table}.${column}`);
  expect(ofTools.toSorted()).toEqual([...Object.keys(OF_TOOLS), ...Object.keys(SILENT)].toSorted());
});

it('[PD1] [EN-01] what is sealed is said to be a secret, or something about a person', () => {
  const silent = SEALED_COLUMNS.filter(({ table, column }) => {
    const entries = Object.entries(COLUMNS).find(([name]) => snake(name) === table)?.[1] ?? {};
    return Object.entries(entries).some(([name, entry]) => snake(name) === column && entry === 'none');
  });
  expect(silent).toEqual([]);
});
