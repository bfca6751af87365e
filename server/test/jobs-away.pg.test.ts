// The database goes while a job is being done: found by chaos, where each such moment ended a whole server.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { migrate } from '@schalter/drizzle/migrate.ts';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { defineJobs, startJobs, type Jobs, type Workers } from '../src/jobs/boss.ts';
import { cuttable } from './cuttable.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** A job expires after fifteen seconds, is seen to have within five more, and waits two before it is tried again. */
const TAKEN_UP_MS = 40_000;

let database: TestDatabase;
let sql: postgres.Sql;
const open: Jobs[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  await migrate(database.url, () => defineJobs(database.url));
  sql = postgres(database.url, { max: 1, onnotice: () => undefined });
});
afterEach(async () => {
  // For one of them the database is gone.
  await Promise.all(open.splice(0).map((jobs) => jobs.stop().catch(() => undefined)));
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

async function server(url: string, onError: (error: unknown) => void, done: Workers['command']) {
  const jobs = await startJobs(url, onError);
  open.push(jobs);
  jobs.work({
    command: done,
    message: () => Promise.resolve(),
    mail: () => Promise.resolve(),
    redact: () => Promise.resolve(),
    push: () => Promise.resolve(),
  });
  return jobs;
}

it.each([
  ['done', () => Promise.resolve()],
  ['failed', () => Promise.reject(new Error('it could not be done'))],
])(
  '[RT-08] [E15] a job that is %s when the database has gone: the server lives, and another takes the job up',
  { timeout: TAKEN_UP_MS + 20_000 },
  async (_how, outcome) => {
    const wire = await cuttable(database.url);
    const nobodyCaught: unknown[] = [];
    const note = (error: unknown) => void nobodyCaught.push(error);
    process.on('unhandledRejection', note);
    const errors: unknown[] = [];
    const begun: string[] = [];
    const first = await server(
      wire.url,
      (error) => errors.push(error),
      async ({ commandId }) => {
        begun.push(commandId);
        await wire.close();
        return outcome();
      },
    );
    const commandId = randomUUID();
    const data = { streamId: randomUUID(), type: 'queue.resume', input: {}, commandId };
    await sql.begin(async (tx) => {
      await first.add(tx as unknown as postgres.ReservedSql, [{ queue: 'command', data }]);
    });
    await expect.poll(() => begun, { timeout: 5_000 }).toEqual([commandId]);
    await expect.poll(() => errors.length, { timeout: 5_000 }).toBeGreaterThan(0);

    const takenUp: string[] = [];
    await server(database.url, note, async (job) => {
      takenUp.push(job.commandId);
      return Promise.resolve();
    });
    await expect.poll(() => takenUp, { timeout: TAKEN_UP_MS }).toEqual([commandId]);
    process.off('unhandledRejection', note);
    expect(nobodyCaught).toEqual([]);
  },
);
