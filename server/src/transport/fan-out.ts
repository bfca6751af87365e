import { AUDIENCES, type Audience } from '@schalter/shared/kernel/audience.ts';
import type { AnyChange, BaseRow } from '@schalter/shared/kernel/live.ts';
import type { Entry, Signal, Snapshot } from '@schalter/shared/kernel/protocol.ts';
import { TABLE_NAMES, tables } from '@schalter/shared/registry.ts';
import type { JournalEntry } from '../engine/store.ts';
import { markAt, markOf, type CachedStream } from '../engine/streams.ts';
import { encode, encodeEntries, lineOf, send, type DeviceSocket, type Encoded, type Line } from './frames.ts';
import { Outbox, type Pace } from './outbox.ts';

/** Kept ready per stream and head: an audience each, and the few places from which a house comes back. */
const MAX_RESUMPTIONS = 16;

interface Listeners {
  readonly audiences: Map<Audience, Map<DeviceSocket, Line>>;
  readonly outbox: Outbox;
}

/** Who listens to which stream, and the frames that go out to them. */
export class FanOut {
  readonly #listeners = new Map<string, Listeners>();
  readonly #pace: Pace | null;
  /** Snapshots and missed entries as they stand at one head. */
  readonly #resumptions = new Map<string, { seq: number; byKey: Map<string, readonly Encoded[]> }>();

  /** Without a pace everything is written as soon as it is there. */
  constructor(pace: Pace | null = null) {
    this.#pace = pace;
  }

  subscribe(socket: DeviceSocket, streamId: string, audience: Audience): void {
    this.unsubscribe(socket, streamId);
    const { audiences } = this.#listenersOf(streamId);
    audiences.set(
      audience,
      (audiences.get(audience) ?? new Map<DeviceSocket, Line>()).set(socket, lineOf(socket)),
    );
    socket.data.subscriptions.set(streamId, audience);
  }

  unsubscribe(socket: DeviceSocket, streamId: string): void {
    const audience = socket.data.subscriptions.get(streamId);
    if (audience === undefined) return;
    socket.data.subscriptions.delete(streamId);
    const listeners = this.#listeners.get(streamId);
    listeners?.audiences.get(audience)?.delete(socket);
    listeners?.outbox.left();
    if (listeners !== undefined && [...listeners.audiences.values()].every((lines) => lines.size === 0)) {
      this.#listeners.delete(streamId);
      this.#resumptions.delete(streamId);
    }
  }

  #listenersOf(streamId: string): Listeners {
    const known = this.#listeners.get(streamId);
    if (known !== undefined) return known;
    const audiences: Listeners['audiences'] = new Map();
    const outbox = new Outbox({ streamId, audiences, mask: maskEntries, pace: this.#pace });
    this.#listeners.set(streamId, { audiences, outbox });
    return { audiences, outbox };
  }

  leave(socket: DeviceSocket): void {
    for (const streamId of [...socket.data.subscriptions.keys()]) this.unsubscribe(socket, streamId);
  }

  /** Streams that somebody listens to. */
  get streamIds(): readonly string[] {
    return [...this.#listeners.keys()];
  }

  sockets(streamId: string): readonly DeviceSocket[] {
    return [...(this.#listeners.get(streamId)?.audiences.values() ?? [])].flatMap((lines) => [
      ...lines.keys(),
    ]);
  }

  /** The entries of one batch, together with those that still wait; one that is masked whole goes out empty. */
  entries(stream: CachedStream, entries: readonly JournalEntry[]): void {
    const after = markAt(stream, (entries[0]?.seq ?? 0) - 1);
    this.#listeners.get(stream.head.id)?.outbox.entries(entries, after);
  }

  signal(signal: Signal, least: readonly Audience[] = AUDIENCES): void {
    this.#listeners.get(signal.streamId)?.outbox.signal(signal, least);
  }

  /**
   * Brings one socket up to date: the missed entries where they are at hand, else the ready-made snapshot. `anew` is the
   * mark of a place that this history does not have.
   */
  resume(
    socket: DeviceSocket,
    stream: CachedStream,
    audience: Audience,
    from: { readonly seq: number; readonly anew?: string | undefined },
  ): void {
    const { seq, anew } = from;
    const line = lineOf(socket);
    const frames =
      anew === undefined
        ? this.#resumption(stream, audience, seq)
        : [encode('snapshot', { ...maskSnapshot(stream, audience), anew })];
    for (const frame of frames) send(line, frame);
  }

  /** Made once for all who come from the same place: after a cut that is the whole house. */
  #resumption(stream: CachedStream, audience: Audience, lastSeq: number): readonly Encoded[] {
    const first = stream.recent[0];
    const { id, seq } = stream.head;
    const isAtHand = lastSeq > 0 && lastSeq <= seq && first !== undefined && first.seq <= lastSeq + 1;
    if (lastSeq > 0 && lastSeq === seq) return [encode('entries', { streamId: id, entries: [] })];
    return this.#ready(stream, `${audience}/${isAtHand ? lastSeq : 0}`, () => {
      if (!isAtHand) return [encode('snapshot', maskSnapshot(stream, audience))];
      const missed = stream.recent.slice(lastSeq + 1 - first.seq);
      return encodeEntries(id, maskEntries(audience, missed), markAt(stream, lastSeq));
    });
  }

  #ready(stream: CachedStream, key: string, make: () => readonly Encoded[]): readonly Encoded[] {
    const { id, seq } = stream.head;
    const cached = this.#resumptions.get(id);
    const current = cached?.seq === seq ? cached : { seq, byKey: new Map<string, readonly Encoded[]>() };
    this.#resumptions.set(id, current);
    const known = current.byKey.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (current.byKey.size < MAX_RESUMPTIONS) current.byKey.set(key, made);
    return made;
  }
}

/** A row that leaves says no more than that: the end of a day of 5,000 tickets is one entry. */
function maskChange(audience: Audience, change: AnyChange): AnyChange | null {
  const row = tables.get(change.table)?.mask(audience, change.row) ?? null;
  if (row === null) return null;
  const { id, organisationId, archivedAt } = row;
  return { table: change.table, row: archivedAt === null ? row : { id, organisationId, archivedAt } };
}

const maskEntries = (audience: Audience, entries: readonly JournalEntry[]): Entry[] =>
  entries.map(({ seq, commandId, at, changes }): Entry => ({
    seq,
    commandId,
    mark: markOf({ commandId, at }),
    changes: changes.flatMap((change) => maskChange(audience, change) ?? []),
  }));

function maskSnapshot(stream: CachedStream, audience: Audience): Snapshot {
  const rows: Record<string, BaseRow[]> = {};
  for (const table of TABLE_NAMES) {
    const masked = [...stream.live.rows[table].values()].flatMap(
      (row) => tables.get(table)?.mask(audience, row) ?? [],
    );
    if (masked.length > 0) rows[table] = masked;
  }
  const mark = markAt(stream, stream.head.seq);
  const { id: streamId, seq } = stream.head;
  return { streamId, seq, mark, rows };
}
