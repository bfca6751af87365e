import type { Job } from '@schalter/server/src/jobs/job.ts';
import type { Chance } from './chance.ts';
import type { ServerProcess } from './server.ts';
import type { VirtualTime } from './virtual-time.ts';

const START_MS = 300;
const RETRY_MS = 2_000;
/** A killed worker's job is taken up again after its expiry (jobs/boss.ts). */
const EXPIRE_MS = 15_000;

/** The job queue: each job at least once, now and then twice, and again where its worker was killed. */
export class Jobs {
  #added: readonly Job[];
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #worker: () => ServerProcess | undefined;
  #taken = 0;
  /** When each should begin. */
  #open = new Map<Job, number>();
  /** Which database they are of: those of one that was lost are nobody's. */
  #history = 0;

  constructor(
    added: readonly Job[],
    time: VirtualTime,
    chance: Chance,
    worker: () => ServerProcess | undefined,
  ) {
    this.#added = added;
    this.#time = time;
    this.#chance = chance;
    this.#worker = worker;
  }

  /** Jobs lie in the database, and come back with it. */
  copy(): ReadonlyMap<Job, number> {
    return new Map(this.#open);
  }

  restored(added: readonly Job[], open: ReadonlyMap<Job, number>): void {
    this.#history += 1;
    this.#added = added;
    this.#taken = added.length;
    this.#open = new Map(open);
    for (const [job, at] of open)
      this.#schedule(job, Math.max(0, at - this.#time.now) + this.#chance.below(START_MS));
  }

  /** Those that should have been done by now, a worker that was killed with them included. */
  left(): readonly string[] {
    const late = [...this.#open.values()].filter((at) => at < this.#time.now - 2 * EXPIRE_MS);
    return late.length > 0 ? [`${late.length} jobs are left`] : [];
  }

  /** After each commit: jobs are added in the transaction of their cause. */
  look(): void {
    for (; this.#taken < this.#added.length; this.#taken++) {
      const job = this.#added[this.#taken];
      if (job === undefined) continue;
      const { now } = this.#time;
      const at = Math.max(now, job.startAfter === undefined ? now : Date.parse(job.startAfter));
      this.#open.set(job, at);
      this.#schedule(job, at - now + this.#chance.below(START_MS));
      if (this.#chance.happens(0.1)) this.#schedule(job, at - now + this.#chance.below(START_MS));
    }
  }

  #schedule(job: Job, ms: number): void {
    const history = this.#history;
    this.#time.after(ms, () => {
      if (history !== this.#history) return;
      const worker = this.#worker();
      if (worker === undefined) return this.#schedule(job, RETRY_MS);
      worker.run(job).then(
        () => {
          if (history !== this.#history) return;
          if (worker.isRunning) this.#open.delete(job);
          else this.#schedule(job, EXPIRE_MS);
        },
        () => {
          if (history === this.#history) this.#schedule(job, worker.isRunning ? RETRY_MS : EXPIRE_MS);
        },
      );
    });
  }
}
