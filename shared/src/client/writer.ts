import type { AnyChange } from '../kernel/live.ts';
import type { Rows, Store, StoredHead } from './store.ts';

interface AllRows {
  readonly rows: Rows;
  readonly head: StoredHead;
}
type Write =
  | ({ readonly kind: 'snapshot'; readonly settled: readonly string[] } & AllRows)
  | {
      readonly kind: 'entries';
      readonly changes: readonly AnyChange[];
      readonly head: StoredHead;
      readonly settled: readonly string[];
    }
  | { readonly kind: 'other'; readonly run: (store: Store) => Promise<void> };

interface Waiting {
  write: Write;
  readonly done: (worked: boolean) => void;
}

/**
 * Writes to the store one after another, and joins entries that wait. After rows could not be written (a full
 * disk) single entries would leave a hole in what is stored, so the next write of rows is all of them.
 */
export class Writer {
  readonly #store: Store;
  readonly #allRows: () => AllRows;
  readonly #onHealth: (works: boolean) => void;
  readonly #waiting: Waiting[] = [];
  #busy = false;
  #hole = false;

  constructor(store: Store, allRows: () => AllRows, onHealth: (works: boolean) => void) {
    this.#store = store;
    this.#allRows = allRows;
    this.#onHealth = onHealth;
  }

  snapshot(rows: Rows, head: StoredHead, settled: readonly string[]): void {
    void this.#add({ kind: 'snapshot', rows, head, settled });
  }

  entries(changes: readonly AnyChange[], head: StoredHead, settled: readonly string[]): void {
    const last = this.#waiting.at(-1);
    if (last?.write.kind === 'entries') {
      const { write } = last;
      last.write = {
        ...write,
        changes: [...write.changes, ...changes],
        head,
        settled: [...write.settled, ...settled],
      };
      return;
    }
    void this.#add({ kind: 'entries', changes, head, settled });
  }

  /** True once it is on the disk. */
  other(run: (store: Store) => Promise<void>): Promise<boolean> {
    return this.#add({ kind: 'other', run });
  }

  #add(write: Write): Promise<boolean> {
    return new Promise((done) => {
      this.#waiting.push({ write, done });
      if (!this.#busy) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { write, done } = next;
      let worked = true;
      try {
        await this.#perform(write);
      } catch {
        // What fails here (quota, a broken database) is the browser's; the screen says that nothing is kept.
        worked = false;
      }
      if (write.kind !== 'other') this.#hole = !worked;
      this.#onHealth(worked);
      done(worked);
    }
    this.#busy = false;
  }

  #perform(write: Write): Promise<void> {
    if (write.kind === 'other') return write.run(this.#store);
    if (write.kind === 'snapshot') return this.#store.saveSnapshot(write.rows, write.head, write.settled);
    if (!this.#hole) return this.#store.saveEntries(write.changes, write.head, write.settled);
    const { rows, head } = this.#allRows();
    return this.#store.saveSnapshot(rows, head, write.settled);
  }
}
