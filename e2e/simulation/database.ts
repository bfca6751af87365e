import { OutcomeUnknown, type Store, type StreamTransaction } from '@schalter/server/src/engine/store.ts';
import type { Chance } from './chance.ts';
import type { VirtualTime } from './virtual-time.ts';

/** How a server's way to its database is. */
export interface DatabaseWeather {
  /** Of a statement to be slow (up to seconds), and of the connection to break at it. */
  slow: number;
  breaks: number;
}

const STATEMENT_MS = 3;
const SLOW_MS = 2_500;

/**
 * One process' connections to the shared database. Between begin, work, commit and the answer of the commit
 * the process may be killed or the connection break: before the commit nothing of it is there, after it all
 * is, and the process may never know which.
 */
export class Connections implements Store {
  readonly #database: Store;
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  readonly #weather: DatabaseWeather;
  readonly #onCommit: () => Promise<void>;
  #killed = false;

  constructor(parts: {
    database: Store;
    time: VirtualTime;
    chance: Chance;
    weather: DatabaseWeather;
    onCommit: () => Promise<void>;
  }) {
    this.#database = parts.database;
    this.#time = parts.time;
    this.#chance = parts.chance;
    this.#weather = parts.weather;
    this.#onCommit = parts.onCommit;
  }

  /** The process is gone: what was not committed is rolled back, and nobody hears of the rest. */
  kill(): void {
    this.#killed = true;
  }

  openStream: Store['openStream'] = async (head) => {
    await this.#statement();
    return this.#database.openStream(head);
  };

  append: Store['append'] = async (head, commandIds, batch) => {
    await this.#statement();
    const isWritten = await this.#database.append(head, commandIds, batch);
    await this.#onCommit();
    await this.#statement(() => new OutcomeUnknown());
    return isWritten;
  };

  transact: Store['transact'] = async <T>(
    streamId: string,
    commandIds: readonly string[],
    work: (tx: StreamTransaction) => Promise<T>,
  ): Promise<T | null> => {
    await this.#statement();
    const result = await this.#database.transact(streamId, commandIds, async (tx) => {
      const done = await work({
        ...tx,
        journalAfter: (seq) => this.#statement().then(() => tx.journalAfter(seq)),
        loadLive: () => this.#statement().then(() => tx.loadLive()),
      });
      await this.#statement(() => new OutcomeUnknown());
      return done;
    });
    await this.#onCommit();
    await this.#statement(() => new OutcomeUnknown());
    return result;
  };

  head: Store['head'] = async (streamId) => {
    await this.#statement();
    return this.#database.head(streamId);
  };
  heads: Store['heads'] = async (streamIds) => {
    await this.#statement();
    return this.#database.heads(streamIds);
  };
  journalAfter: Store['journalAfter'] = async (streamId, seq, limit) => {
    await this.#statement();
    return this.#database.journalAfter(streamId, seq, limit);
  };
  load: Store['load'] = async (streamId) => {
    await this.#statement();
    return this.#database.load(streamId);
  };

  async #statement(broken: () => Error = () => new Error('the connection was lost')): Promise<void> {
    const { slow, breaks } = this.#weather;
    await this.#time.wait(
      this.#chance.happens(slow) ? this.#chance.below(SLOW_MS) : this.#chance.below(STATEMENT_MS),
    );
    if (this.#killed || this.#chance.happens(breaks)) throw broken();
  }
}
