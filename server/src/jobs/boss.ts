import { setTimeout as delay } from 'node:timers/promises';
import PgBoss from 'pg-boss';
import type postgres from 'postgres';
import { APP_ROLE } from '@schalter/drizzle/islands.ts';
import type { AddJobs } from '../engine/postgres-store.ts';
import type { Job, JobData, JobQueue } from './job.ts';
import { startWorker, type Worker } from './worker.ts';

/**
 * How long a worker may hold a job: a killed one's is taken up again within this and one supervision. A mail server
 * may take ten seconds for each thing that it says.
 */
const EXPIRE_S: Readonly<Record<JobQueue, number>> = {
  command: 15,
  message: 15,
  redact: 15,
  push: 30,
  mail: 60,
};
const SUPERVISE_S = 5;
const POLL_MS = 500;
/** The transaction that added a job has usually ended after this: the workers look at once, not at the next poll. */
const KICK_MS = 15;
const RETRY_LIMIT = 8;
const QUEUES = Object.keys(EXPIRE_S) as readonly JobQueue[];
const BATCH = 10;
/** What is done leaves the queue after this, and the database after that. */
const DONE_S = 3_600;
const DELETED_H = 24;
/** A stop waits so long for what is under way. */
const STOP_MS = 5_000;

export type Workers = { readonly [Q in JobQueue]: (data: JobData<Q>) => Promise<void> };

export interface Jobs {
  readonly add: AddJobs;
  /** Adds a job by itself: what is left of another. */
  later(job: Job): Promise<void>;
  work(workers: Workers): void;
  stop(): Promise<void>;
}

/** Makes pg-boss' own schema and the queues, as the owner of the database: the server at work makes no tables. */
export async function defineJobs(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, max: 1, supervise: false, schedule: false });
  boss.on('error', () => undefined); // what start() throws is what is told
  await boss.start();
  for (const queue of QUEUES) await boss.createQueue(queue);
  await boss.stop({ graceful: false, wait: true });
}

/** pg-boss on the same database: a job is added in the transaction of its cause, or not at all. */
export async function startJobs(databaseUrl: string, onError: (error: unknown) => void): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    // Not in pg-boss' types, and handed on to the driver as all of this is.
    ...{ options: `-c role=${APP_ROLE}` },
    max: 4,
    application_name: 'schalter-jobs',
    maintenanceIntervalSeconds: SUPERVISE_S,
    migrate: false,
    // A job names a customer's link: docs/security/personal-data.md says how long.
    archiveCompletedAfterSeconds: DONE_S,
    deleteAfterHours: DELETED_H,
    schedule: false,
  });
  boss.on('error', onError);
  await boss.start();
  const running: Worker[] = [];
  const kick = () => {
    for (const worker of running) worker.kick();
  };
  return {
    add: async (tx, jobs) => {
      await boss.insert(jobs.map(toInsert), { db: executor(tx) });
      setTimeout(kick, KICK_MS);
    },
    later: async (job) => {
      await boss.insert([toInsert(job)]);
    },
    work: (workers) => {
      for (const queue of QUEUES) {
        const work = workers[queue] as (data: object) => Promise<void>;
        const times = { pollMs: POLL_MS, batch: BATCH, expireMs: EXPIRE_S[queue] * 1_000 };
        running.push(startWorker({ boss, queue, work, onError, ...times }));
      }
    },
    stop: async () => {
      const ended = Promise.all(running.splice(0).map((worker) => worker.stop()));
      await Promise.race([ended, delay(STOP_MS, undefined, { ref: false })]);
      await boss.stop({ graceful: true, timeout: STOP_MS, wait: true });
    },
  };
}

const toInsert = (job: Job): PgBoss.JobInsert<object> => ({
  name: job.queue,
  data: job.data,
  retryLimit: RETRY_LIMIT,
  retryDelay: 2,
  retryBackoff: true,
  expireInSeconds: EXPIRE_S[job.queue],
  ...(job.startAfter === undefined ? {} : { startAfter: job.startAfter }),
});

const executor = (tx: postgres.ReservedSql): PgBoss.Db => ({
  executeSql: async (text, values) => ({ rows: await tx.unsafe(text, values.map(toParameter) as never[]) }),
});

/**
 * pg-boss writes for the driver `pg`: what is not set is undefined, and lists of jobs are JSON as text.
 * postgres.js wants null said, and encodes JSON itself (a text would become a JSON string).
 */
const toParameter = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('[') ? (JSON.parse(value) as unknown) : (value ?? null);
