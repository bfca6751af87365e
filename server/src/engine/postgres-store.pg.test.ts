import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { expect, it } from 'vitest';
import { APP_ROLE } from '@schalter/drizzle/islands.ts';
import { migrate } from '@schalter/drizzle/migrate.ts';
import { createTestDatabase } from '../../test/database.ts';
import { engineContract } from './engine.contract.ts';
import { connectTo } from './postgres-connections.ts';
import { PostgresStore, type AddJobs } from './postgres-store.ts';
import { defineWriteBatch } from './postgres-write.ts';
import { storeContract } from './store.contract.ts';

const open = async (addJobs: AddJobs = () => Promise.resolve()) => {
  const database = await createTestDatabase();
  await migrate(database.url, defineWriteBatch);
  const owner = postgres(database.url, { max: 2, onnotice: () => undefined });
  const sql = connectTo(database.url, 4);
  return {
    owner,
    store: new PostgresStore(sql, addJobs),
    close: async () => {
      await Promise.all([owner.end(), sql.end()]);
      await database.drop();
    },
  };
};
storeContract('PostgreSQL', open);
engineContract('PostgreSQL', open);

it('[E15] a job that is slow to add is not added after its transaction has failed, nor in another one', async () => {
  const {
    owner: sql,
    store,
    close,
  } = await open(async (connection, jobs) => {
    // As pg-boss asks about its queue before it inserts.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await connection.unsafe('insert into jobs_added select generate_series(1, $1)', [jobs.length]);
  });
  await sql.unsafe(`create table jobs_added (n int); grant insert on jobs_added to ${APP_ROLE}`);
  const id = randomUUID();
  await store.openStream({ id, kind: 'organisation', organisationId: id, locationId: null });
  const at = '2026-05-20T08:00:00.000Z';
  const data = { streamId: id, messageId: randomUUID() };
  const row = { id, organisationId: id, archivedAt: null, name: 'x'.repeat(500) };
  const broken = {
    seq: 0,
    at,
    rows: [{ table: 'organisations', row, writtenBy: null, entrySeq: 1, how: 'upsert' as const }],
    entries: [],
    refusals: [],
    jobs: [{ queue: 'message', data }] as const,
  };
  await expect(store.transact(id, [], (tx) => tx.write(broken))).rejects.toThrow();
  await store.transact(id, [], async (tx) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await tx.write({ ...broken, rows: [], jobs: [] });
  });
  expect(await sql`select n from jobs_added`).toHaveLength(0);
  await store.transact(id, [], (tx) => tx.write({ ...broken, rows: [] }));
  expect(await sql`select n from jobs_added`).toHaveLength(1);
  await close();
});

it('[E27] batches of several streams are one commit; one that is stale, or locked, holds up no other', async () => {
  const { owner: sql, store, close } = await open();
  const at = '2026-05-20T08:00:00.000Z';
  const ids = Array.from({ length: 6 }, (): string => randomUUID());
  for (const id of ids)
    await store.openStream({ id, kind: 'organisation', organisationId: id, locationId: null });
  const heads = await store.heads(ids);
  const append = (id: string, seq = 0) => {
    const head = heads.find((one) => one.id === id);
    if (head === undefined) throw new Error('no stream');
    const row = {
      id,
      organisationId: id,
      archivedAt: null,
      name: 'x',
      language: 'de',
      currency: 'CHF',
      recordReads: false,
      secondFactorRequired: false,
    };
    const rows = [{ table: 'organisations', row, writtenBy: null, entrySeq: 1, how: 'insert' as const }];
    const batch = { seq: seq + 1, at, rows, entries: [], refusals: [], jobs: [] };
    return store.append({ ...head, seq }, [randomUUID()], batch);
  };
  const [first, second, ...rest] = ids;
  const [stale, locked] = rest;
  const locker = await sql.reserve();
  await locker`begin`;
  await locker`select from streams where id = ${locked ?? ''} for update`;
  // The first two go alone; those that wait meanwhile go together, find the lock, and go alone too.
  const answers = [first, second, ...rest].map((id) => append(id ?? '', id === stale ? 7 : 0));
  const others = await Promise.all(answers.filter((_, i) => ids[i] !== locked));
  expect(others).toEqual([true, true, false, true, true]);
  await locker`rollback`;
  locker.release();
  expect(await answers[ids.indexOf(locked ?? '')]).toBe(true);
  expect((await store.heads(ids)).filter(({ seq }) => seq === 1)).toHaveLength(5);
  await close();
});
