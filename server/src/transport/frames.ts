import type { Socket } from 'socket.io';
import { Sender, type WebSocket } from 'ws';
import type { Audience } from '@schalter/shared/kernel/audience.ts';
import type { DownEvents, Entry, UpEvents } from '@schalter/shared/kernel/protocol.ts';
import type {} from './ws-sender.d.ts';

/** A socket whose peer takes nothing for this many bytes is dropped; it comes back and resumes. */
export const MAX_BUFFERED_BYTES = 1024 * 1024;
/**
 * Entries beyond this go out in a frame of their own: what the kernel's buffer for a socket does not hold takes
 * several writes (1,000 sockets: 50 kB cost 15 µs each, 100 kB 41).
 */
export const MAX_FRAME_BYTES = 48 * 1024;

export interface SocketData {
  deviceId: string | null;
  personId: string | null;
  /** What the socket listens to, by stream. */
  subscriptions: Map<string, Audience>;
}
export type DeviceSocket = Socket<UpEvents, DownEvents, Record<string, never>, SocketData>;

/** Encoded once per audience, not once per socket: the frame is made and masked by itself here. */
export interface Encoded<Name extends keyof DownEvents = keyof DownEvents> {
  readonly event: Name;
  /** The same for Socket.IO, where the short way is not open. */
  readonly message: () => Parameters<DownEvents[Name]>[0];
  readonly frame: Buffer;
}

/** A Socket.IO event of the root namespace as one ready WebSocket frame ("4" message, "2" event). */
export const encode = <Name extends keyof DownEvents>(
  event: Name,
  message: Parameters<DownEvents[Name]>[0],
): Encoded<Name> => ({ event, message: () => message, frame: frameOf(event, JSON.stringify(message)) });

/** Entries that follow on each other, and on the one whose mark is `first`, in as many frames as their weight asks for. */
export function encodeEntries(
  streamId: string,
  entries: readonly Entry[],
  first: string | undefined,
): Encoded<'entries'>[] {
  const frames: Encoded<'entries'>[] = [];
  for (let from = 0; from < entries.length;) {
    const texts: string[] = [];
    let length = 0;
    for (const entry of entries.slice(from)) {
      const text = JSON.stringify(entry);
      if (length > 0 && length + text.length > MAX_FRAME_BYTES) break;
      texts.push(text);
      length += text.length;
    }
    const part = entries.slice(from, from + texts.length);
    const after = from === 0 ? first : entries[from - 1]?.mark;
    const json = `{"streamId":${JSON.stringify(streamId)},${after === undefined ? '' : `"after":${JSON.stringify(after)},`}"entries":[${texts.join(',')}]}`;
    frames.push({
      event: 'entries',
      message: () => ({ streamId, after, entries: part }),
      frame: frameOf('entries', json),
    });
    from += texts.length;
  }
  return frames;
}

function frameOf(event: keyof DownEvents, json: string): Buffer {
  const text = Buffer.from(`42["${event}",${json}]`);
  return Buffer.concat(
    Sender.frame(text, { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false }),
  );
}

/** ws is not compressing anything that would have to go out first. */
const SENDER_IDLE = 0;

/** What engine.io keeps inside a connection; looked at only to decide whether the short way is open. */
interface Inside {
  readonly readyState: string;
  readonly upgrading: boolean;
  readonly writeBuffer: readonly unknown[];
  readonly transport: {
    readonly name: string;
    readonly writable: boolean;
    readonly socket?: WebSocket & {
      readonly _sender?: { readonly _state?: number; sendFrame(list: Buffer[]): void };
    };
  };
}

/** A socket with what a write needs, at hand: each hop to find it costs a delivery some tens of nanoseconds. */
export interface Line {
  readonly socket: DeviceSocket;
  readonly conn: Inside;
}
export const lineOf = (socket: DeviceSocket): Line => ({ socket, conn: socket.conn as unknown as Inside });

/**
 * Writes the ready frame straight to the WebSocket where nothing of the connection waits before it (4.4 µs a
 * delivery against 7.5 through the emitter, docs/decisions/fan-out.md); elsewhere Socket.IO sends it itself.
 * One that is just ending is dropped: the others hear it all the same, and it comes back and resumes.
 */
export function send({ socket, conn }: Line, encoded: Encoded): void {
  try {
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
      ws._sender?._state === SENDER_IDLE;
    if (direct) ws._sender.sendFrame([encoded.frame]);
    else emit(socket, encoded);
  } catch {
    socket.disconnect(true);
  }
}

function emit(socket: DeviceSocket, { event, message }: Encoded): void {
  (socket as unknown as { emit(event: string, message: unknown): boolean }).emit(event, message());
}
