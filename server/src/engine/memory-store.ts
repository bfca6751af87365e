import type { BaseRow } from '@schalter/shared/kernel/live.ts';
import type { Job } from '../jobs/job.ts';
import {
  ConstraintViolation,
  type Batch,
  type JournalEntry,
  type RowWrite,
  type Store,
  type StoredAnswer,
  type StreamHead,
  type StreamTransaction,
} from './store.ts';

interface MemoryStream {
  head: StreamHead;
  journal: JournalEntry[];
  answers: Map<string, StoredAnswer>;
  rows: Map<string, Map<string, BaseRow>>;
  /** The tail of the queue for the stream's lock. */
  lock: Promise<unknown>;
}

/** Streams in memory: for tests of the engine and for its simulation. Durable as long as the process. */
export class MemoryStore implements Store {
  readonly jobs: Job[] = [];
  #streams = new Map<string, MemoryStream>();

  openStream(head: Omit<StreamHead, 'seq'>): Promise<void> {
    if (!this.#streams.has(head.id)) {
      this.#streams.set(head.id, {
        head: { ...head, seq: 0 },
        journal: [],
        answers: new Map(),
        rows: new Map(),
        lock: Promise.resolve(),
      });
    }
    return Promise.resolve();
  }

  /** What a copy of the database, made now, would bring back. */
  copy(): MemoryStore {
    const copy = new MemoryStore();
    copy.jobs.push(...this.jobs);
    for (const [id, { head, journal, answers, rows }] of this.#streams) {
      const tables = [...rows].map(([table, byId]) => [table, new Map(byId)] as const);
      const kept = { head, journal: [...journal], answers: new Map(answers), rows: new Map(tables) };
      copy.#streams.set(id, { ...kept, lock: Promise.resolve() });
    }
    return copy;
  }

  async append(head: StreamHead, commandIds: readonly string[], batch: Batch): Promise<boolean> {
    const isWritten = await this.transact(head.id, commandIds, async (tx) => {
      const isKnown = ({ table, row, how }: RowWrite): boolean =>
        how !== 'update' || this.#streams.get(head.id)?.rows.get(table)?.has(row.id) === true;
      if (tx.head.seq !== head.seq || tx.known.size > 0 || !batch.rows.every(isKnown)) return false;
      await tx.write(batch);
      return true;
    });
    return isWritten ?? false;
  }

  async transact<T>(
    streamId: string,
    commandIds: readonly string[],
    work: (tx: StreamTransaction) => Promise<T>,
  ): Promise<T | null> {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return null;
    const turn = stream.lock.then(() => this.#run(stream, commandIds, work));
    stream.lock = turn.catch(() => undefined);
    return turn;
  }

  async #run<T>(
    stream: MemoryStream,
    commandIds: readonly string[],
    work: (tx: StreamTransaction) => Promise<T>,
  ): Promise<T> {
    const known = new Map<string, StoredAnswer>();
    for (const id of commandIds) {
      const answer = stream.answers.get(id);
      if (answer !== undefined) known.set(id, answer);
    }
    const batches: Batch[] = [];
    const result = await work({
      head: stream.head,
      known,
      journalAfter: (seq) => Promise.resolve(stream.journal.slice(seq)),
      loadLive: () => Promise.resolve(liveRows(stream)),
      write: (batch) => {
        batches.push(batch);
        return Promise.resolve();
      },
    });
    for (const batch of batches) this.#commit(stream, batch);
    return result;
  }

  #commit(stream: MemoryStream, batch: Batch): void {
    for (const [i, { seq }] of batch.entries.entries()) {
      if (seq !== stream.head.seq + 1 + i) throw new ConstraintViolation('journal_pkey');
    }
    for (const { table, row, how } of batch.rows) {
      if (how === 'insert' && stream.rows.get(table)?.has(row.id))
        throw new ConstraintViolation(`${table}_pkey`);
    }
    for (const { table, row } of batch.rows) {
      const rows = stream.rows.get(table) ?? new Map<string, BaseRow>();
      stream.rows.set(table, rows.set(row.id, row));
    }
    stream.journal.push(...batch.entries);
    for (const { commandId, fingerprint, seq, result } of batch.entries) {
      stream.answers.set(commandId, { commandId, fingerprint, answer: { ok: true, seq, result } });
    }
    for (const refusal of batch.refusals) stream.answers.set(refusal.commandId, refusal);
    this.jobs.push(...batch.jobs);
    stream.head = { ...stream.head, seq: batch.seq };
  }

  head(streamId: string): Promise<StreamHead | null> {
    return Promise.resolve(this.#streams.get(streamId)?.head ?? null);
  }

  heads(streamIds: readonly string[]): Promise<readonly StreamHead[]> {
    return Promise.resolve(streamIds.flatMap((id) => this.#streams.get(id)?.head ?? []));
  }

  journalAfter(streamId: string, seq: number, limit: number): Promise<readonly JournalEntry[]> {
    return Promise.resolve(this.#streams.get(streamId)?.journal.slice(seq, seq + limit) ?? []);
  }

  load(streamId: string): ReturnType<Store['load']> {
    const stream = this.#streams.get(streamId);
    return Promise.resolve(stream === undefined ? null : { head: stream.head, live: liveRows(stream) });
  }
}

const liveRows = (stream: MemoryStream) =>
  [...stream.rows].map(([table, rows]) => ({
    table,
    rows: [...rows.values()].filter((row) => row.archivedAt === null),
  }));
