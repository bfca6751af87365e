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
  readonly #added: readonly Job[];
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #worker: () => ServerProcess | undefined;
  #taken = 0;
  /** When each should begin. */
  readonly #open = new Map<Job, number>();

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
    this.#time.after(ms, () => {
      const worker = this.#worker();
      if (worker === undefined) return this.#schedule(job, RETRY_MS);
      worker.run(job).then(
        () => (worker.isRunning ? this.#open.delete(job) : this.#schedule(job, EXPIRE_MS)),
        () => this.#schedule(job, worker.isRunning ? RETRY_MS : EXPIRE_MS),
      );
    });
  }
}
