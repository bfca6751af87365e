import { apply, emptyLive, type AnyChange, type BaseRow, type Change, type Live } from '../kernel/live.ts';
import type { Answer, CommandEnvelope } from '../kernel/command.ts';
import type { Entry, Snapshot } from '../kernel/protocol.ts';

/**
 * What a device knows of one stream: the rows that the server confirmed up to `seq`, and what was done on
 * this device since. Pure: no socket, no storage, no clock. The rules Y1 to Y9 stand in docs/spec/sync.md.
 */
export interface Replica<T> {
  readonly seq: number;
  /** Of the entry at `seq`, as far as the server said: the sequence alone does not tell two histories apart. */
  readonly mark: string | undefined;
  readonly confirmed: Live<T>;
  readonly pending: readonly Pending[];
}

export interface Pending {
  readonly command: CommandEnvelope;
  /** Where the server put it; null until it answered. */
  readonly ackSeq: number | null;
  /** Its entry is among the confirmed rows, though its answer has not arrived (or was lost). */
  readonly landed: boolean;
}

/** What a command would change on these rows; nothing where its rule would refuse it. Pure. */
export type Predict<T> = (live: Live<T>, command: CommandEnvelope) => readonly Change<T>[];

export const emptyReplica = <T>(tables: readonly (keyof T & string)[]): Replica<T> => ({
  seq: 0,
  mark: undefined,
  confirmed: emptyLive<T>(tables),
  pending: [],
});

/**
 * Rows with changes on top. Only the touched tables are copied, so that a view once given out never changes
 * under a screen (a table of 1,000 rows takes about 30 µs to copy, a device gets a few frames a second).
 */
export function withChanges<T>(live: Live<T>, changes: readonly AnyChange[]): Live<T> {
  const rows: Record<string, Map<string, unknown>> = { ...live.rows };
  for (const table of new Set(changes.map((c) => c.table))) {
    const known = rows[table];
    if (known !== undefined) rows[table] = new Map(known);
  }
  return apply({ rows } as unknown as Live<T>, changes as unknown as readonly Change<T>[]);
}

/** Answered commands leave once the confirmed rows have reached their place. */
const covered = (pending: readonly Pending[], seq: number): readonly Pending[] =>
  pending.some((p) => p.ackSeq !== null && p.ackSeq <= seq)
    ? pending.filter((p) => p.ackSeq === null || p.ackSeq > seq)
    : pending;

/** A snapshot replaces the confirmed rows, unless they are newer already. */
export function receiveSnapshot<T>(replica: Replica<T>, snapshot: Snapshot): Replica<T> {
  if (snapshot.seq < replica.seq) return replica;
  const tables = Object.keys(replica.confirmed.rows) as (keyof T & string)[];
  const changes = Object.entries(snapshot.rows).flatMap(([table, rows]) =>
    rows.map((row) => ({ table, row })),
  );
  return {
    seq: snapshot.seq,
    mark: snapshot.mark,
    confirmed: apply(emptyLive<T>(tables), changes as unknown as readonly Change<T>[]),
    pending: covered(replica.pending, snapshot.seq),
  };
}

export interface Received<T> {
  readonly replica: Replica<T>;
  /** What was new, for the store. */
  readonly changes: readonly AnyChange[];
  /** An entry is missing: what came after it was not taken, ask again from `replica.seq`. */
  readonly gap: boolean;
}

/**
 * Whether these entries say that another one stands at our place: that is another history. `after` is the mark of the one
 * before the first of them.
 */
function isElsewhere({ seq, mark }: Replica<unknown>, entries: readonly Entry[], after?: string): boolean {
  const first = entries[0]?.seq ?? 0;
  const there = first === seq + 1 ? after : entries[seq - first]?.mark;
  return there !== undefined && mark !== undefined && there !== mark;
}

/** Entries in order. One that is not newer is dropped, one that comes too early, or of another history, is a gap. */
export function receiveEntries<T>(
  replica: Replica<T>,
  entries: readonly Entry[],
  after?: string,
): Received<T> {
  if (isElsewhere(replica, entries, after)) return { replica, changes: [], gap: true };
  const changes: AnyChange[] = [];
  const landed = new Set<string>();
  let { seq, mark } = replica;
  let gap = false;
  for (const entry of entries) {
    if (entry.seq <= seq) continue;
    if (entry.seq > seq + 1) {
      gap = true;
      break;
    }
    ({ seq, mark } = entry);
    changes.push(...entry.changes);
    landed.add(entry.commandId);
  }
  if (seq === replica.seq) return { replica, changes, gap };
  const pending = replica.pending.map((p) => (landed.has(p.command.commandId) ? { ...p, landed: true } : p));
  return {
    replica: {
      seq,
      mark,
      confirmed: changes.length === 0 ? replica.confirmed : withChanges(replica.confirmed, changes),
      pending: covered(pending, seq),
    },
    changes,
    gap,
  };
}

export const addPending = <T>(replica: Replica<T>, command: CommandEnvelope): Replica<T> => ({
  ...replica,
  pending: [...replica.pending, { command, ackSeq: null, landed: false }],
});

/**
 * The server's answer. An accepted command stays in the view until the confirmed rows have reached its place,
 * which they may have by now through a snapshot; a refused one leaves the view at once.
 */
export function settle<T>(replica: Replica<T>, commandId: string, answer: Answer): Replica<T> {
  if (!replica.pending.some((p) => p.command.commandId === commandId)) return replica;
  const pending = answer.ok
    ? replica.pending.map((p) => (p.command.commandId === commandId ? { ...p, ackSeq: answer.seq } : p))
    : replica.pending.filter((p) => p.command.commandId !== commandId);
  return { ...replica, pending: covered(pending, replica.seq) };
}

/** More rows of the same place. */
export function withRows<T>(replica: Replica<T>, rows: Snapshot['rows']): Replica<T> {
  const changes = Object.entries(rows).flatMap(([table, list]) => list.map((row) => ({ table, row })));
  return { ...replica, confirmed: withChanges(replica.confirmed, changes) };
}

/** Rows that are not all that there are at their place are none: the next snapshot brings them. */
export const emptied = <T>(replica: Replica<T>): Replica<T> => ({
  ...forgetPlace(replica),
  confirmed: emptyLive<T>(Object.keys(replica.confirmed.rows) as (keyof T & string)[]),
});

/** Pending commands as another window has put them on the disk; what is not there keeps its place at either end. */
export function inOrderOf<T>(replica: Replica<T>, commandIds: readonly string[]): Replica<T> {
  const places = new Map(commandIds.map((id, place) => [id, place]));
  const placeOf = ({ command, ackSeq }: Pending): number =>
    places.get(command.commandId) ?? (ackSeq === null ? Number.POSITIVE_INFINITY : -1);
  return { ...replica, pending: [...replica.pending].sort((a, b) => placeOf(a) - placeOf(b) || 0) };
}

/**
 * The server's history is shorter than ours (restored from a backup), or our rows were masked for somebody
 * else: the next snapshot counts, whatever its place. Places of answered commands mean nothing any more.
 */
export const forgetPlace = <T>(replica: Replica<T>): Replica<T> => ({
  ...replica,
  seq: 0,
  mark: undefined,
  pending: replica.pending.filter((p) => p.ackSeq === null),
});

/** What the screen shows: the pending commands decided again on top of the confirmed rows. */
export function view<T>(replica: Replica<T>, predict: Predict<T>): Live<T> {
  let live = replica.confirmed;
  for (const { command, landed } of replica.pending) {
    if (landed) continue;
    const changes = predict(live, command) as unknown as readonly AnyChange[];
    if (changes.length > 0) live = withChanges(live, changes);
  }
  return live;
}

/** Commands without an answer, the oldest first. */
export const unanswered = <T>({ pending }: Replica<T>): readonly CommandEnvelope[] =>
  pending.filter((p) => p.ackSeq === null).map((p) => p.command);

/** The commands that left between two states of a replica. */
export function settledBetween<T>(before: Replica<T>, after: Replica<T>): readonly string[] {
  const left = new Set(after.pending.map((p) => p.command.commandId));
  return before.pending.map((p) => p.command.commandId).filter((id) => !left.has(id));
}

/** The confirmed rows as lists, for a store. */
export function rowsOf<T>({ confirmed }: Replica<T>): Readonly<Record<string, readonly BaseRow[]>> {
  const tables = Object.entries(confirmed.rows) as [string, Map<string, BaseRow>][];
  return Object.fromEntries(tables.map(([table, rows]) => [table, [...rows.values()]]));
}
