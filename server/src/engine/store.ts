import type { Answer } from '@schalter/shared/kernel/command.ts';
import type { AnyChange, BaseRow, StreamKind } from '@schalter/shared/kernel/live.ts';
import type { Author } from '@schalter/shared/kernel/actor.ts';
import type { Job } from '../jobs/job.ts';

export interface StreamHead {
  readonly id: string;
  readonly kind: StreamKind;
  readonly organisationId: string;
  /** The location's id, which is the stream's; null for the organisation's own stream. */
  readonly locationId: string | null;
  readonly seq: number;
}

/** One accepted command, as the journal keeps it. */
export interface JournalEntry {
  readonly seq: number;
  readonly commandId: string;
  /** Hash of type and input: the same id with another payload is refused. */
  readonly fingerprint: string;
  readonly type: string;
  readonly input: unknown;
  /** What the sender was answered beside the sequence. */
  readonly result: unknown;
  readonly facts: readonly { readonly type: string }[];
  readonly changes: readonly AnyChange[];
  readonly actor: Author;
  readonly deviceId: string | null;
  readonly occurredAt: string;
  readonly at: string;
}

export interface StoredAnswer {
  readonly commandId: string;
  readonly fingerprint: string;
  readonly answer: Answer;
}

export interface RowWrite extends AnyChange {
  readonly writtenBy: string | null;
  readonly entrySeq: number;
  /**
   * Its id was made by this very command: where such a row exists, archived ones included, the batch fails
   * ('insert'). It was in the live set: where it does not exist, the live set was wrong ('update'). Or a person has
   * chosen the id: who knows ('upsert').
   */
  readonly how: 'insert' | 'update' | 'upsert';
}

/** What one batch of a lane writes, all or nothing. */
export interface Batch {
  readonly seq: number;
  readonly at: string;
  /** The last version of each row that changed, in the order of its last change. */
  readonly rows: readonly RowWrite[];
  readonly entries: readonly JournalEntry[];
  /** Commands that were refused; what was accepted is in `entries`. */
  readonly refusals: readonly StoredAnswer[];
  readonly jobs: readonly Job[];
}

/** One transaction on one stream, holding the lock of its row. */
export interface StreamTransaction {
  readonly head: StreamHead;
  readonly known: ReadonlyMap<string, StoredAnswer>;
  journalAfter(seq: number): Promise<readonly JournalEntry[]>;
  loadLive(): Promise<readonly { table: string; rows: readonly BaseRow[] }[]>;
  /** Writes and commits; at most once, and last. */
  write(batch: Batch): Promise<void>;
}

/** A constraint of the database broke a batch: which, so that it can be said as a rejection. */
export class ConstraintViolation extends Error {
  constructor(
    readonly constraint: string,
    options?: ErrorOptions,
  ) {
    super(`constraint ${constraint}`, options);
  }
}

/** The connection was lost while a batch was being committed: it may be there, or not. */
export class OutcomeUnknown extends Error {
  constructor(options?: ErrorOptions) {
    super('nobody knows whether it was committed', options);
  }
}

/** Where streams live. Two implementations, one contract suite: `store.contract.ts`. */
export interface Store {
  /** Creates the stream where it is not there yet; an existing one stays as it is. */
  openStream(head: Omit<StreamHead, 'seq'>): Promise<void>;
  /**
   * Writes and commits a batch that was decided without asking, in one round trip. False, and nothing is written,
   * where the stream is not at `head` any more or one of the commands is known already.
   */
  append(head: StreamHead, commandIds: readonly string[], batch: Batch): Promise<boolean>;
  /** Runs `work` in one transaction under the stream's lock; null where there is no such stream. */
  transact<T>(
    streamId: string,
    commandIds: readonly string[],
    work: (tx: StreamTransaction) => Promise<T>,
  ): Promise<T | null>;
  head(streamId: string): Promise<StreamHead | null>;
  /** The heads of many streams at once: the poll that backs up a lost wake-up. */
  heads(streamIds: readonly string[]): Promise<readonly StreamHead[]>;
  journalAfter(streamId: string, seq: number, limit: number): Promise<readonly JournalEntry[]>;
  /** Head and live set of one moment. */
  load(
    streamId: string,
  ): Promise<{ head: StreamHead; live: readonly { table: string; rows: readonly BaseRow[] }[] } | null>;
}

/** The key of a row within its stream. */
export const rowKey = (change: AnyChange): string => `${change.table}/${change.row.id}`;
