import { ConstraintViolation, OutcomeUnknown } from './store.ts';
import type { Append } from './postgres-write.ts';

/** Statements under way at once: one is written while another is being sent; more only make the groups smaller. */
const IN_FLIGHT_MAX = 2;
/** Commands in one statement: beyond this a further one costs what it costs alone. */
const COMMANDS_MAX = 512;

interface Waiting {
  readonly append: Append;
  readonly resolve: (isWritten: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes batches, all or nothing; false where one of them was not decided on what is there. Who is not patient gives
 * up soon where somebody else holds a lock.
 */
export type Write = (appends: readonly Append[], isPatient: boolean) => Promise<boolean>;

/**
 * Batches of different streams that come while others are being written go to the database together: one commit,
 * one round trip. What breaks a group is found by writing each of it alone, beside the groups: a stream that another
 * process keeps locked is waited for by its own senders only.
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
    let commands = 0;
    const rest = this.#waiting.findIndex(({ append }, i) => {
      commands += append.commandIds.length;
      return i > 0 && commands > COMMANDS_MAX;
    });
    const group = this.#waiting.splice(0, rest === -1 ? this.#waiting.length : rest);
    this.#inFlight += 1;
    void this.#together(group).finally(() => {
      this.#inFlight -= 1;
      this.#next();
    });
  }

  async #together(group: readonly Waiting[]): Promise<void> {
    try {
      const isWritten = await this.#write(appendsOf(group), false);
      if (isWritten || group.length === 1) {
        for (const { resolve } of group) resolve(isWritten);
        return;
      }
    } catch (error) {
      // Nobody knows: all of it is there, or nothing, and whoever sends again gets to know which. Or it is clear whose
      // fault it is.
      if (error instanceof OutcomeUnknown || (group.length === 1 && error instanceof ConstraintViolation)) {
        for (const { reject } of group) reject(error);
        return;
      }
    }
    for (const one of group) this.#write(appendsOf([one]), true).then(one.resolve, one.reject);
  }
}

const appendsOf = (group: readonly Waiting[]): Append[] => group.map(({ append }) => append);
