import type { AnyChange } from '../kernel/live.ts';
import { isFull, type Rows, type StorageState, type Store, type StoredHead } from './store.ts';

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
  | { readonly kind: 'other'; readonly run: (store: Store) => Promise<void> }
  /** Puts nothing there: that it works says nothing of a disk that is full. */
  | { readonly kind: 'quiet'; readonly run: (store: Store) => Promise<void> };

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
  readonly #onHealth: (state: StorageState) => void;
  readonly #waiting: Waiting[] = [];
  #busy = false;
  #hole = false;
  /** Another window writes the rows of this device. */
  #leavesRows = false;

  constructor(store: Store, allRows: () => AllRows, onHealth: (state: StorageState) => void) {
    this.#store = store;
    this.#allRows = allRows;
    this.#onHealth = onHealth;
  }

  /** One window writes rows: two would each leave out what the other has. Whoever begins writes all that it has. */
  setRows(writes: boolean): void {
    this.#leavesRows = !writes;
    const { rows, head } = this.#allRows();
    if (writes && head.seq > 0) this.snapshot(rows, head, []);
  }

  snapshot(rows: Rows, head: StoredHead, settled: readonly string[]): void {
    if (this.#leavesRows) return;
    void this.#add({ kind: 'snapshot', rows, head, settled });
  }

  entries(changes: readonly AnyChange[], head: StoredHead, settled: readonly string[]): void {
    if (this.#leavesRows) return;
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

  remove(run: (store: Store) => Promise<void>): Promise<boolean> {
    return this.#add({ kind: 'quiet', run });
  }

  /** After what waits to be written; null where it can't be read. */
  async read<R>(run: (store: Store) => Promise<R>): Promise<R | null> {
    let found: R | null = null;
    await this.#add({ kind: 'quiet', run: async (store) => void (found = await run(store)) });
    return found;
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
      let state: StorageState = 'works';
      try {
        await this.#perform(write);
      } catch (error) {
        // What fails here is the browser's; the screen says that nothing is kept.
        state = isFull(error) ? 'full' : 'fails';
      }
      const worked = state === 'works';
      if (write.kind === 'snapshot' || write.kind === 'entries') this.#hole = !worked;
      if (write.kind !== 'quiet' || !worked) this.#onHealth(state);
      done(worked);
    }
    this.#busy = false;
  }

  #perform(write: Write): Promise<void> {
    if (write.kind === 'other' || write.kind === 'quiet') return write.run(this.#store);
    if (write.kind === 'snapshot') return this.#store.saveSnapshot(write.rows, write.head, write.settled);
    if (!this.#hole) return this.#store.saveEntries(write.changes, write.head, write.settled);
    const { rows, head } = this.#allRows();
    return this.#store.saveSnapshot(rows, head, write.settled);
  }
}
