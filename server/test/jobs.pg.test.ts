// What follows later is written down in the transaction of its cause, and done once.
import { randomBytes, randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Engine } from '../src/engine/execute.ts';
import { PostgresStore, type AddJobs } from '../src/engine/postgres-store.ts';
import { startJobs, type Jobs } from '../src/jobs/boss.ts';
import { reactions } from '../src/reactions.ts';
import { movableClock } from './clock.ts';
import { openTestHouse, type TestHouse } from './house.ts';

/** The house lives 58 s behind the database: a timer of one minute rings after two seconds. */
const clock = movableClock(-58_000);
let house: TestHouse;
let sql: postgres.Sql;
let jobs: Jobs;
beforeAll(async () => {
  house = await openTestHouse({ clock });
  sql = postgres(house.databaseUrl, { max: 4, onnotice: () => undefined });
  jobs = await startJobs(house.databaseUrl, () => undefined);
});
afterAll(async () => {
  await jobs.stop();
  await sql.end({ timeout: 1 });
  await house.close();
});

interface StoredJob {
  readonly state: string;
  readonly startAfter: Date;
  readonly data: { readonly type: string; readonly commandId: string };
}
const timersOf = (stageId: string) => sql<StoredJob[]>`
  select state::text as state, start_after as "startAfter", data from pgboss.job
  where name = 'command' and data->'input'->>'stageId' = ${stageId} order by created_on`;

let counter = 0;
/** A customer who stands at a counter of the own. */
async function serving(): Promise<string> {
  const counterId = randomUUID();
  const [serviceId] = house.serviceIds;
  const name = `H${counter++}`;
  await house.command(house.locationId, 'directory.setCounter', {
    counterId,
    counter: { name, position: 1, serviceIds: [serviceId], active: true },
  });
  const issued = await house.command(house.locationId, 'queue.issueTicket', {
    serviceId,
    language: 'de',
    linkToken: randomBytes(16).toString('base64url'),
    contact: null,
    name: null,
    note: null,
  });
  expect(issued).toMatchObject({ ok: true });
  const { stageId } = (issued.ok ? issued.result : {}) as { stageId: string };
  await callAndStart(stageId, counterId);
  return stageId;
}
async function callAndStart(stageId: string, counterId: string): Promise<void> {
  expect(await house.command(house.locationId, 'queue.call', { stageId, counterId })).toMatchObject({
    ok: true,
  });
  expect(await house.command(house.locationId, 'queue.start', { stageId })).toMatchObject({ ok: true });
}
const stageOf = (stageId: string) =>
  house.app.parts.engine.read(house.locationId, ({ live }) => live.rows.stages.get(stageId) ?? null);
const hold = (stageId: string, resumeInMin: number | null) => ({
  stageId,
  reason: 'Papiere',
  owner: 'any',
  resumeInMin,
});

describe('[E15] a job', () => {
  /** Another process on the same database, whose connection may die when the job has just been added. */
  function process_(afterAdding: AddJobs): Engine {
    const add: AddJobs = async (tx, added) => {
      await jobs.add(tx, added);
      await afterAdding(tx, added);
    };
    return new Engine({
      store: new PostgresStore(sql, add),
      clock,
      react: reactions(() => ''),
      load: () => Promise.resolve({}),
    });
  }
  const submit = (engine: Engine, commandId: string, stageId: string) =>
    engine.execute({
      envelope: {
        commandId,
        streamId: house.locationId,
        type: 'queue.hold',
        input: hold(stageId, 30),
        occurredAt: clock.now(),
      },
      actor: { kind: 'system' },
    });
  const written = async (commandId: string) =>
    (await sql`select 1 from journal where command_id = ${commandId}`).length;

  it('[RT-08] is there with its cause or not at all: killed in between, neither is', async () => {
    const [stageId, commandId] = [await serving(), randomUUID()];
    let added = 0;
    const dying = process_(async (tx, list) => {
      added += list.length;
      const [backend] = await tx.unsafe<{ pid: number }[]>('select pg_backend_pid() as pid');
      await sql`select pg_terminate_backend(${backend?.pid ?? 0})`;
    });
    expect(await submit(dying, commandId, stageId)).toMatchObject({ ok: false, code: 'unavailable' });
    expect(added).toBe(1);
    expect(await timersOf(stageId)).toHaveLength(0);
    expect(await written(commandId)).toBe(0);
    expect(await stageOf(stageId)).toMatchObject({ status: 'serving' });

    // The sender tries again with the same id, and again: one cause, one job.
    const well = process_(() => Promise.resolve());
    expect(await submit(well, commandId, stageId)).toMatchObject({ ok: true });
    expect(await submit(well, commandId, stageId)).toMatchObject({ ok: true });
    expect(await timersOf(stageId)).toHaveLength(1);
    expect(await written(commandId)).toBe(1);
  });

  it('of a command that is refused is not there', async () => {
    const stageId = await serving();
    const answer = await house.command(house.locationId, 'queue.hold', { ...hold(stageId, 30), version: 99 });
    expect(answer).toMatchObject({ ok: false, code: 'versionConflict' });
    expect(await timersOf(stageId)).toHaveLength(0);
  });
});

describe('[Q31] a hold with a time', () => {
  it('ends by itself: a job brings the customer back into the line, in the place of before', async () => {
    const stageId = await serving();
    const before = await stageOf(stageId);
    expect(await house.command(house.locationId, 'queue.hold', hold(stageId, 1))).toMatchObject({ ok: true });
    const held = await stageOf(stageId);
    expect(held).toMatchObject({ status: 'held' });
    const [timer] = await timersOf(stageId);
    expect(timer?.startAfter.toISOString()).toBe(held?.resumeAt);
    await expect
      .poll(() => stageOf(stageId), { timeout: 10_000 })
      .toMatchObject({
        status: 'waiting',
        resumeAt: null,
        effectiveAt: before?.effectiveAt,
      });
  });

  it('without one makes no job', async () => {
    const stageId = await serving();
    expect(await house.command(house.locationId, 'queue.hold', hold(stageId, null))).toMatchObject({
      ok: true,
    });
    expect(await timersOf(stageId)).toHaveLength(0);
  });

  it('that is over already wakes nobody who was put aside again since', async () => {
    const stageId = await serving();
    const { counterId } = (await stageOf(stageId)) ?? { counterId: null };
    await house.command(house.locationId, 'queue.hold', hold(stageId, 1));
    expect(await house.command(house.locationId, 'queue.resume', { stageId })).toMatchObject({ ok: true });
    await callAndStart(stageId, counterId ?? '');
    expect(await house.command(house.locationId, 'queue.hold', hold(stageId, 60))).toMatchObject({
      ok: true,
    });
    const stateOfFirst = async () => (await timersOf(stageId))[0]?.state;
    await expect.poll(stateOfFirst, { timeout: 10_000 }).toBe('completed');
    expect(await stageOf(stageId)).toMatchObject({ status: 'held' });
  });
});
