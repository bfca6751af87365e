import type { Audience } from '../kernel/audience.ts';
import type { CommandEnvelope } from '../kernel/command.ts';
import type { AnyChange, BaseRow } from '../kernel/live.ts';
import type { Rejection } from '../kernel/rejections.ts';
import type { Instant } from '../kernel/time.ts';

/** What the rows in the store are. Rows of another audience or protocol are not used. */
export interface StoredHead {
  readonly seq: number;
  /** Of the entry at `seq`; rows of an earlier version do not say. */
  readonly mark?: string | undefined;
  readonly audience: Audience;
  readonly protocol: number;
  /** When these rows were known to be current, by the server's clock. */
  readonly at: Instant;
  /** Server's clock minus device's, as last measured; null where the server has not said its time yet. */
  readonly offsetMs: number | null;
}

export interface Queued {
  readonly command: CommandEnvelope;
  /** It may have reached the server, so only the server can say what became of it. */
  readonly sent: boolean;
}

/** A command that was refused, kept until somebody has read it. */
export interface Refusal {
  readonly commandId: string;
  readonly type: string;
  readonly input: unknown;
  readonly code: Rejection['code'];
  readonly details: Rejection['details'] | null;
  readonly at: Instant;
  /** When somebody did it; rows that an older version stored do not say. */
  readonly occurredAt?: Instant;
  /** The one who sent it had gone on by then ("queued"), so a screen must tell. */
  readonly late: boolean;
}

export type Rows = Readonly<Record<string, readonly BaseRow[]>>;

export interface Stored {
  /** null: nothing stored yet. */
  readonly head: StoredHead | null;
  readonly rows: Rows;
  /** In the order in which they were put. */
  readonly outbox: readonly Queued[];
  readonly refusals: readonly Refusal[];
  /** Rows of earlier days, read while those above stand on the screen already; left out where there are none. */
  readonly rest?: () => Promise<Rows>;
}

/** What other windows of this browser may have changed meanwhile. `seq` is that of the stored rows. */
export interface Unsettled extends Pick<Stored, 'outbox' | 'refusals'> {
  readonly seq: number;
}

/**
 * What a device keeps of one stream and one person, so that a reload loses nothing. Every method is one
 * transaction: all of it or nothing is there after a crash. Proven by store-contract.ts.
 */
export interface Store {
  load(): Promise<Stored>;
  unsettled(): Promise<Unsettled>;
  /** Replaces all rows. `settled` commands leave the outbox in the same transaction. */
  saveSnapshot(rows: Rows, head: StoredHead, settled: readonly string[]): Promise<void>;
  /** Upserts rows; an archived row is removed. `settled` as above. */
  saveEntries(changes: readonly AnyChange[], head: StoredHead, settled: readonly string[]): Promise<void>;
  /** Adds at the end, or replaces in place. */
  putOutbox(queued: Queued): Promise<void>;
  removeOutbox(commandIds: readonly string[]): Promise<void>;
  /** Leaves the outbox and is listed as refused. */
  refuse(refusal: Refusal): Promise<void>;
  dismiss(commandId: string): Promise<void>;
}

/** Whether what a device is asked to keep is on its disk; 'full' is what somebody can do something about. */
export type StorageState = 'works' | 'full' | 'fails';

const namesOf = (error: unknown): readonly unknown[] => {
  if (typeof error !== 'object' || error === null) return [];
  const { name, inner } = error as { readonly name?: unknown; readonly inner?: unknown };
  return [name, ...namesOf(inner)];
};

/** A browser says it by this name; a library around it may say that something was aborted, and why within. */
export const isFull = (error: unknown): boolean => namesOf(error).includes('QuotaExceededError');

/** For devices that need nothing after a reload (the wall), and for tests. */
export function memoryStore(): Store {
  let head: StoredHead | null = null;
  const tables = new Map<string, Map<string, BaseRow>>();
  const outbox = new Map<string, Queued>();
  const refusals = new Map<string, Refusal>();

  const write = ({ table, row }: AnyChange): void => {
    const rows = tables.get(table) ?? new Map<string, BaseRow>();
    tables.set(table, rows);
    if (row.archivedAt === null) rows.set(row.id, row);
    else rows.delete(row.id);
  };
  const drop = (commandIds: readonly string[]): void => commandIds.forEach((id) => outbox.delete(id));
  const done = Promise.resolve();

  return {
    load: () =>
      Promise.resolve({
        head,
        rows: Object.fromEntries([...tables].map(([table, rows]) => [table, [...rows.values()]])),
        outbox: [...outbox.values()],
        refusals: [...refusals.values()],
      }),
    unsettled: () =>
      Promise.resolve({
        seq: head?.seq ?? 0,
        outbox: [...outbox.values()],
        refusals: [...refusals.values()],
      }),
    saveSnapshot(rows, newHead, settled) {
      tables.clear();
      for (const [table, list] of Object.entries(rows)) for (const row of list) write({ table, row });
      head = newHead;
      drop(settled);
      return done;
    },
    saveEntries(changes, newHead, settled) {
      changes.forEach(write);
      head = newHead;
      drop(settled);
      return done;
    },
    putOutbox(queued) {
      outbox.set(queued.command.commandId, queued);
      return done;
    },
    removeOutbox(commandIds) {
      drop(commandIds);
      return done;
    },
    refuse(refusal) {
      drop([refusal.commandId]);
      refusals.set(refusal.commandId, refusal);
      return done;
    },
    dismiss(commandId) {
      refusals.delete(commandId);
      return done;
    },
  };
}
