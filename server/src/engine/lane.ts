import type { Answer } from '@schalter/shared/kernel/command.ts';
import type { Submission } from './decide-batch.ts';
import type { JournalEntry, Store, StreamTransaction } from './store.ts';
import { advance, cacheStream, remember, type CachedStream } from './streams.ts';

/** After another process has written, this many batches ask first: it will probably write again. */
const CAREFUL_BATCHES = 32;
/** Journal entries read at once while catching up. */
export const CATCH_UP_PAGE = 1_000;

export interface Waiting {
  readonly submission: Submission;
  readonly answer: (answer: Answer) => void;
}

export interface Reader {
  readonly look: (stream: CachedStream | null) => void;
  readonly fail: (error: unknown) => void;
}

/** One stream in this process: what waits for its turn, and what is known of it. */
export interface Lane {
  cached: CachedStream | null;
  /** Up to here the listeners have heard; it outlives the cache, so that what a failure hid is told later. */
  told: number | null;
  readonly waiting: Waiting[];
  readonly readers: Reader[];
  /** The turn that is running; others wait behind it. */
  turn: Promise<void> | null;
  catchUpWanted: boolean;
  /** Batches that still ask for the head before they decide. */
  careful: number;
}

export const newLane = (): Lane => ({
  cached: null,
  told: null,
  waiting: [],
  readers: [],
  turn: null,
  catchUpWanted: false,
  careful: 0,
});

export const isWanted = (lane: Lane): boolean =>
  lane.waiting.length > 0 || lane.readers.length > 0 || lane.catchUpWanted;

/** Notes that entries have come from elsewhere. */
export function shared(lane: Lane, entries: readonly unknown[]): void {
  if (entries.length > 0) lane.careful = CAREFUL_BATCHES;
}

/**
 * Whether this process may decide on what it knows, without asking: it knows the stream, nobody else has written
 * lately, and none of the commands has been decided already. The store finds out where it is wrong.
 */
export function mayDecideAhead(lane: Lane, commandIds: readonly string[]): boolean {
  lane.careful = Math.max(0, lane.careful - 1);
  const { cached, careful } = lane;
  return cached !== null && careful === 0 && !commandIds.some((id) => cached.recentIds.has(id));
}

/** After a failure nobody knows what the live set holds: the next turn loads it anew. */
export function forget(lane: Lane): void {
  lane.cached = null;
}

/**
 * Reads a stream that is not in the cache; nothing happens where there is no such stream. Returns the entries
 * that no listener has heard of yet: those of a batch that was given up but committed, and other processes'.
 */
export async function loadLane(lane: Lane, streamId: string, store: Store): Promise<readonly JournalEntry[]> {
  const loaded = await store.load(streamId);
  if (loaded === null) return [];
  const { head, live } = loaded;
  const told = Math.min(lane.told ?? head.seq, head.seq);
  lane.told = told;
  const entries: JournalEntry[] = [];
  for (let from = withTold(told); from < head.seq;) {
    const page = await store.journalAfter(streamId, from, CATCH_UP_PAGE);
    entries.push(...page.filter(({ seq }) => seq <= head.seq));
    from = page.at(-1)?.seq ?? head.seq;
  }
  lane.cached = cacheStream(head, live);
  remember(lane.cached, entries);
  return entries.filter(({ seq }) => seq > told);
}

/** Read on from here: the entry that was told last is known as well, so that what follows says what it follows on. */
const withTold = (told: number): number => Math.max(0, told - 1);

/** Brings the cache to the head that the transaction sees; with the entries that no listener has heard of yet. */
export async function current(
  lane: Lane,
  tx: StreamTransaction,
): Promise<{ cached: CachedStream; untold: readonly JournalEntry[] }> {
  // A history shorter than the one we know: the database was restored from a backup.
  if (lane.cached !== null && lane.cached.head.seq > tx.head.seq) forget(lane);
  if (lane.cached !== null) {
    const { seq } = lane.cached.head;
    const missed = seq === tx.head.seq ? [] : await tx.journalAfter(seq);
    shared(lane, missed);
    return { cached: lane.cached, untold: advance(lane.cached, missed) };
  }
  const cached = cacheStream(tx.head, await tx.loadLive());
  const told = Math.min(lane.told ?? tx.head.seq, tx.head.seq);
  lane.told = told;
  const entries = tx.head.seq === 0 ? [] : await tx.journalAfter(withTold(told));
  remember(cached, entries);
  lane.cached = cached;
  return { cached, untold: entries.filter(({ seq }) => seq > told) };
}
