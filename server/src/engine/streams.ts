import { apply, emptyLive, type AnyChange, type BaseRow, type Change } from '@schalter/shared/kernel/live.ts';
import { TABLE_NAMES, type AllLive, type AllTables } from '@schalter/shared/registry.ts';
import type { JournalEntry, StreamHead } from './store.ts';

/** Entries kept in memory per stream, for devices that come back after a short cut (a snapshot otherwise). */
export const RECENT_ENTRIES = 500;

/** A stream as this process knows it: the live set and the entries just before its head. */
export interface CachedStream {
  head: StreamHead;
  readonly live: AllLive;
  /** The last entries, oldest first, without a gap, ending at the head; the head's own at least. */
  readonly recent: JournalEntry[];
  /** The commands of `recent`: one that comes again must not be decided again. */
  readonly recentIds: Set<string>;
}

export function cacheStream(
  head: StreamHead,
  loaded: readonly { table: string; rows: readonly BaseRow[] }[],
): CachedStream {
  const live: AllLive = emptyLive<AllTables>(TABLE_NAMES);
  for (const { table, rows } of loaded)
    applyChanges(
      live,
      rows.map((row) => ({ table, row })),
    );
  return { head, live, recent: [], recentIds: new Set() };
}

/** Changes come from the journal or from rules that the compiler has checked: their tables are the registry's. */
export const applyChanges = (live: AllLive, changes: readonly AnyChange[]): AllLive =>
  apply(live, changes as unknown as readonly Change<AllTables>[]);

/** Takes entries that follow the head without a gap; older ones are passed over. */
export function advance(stream: CachedStream, entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const fresh = entries.filter((entry) => entry.seq > stream.head.seq);
  for (const entry of fresh) applyChanges(stream.live, entry.changes);
  remember(stream, fresh);
  return fresh;
}

/**
 * What tells an entry from one of another history at the same place: a command that is sent again after a restore may
 * stand where it stood, but not at the same time.
 */
export const markOf = ({ commandId, at }: Pick<JournalEntry, 'commandId' | 'at'>): string =>
  `${Date.parse(at).toString(36)}.${commandId.slice(-12)}`;

/** The mark of a place, where that is among the last. */
export function markAt({ recent }: CachedStream, seq: number): string | undefined {
  const entry = recent[seq - (recent[0]?.seq ?? 0)];
  return entry && markOf(entry);
}

/** Notes entries whose changes are in the live set already. */
export function remember(stream: CachedStream, entries: readonly JournalEntry[]): void {
  const last = entries.at(-1);
  if (last === undefined) return;
  stream.recent.push(...entries);
  for (const { commandId } of entries) stream.recentIds.add(commandId);
  const old = stream.recent.splice(0, Math.max(0, stream.recent.length - RECENT_ENTRIES));
  for (const { commandId } of old) stream.recentIds.delete(commandId);
  stream.head = { ...stream.head, seq: last.seq };
}
