import PgBoss from 'pg-boss';
import type postgres from 'postgres';
import type { AddJobs } from '../engine/postgres-store.ts';
import { describeError } from '../log.ts';
import type { Job, JobData, JobQueue } from './job.ts';

/** How long a worker may hold a job: a killed one's is taken up again within this and one supervision. */
const EXPIRE_S = 15;
const SUPERVISE_S = 5;
const POLL_S = 0.5;
/** The transaction that added a job has usually ended after this: the workers look at once, not at the next poll. */
const KICK_MS = 15;
const RETRY_LIMIT = 8;
const QUEUES: readonly JobQueue[] = ['command', 'message'];
/** Jobs taken at once; each runs for itself, so that one that fails does not take the others along. */
const BATCH = 10;

export type Workers = { readonly [Q in JobQueue]: (data: JobData<Q>) => Promise<void> };

export interface Jobs {
  readonly add: AddJobs;
  work(workers: Workers): Promise<void>;
  stop(): Promise<void>;
}

/** pg-boss on the same database: a job is added in the transaction of its cause, or not at all. */
export async function startJobs(databaseUrl: string, onError: (error: unknown) => void): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    max: 4,
    application_name: 'schalter-jobs',
    maintenanceIntervalSeconds: SUPERVISE_S,
    schedule: false,
  });
  boss.on('error', onError);
  await boss.start();
  for (const queue of QUEUES) await boss.createQueue(queue);
  const workerIds: string[] = [];
  const kick = () => {
    for (const id of workerIds) boss.notifyWorker(id);
  };
  return {
    add: async (tx, jobs) => {
      await boss.insert(jobs.map(toInsert), { db: executor(tx) });
      setTimeout(kick, KICK_MS);
    },
    work: async (workers) => {
      for (const queue of QUEUES) {
        const options = { pollingIntervalSeconds: POLL_S, batchSize: BATCH };
        workerIds.push(await boss.work(queue, options, runEach(boss, queue, workers)));
      }
    },
    stop: () => {
      workerIds.length = 0;
      return boss.stop({ graceful: true, timeout: 5_000, wait: true });
    },
  };
}

const toInsert = (job: Job): PgBoss.JobInsert<object> => ({
  name: job.queue,
  data: job.data,
  retryLimit: RETRY_LIMIT,
  retryDelay: 2,
  retryBackoff: true,
  expireInSeconds: EXPIRE_S,
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

function runEach(boss: PgBoss, queue: JobQueue, workers: Workers) {
  const work = workers[queue] as (data: object) => Promise<void>;
  return async (jobs: PgBoss.Job<object>[]): Promise<void> => {
    await Promise.all(
      jobs.map(async (job) => {
        try {
          await work(job.data);
          await boss.complete(queue, job.id);
        } catch (error) {
          await boss.fail(queue, job.id, { message: describeError(error).message });
        }
      }),
    );
  };
}
