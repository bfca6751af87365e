import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verify } from '../src/verify/queries.ts';
import { openTestHouse, type TestHouse } from './house.ts';

let house: TestHouse;
let sql: postgres.Sql;
beforeAll(async () => {
  house = await openTestHouse();
  sql = postgres(house.databaseUrl, { max: 1, onnotice: () => undefined });
  const { locationId, serviceIds, counterIds } = house;
  const must = async (type: string, input: unknown): Promise<void> => {
    expect(await house.command(locationId, type, input)).toMatchObject({ ok: true });
  };
  const ticket = { serviceId: serviceIds[0], language: 'de', contact: null, name: null, note: null };
  for (let n = 0; n < 4; n++) {
    await must('queue.issueTicket', { ...ticket, linkToken: randomBytes(16).toString('base64url') });
  }
  await must('queue.callNext', { counterId: counterIds[0] });
});
afterAll(async () => {
  await sql.end();
  await house.close();
});

const DAMAGES = [
  ['number given twice', 'update visits set number = 1 where number = 2'],
  ['numbers have a gap', 'update number_series set last_number = 7 where last_number = 4'],
  ['journal has a gap', 'delete from journal where seq = 3'],
  ['journal has a gap', 'update streams set seq = seq + 1'],
  ['call without a ticket', 'delete from visits where number = 1'],
  ['calls have no one order', 'update calls set "order" = 5'],
  ['visit open without one open stage', "update stages set status = 'done' where status = 'waiting'"],
  [
    'counter with two customers',
    "update stages set status = 'called', counter_id = (select counter_id from calls)",
  ],
  [
    'command counted twice',
    'update journal set command_id = (select command_id from journal where seq = 2 limit 1)',
  ],
  ['visits disagree with the journal', "update visits set note = 'somebody was here'"],
  ['stages disagree with the journal', 'update stages set seq = seq - 1'],
  ['calls disagree with the journal', 'delete from calls'],
] as const;

it('[O20] a sound database has no damage, and looking at it changes nothing', async () => {
  expect(await verify(sql)).toEqual([]);
});

it.each(DAMAGES)('[O20] it names "%s" after: %s', async (check, damage) => {
  const other = postgres(house.databaseUrl, { max: 1, onnotice: () => undefined });
  // By hand, as superuser: no constraint holds what must not be. The copy is thrown away.
  const name = `damaged_${randomBytes(6).toString('hex')}`;
  try {
    await other`create schema ${other(name)}`;
    const tables = await other<
      { name: string }[]
    >`select tablename as name from pg_tables where schemaname = 'public'`;
    for (const table of tables) {
      await other`create table ${other(name)}.${other(table.name)} as table ${other('public')}.${other(table.name)}`;
    }
    await other`select set_config('search_path', ${name}, false)`;
    expect((await other.unsafe(damage)).count).toBeGreaterThan(0);
    expect((await verify(other)).map((one) => one.check)).toContain(check);
  } finally {
    await other`drop schema ${other(name)} cascade`;
    await other.end();
  }
});
