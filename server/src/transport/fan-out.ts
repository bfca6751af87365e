import type { Socket } from 'socket.io';
import { Sender, type WebSocket } from 'ws';
import { AUDIENCES, type Audience } from '@schalter/shared/kernel/audience.ts';
import type { AnyChange, BaseRow } from '@schalter/shared/kernel/live.ts';
import type {} from './ws-sender.d.ts';
import type {
  DownEvents,
  Entry,
  Entries,
  Signal,
  Snapshot,
  UpEvents,
} from '@schalter/shared/kernel/protocol.ts';
import { TABLE_NAMES, tables } from '@schalter/shared/registry.ts';
import type { JournalEntry } from '../engine/store.ts';
import type { CachedStream } from '../engine/streams.ts';

/** A socket whose peer takes nothing for this many bytes is dropped; it comes back and resumes. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;

export interface SocketData {
  deviceId: string | null;
  /** What the socket listens to, by stream. */
  subscriptions: Map<string, Audience>;
}
export type DeviceSocket = Socket<UpEvents, DownEvents, Record<string, never>, SocketData>;

/** Encoded once per audience, not once per socket: the frame is made and masked by itself here. */
interface Encoded<Name extends keyof DownEvents> {
  readonly event: Name;
  readonly message: Parameters<DownEvents[Name]>[0];
  readonly frame: Buffer;
}

/** Who listens to which stream, and the frames that go out to them. */
export class FanOut {
  readonly #subscribers = new Map<string, Map<Audience, Set<DeviceSocket>>>();
  readonly #snapshots = new Map<string, { seq: number; byAudience: Map<Audience, Encoded<'snapshot'>> }>();

  subscribe(socket: DeviceSocket, streamId: string, audience: Audience): void {
    this.unsubscribe(socket, streamId);
    const audiences = this.#subscribers.get(streamId) ?? new Map<Audience, Set<DeviceSocket>>();
    this.#subscribers.set(streamId, audiences);
    audiences.set(audience, (audiences.get(audience) ?? new Set()).add(socket));
    socket.data.subscriptions.set(streamId, audience);
  }

  unsubscribe(socket: DeviceSocket, streamId: string): void {
    const audience = socket.data.subscriptions.get(streamId);
    if (audience === undefined) return;
    socket.data.subscriptions.delete(streamId);
    const audiences = this.#subscribers.get(streamId);
    audiences?.get(audience)?.delete(socket);
    if (audiences !== undefined && [...audiences.values()].every((sockets) => sockets.size === 0)) {
      this.#subscribers.delete(streamId);
      this.#snapshots.delete(streamId);
    }
  }

  leave(socket: DeviceSocket): void {
    for (const streamId of [...socket.data.subscriptions.keys()]) this.unsubscribe(socket, streamId);
  }

  /** Streams that somebody listens to. */
  get streamIds(): readonly string[] {
    return [...this.#subscribers.keys()];
  }

  sockets(streamId: string): readonly DeviceSocket[] {
    return [...(this.#subscribers.get(streamId)?.values() ?? [])].flatMap((set) => [...set]);
  }

  /** The entries of one batch in one frame per audience; one that is masked whole goes out empty. */
  entries(stream: CachedStream, entries: readonly JournalEntry[]): void {
    const audiences = this.#subscribers.get(stream.head.id);
    if (audiences === undefined) return;
    for (const [audience, sockets] of audiences) {
      if (sockets.size > 0)
        sendAll(sockets, encode('entries', maskEntries(stream.head.id, audience, entries)));
    }
  }

  signal(signal: Signal, least: readonly Audience[] = AUDIENCES): void {
    const audiences = this.#subscribers.get(signal.streamId);
    if (audiences === undefined) return;
    const encoded = encode('signal', signal);
    for (const audience of least) sendAll(audiences.get(audience) ?? [], encoded);
  }

  /** Brings one socket up to date: the missed entries where they are at hand, else the ready-made snapshot. */
  resume(socket: DeviceSocket, stream: CachedStream, audience: Audience, lastSeq: number): void {
    const first = stream.recent[0];
    const { id, seq } = stream.head;
    if (lastSeq > 0 && lastSeq === seq) send(socket, encode('entries', { streamId: id, entries: [] }));
    else if (lastSeq > 0 && lastSeq < seq && first !== undefined && first.seq <= lastSeq + 1) {
      const missed = stream.recent.slice(lastSeq + 1 - first.seq);
      send(socket, encode('entries', maskEntries(id, audience, missed)));
    } else send(socket, this.#snapshot(stream, audience));
  }

  #snapshot(stream: CachedStream, audience: Audience): Encoded<'snapshot'> {
    const { id, seq } = stream.head;
    const cached = this.#snapshots.get(id);
    const current =
      cached?.seq === seq ? cached : { seq, byAudience: new Map<Audience, Encoded<'snapshot'>>() };
    this.#snapshots.set(id, current);
    const ready = current.byAudience.get(audience) ?? encode('snapshot', maskSnapshot(stream, audience));
    current.byAudience.set(audience, ready);
    return ready;
  }
}

function maskChange(audience: Audience, change: AnyChange): AnyChange | null {
  const row = tables.get(change.table)?.mask(audience, change.row) ?? null;
  return row === null ? null : { table: change.table, row };
}

function maskEntries(streamId: string, audience: Audience, entries: readonly JournalEntry[]): Entries {
  return {
    streamId,
    entries: entries.map(({ seq, commandId, changes }): Entry => ({
      seq,
      commandId,
      changes: changes.flatMap((change) => maskChange(audience, change) ?? []),
    })),
  };
}

function maskSnapshot(stream: CachedStream, audience: Audience): Snapshot {
  const rows: Record<string, BaseRow[]> = {};
  for (const table of TABLE_NAMES) {
    const masked = [...stream.live.rows[table].values()].flatMap(
      (row) => tables.get(table)?.mask(audience, row) ?? [],
    );
    if (masked.length > 0) rows[table] = masked;
  }
  return { streamId: stream.head.id, seq: stream.head.seq, rows };
}

/** A Socket.IO event of the root namespace as one ready WebSocket frame ("4" message, "2" event). */
function encode<Name extends keyof DownEvents>(
  event: Name,
  message: Parameters<DownEvents[Name]>[0],
): Encoded<Name> {
  const text = Buffer.from(`42["${event}",${JSON.stringify(message)}]`);
  const frame = Buffer.concat(
    Sender.frame(text, { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false }),
  );
  return { event, message, frame };
}

function sendAll<Name extends keyof DownEvents>(
  sockets: Iterable<DeviceSocket>,
  encoded: Encoded<Name>,
): void {
  for (const socket of sockets) {
    try {
      send(socket, encoded);
    } catch {
      // One that is just ending; the others hear it all the same, and it comes back and resumes.
      socket.disconnect(true);
    }
  }
}

/** What engine.io keeps inside a connection; looked at only to decide whether the short way is open. */
interface Inside {
  readonly readyState: string;
  readonly upgrading: boolean;
  readonly writeBuffer: readonly unknown[];
  readonly transport: {
    readonly name: string;
    readonly writable: boolean;
    readonly socket?: WebSocket & {
      readonly _sender?: { readonly _queue?: readonly unknown[]; sendFrame(list: Buffer[]): void };
    };
  };
}

/**
 * Writes the ready frame straight to the WebSocket where nothing of the connection waits before it (4.4 µs a
 * delivery against 7.5 through the emitter, docs/decisions/fan-out.md); elsewhere Socket.IO sends it itself.
 */
function send<Name extends keyof DownEvents>(socket: DeviceSocket, encoded: Encoded<Name>): void {
  const conn = socket.conn as unknown as Inside;
  const ws = conn.transport.socket;
  if (ws !== undefined && ws.bufferedAmount > MAX_BUFFERED_BYTES) {
    socket.disconnect(true);
    return;
  }
  const direct =
    conn.transport.name === 'websocket' &&
    conn.transport.writable &&
    conn.readyState === 'open' &&
    !conn.upgrading &&
    conn.writeBuffer.length === 0 &&
    ws?.readyState === 1 &&
    ws._sender?._queue?.length === 0;
  if (direct) ws._sender.sendFrame([encoded.frame]);
  else emit(socket, encoded);
}

function emit<Name extends keyof DownEvents>(socket: DeviceSocket, { event, message }: Encoded<Name>): void {
  (socket as unknown as { emit(event: string, message: unknown): boolean }).emit(event, message);
}
