import type PgBoss from 'pg-boss';
import { describeError } from '../log.ts';

export interface WorkerOptions {
  readonly boss: Pick<PgBoss, 'fetch' | 'complete' | 'fail'>;
  readonly queue: string;
  readonly work: (data: object) => Promise<void>;
  readonly onError: (error: unknown) => void;
  /** Between two looks for jobs. */
  readonly pollMs: number;
  /** Jobs taken at once; each runs for itself, so that one that fails does not take the others along. */
  readonly batch: number;
  /** After this a job is somebody else's, and is waited for no longer. */
  readonly expireMs: number;
}

export interface Worker {
  /** There may be something to do: looks now. */
  kick(): void;
  /** Resolves when what is under way is done. */
  stop(): Promise<void>;
}

/**
 * Takes jobs and does them. pg-boss has workers too, but they tell the database what became of a job without
 * waiting for it: where the database had just gone, nobody caught that error, and the whole server ended.
 */
export function startWorker(options: WorkerOptions): Worker {
  const { pollMs, expireMs, onError } = options;
  let stopping = false;
  let kicked = false;
  let wake = (): void => undefined;
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const loop = async (): Promise<void> => {
    while (!stopping) {
      kicked = false;
      const turn = takeAndDo(options).catch(onError);
      await waitAtMost(expireMs, turn);
      if (!kicked && !stopping) await pause();
    }
  };
  const ended = loop();
  const kick = (): void => {
    kicked = true;
    wake();
  };
  return {
    kick,
    stop: () => {
      stopping = true;
      kick();
      return ended;
    },
  };
}

async function takeAndDo({ boss, queue, work, batch, onError }: WorkerOptions): Promise<void> {
  const jobs = await boss.fetch<object>(queue, { batchSize: batch });
  await Promise.all(
    jobs.map(async ({ id, data }) => {
      const failure = await work(data).then(
        () => null,
        (error: unknown) => ({ message: describeError(error).message }),
      );
      // Where the database can't be told, the job expires and is done again: each is of those that may be.
      const told = failure === null ? boss.complete(queue, id) : boss.fail(queue, id, failure);
      await told.catch(onError);
    }),
  );
}

function waitAtMost(ms: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
