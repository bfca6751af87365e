import { OutcomeUnknown } from './store.ts';
import type { Append } from './write-batch.ts';

/** Statements under way at once: one is written while another is being sent; more only make the groups smaller. */
const IN_FLIGHT_MAX = 2;
/** Commands in one statement: beyond this a further one costs what it costs alone. */
const COMMANDS_MAX = 512;

interface Waiting {
  readonly append: Append;
  readonly resolve: (isWritten: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Writes batches, all or nothing; false where one of them was not decided on what is there. */
export type Write = (appends: readonly Append[]) => Promise<boolean>;

/**
 * Batches of different streams that come while others are being written go to the database together: one commit,
 * one round trip. What breaks a group is found by writing each of it alone.
 */
export class GroupCommit {
  readonly #write: Write;
  readonly #waiting: Waiting[] = [];
  #inFlight = 0;

  constructor(write: Write) {
    this.#write = write;
  }

  append(append: Append): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ append, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#inFlight >= IN_FLIGHT_MAX || this.#waiting.length === 0) return;
    const group: Waiting[] = [];
    for (let commands = 0; commands < COMMANDS_MAX && this.#waiting.length > 0;) {
      const [one] = this.#waiting.splice(0, 1);
      if (one === undefined) break;
      group.push(one);
      commands += one.append.commandIds.length;
    }
    this.#inFlight += 1;
    void this.#writeGroup(group).finally(() => {
      this.#inFlight -= 1;
      this.#next();
    });
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const isWritten = await this.#write(group.map(({ append }) => append));
      if (isWritten || group.length === 1) return void group.forEach(({ resolve }) => resolve(isWritten));
    } catch (error) {
      // Whether all of it is there or nothing: each asks again by its commands.
      if (group.length === 1 || error instanceof OutcomeUnknown)
        return void group.forEach(({ reject }) => reject(error));
    }
    await Promise.all(group.map((one) => this.#writeGroup([one])));
  }
}
