import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** What RFC 6455 adds to the key before it is hashed. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const OPCODE_TEXT = 1;
const OPCODE_CLOSE = 8;
const OPCODE_PING = 9;
const OPCODE_PONG = 10;
/** What a listener has to see of a message to know what it is: its event, its stream, its first sequence. */
const HEAD_BYTES = 128;
const NOTHING: Buffer = Buffer.alloc(0);
/** All clients of a process read into the same memory, one after the other: reading allocates nothing. */
const READ_INTO = Buffer.allocUnsafe(256 * 1_024);

export interface RawClient {
  send(text: string): void;
  end(): void;
}

export interface RawHandlers {
  /**
   * Sees the first bytes of a text and its length; true where that was enough, and the rest is passed over
   * unread. The bytes are the reader's own: copy what is kept.
   */
  readonly onHead?: (head: Buffer, length: number) => boolean;
  readonly onText: (text: string, client: RawClient) => void;
  readonly onClose: () => void;
}

/**
 * A WebSocket client that does next to nothing: it takes frames apart and hands the text on. A thousand of them
 * cost less than the server that is measured; a thousand socket.io-clients would measure themselves.
 */
export function openRawClient(
  url: URL,
  headers: Readonly<Record<string, string>>,
  handlers: RawHandlers,
): Promise<RawClient> {
  return new Promise((resolve, reject) => {
    const key = randomBytes(16).toString('base64');
    let head: Buffer = NOTHING;
    let open = false;
    const onChunk = (chunk: Buffer): void => {
      if (open) return take(chunk);
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return undefined;
      const answer = head.subarray(0, end).toString('latin1');
      if (!answer.startsWith('HTTP/1.1 101') || !answer.includes(acceptOf(key))) {
        socket.destroy();
        reject(new Error(`no WebSocket: ${answer.split('\r\n')[0]}`));
        return undefined;
      }
      open = true;
      resolve(client);
      return take(head.subarray(end + 4));
    };
    const socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer: READ_INTO,
        callback: (n, into) => (onChunk(Buffer.from(into.buffer, into.byteOffset, n)), true),
      },
    });
    const client: RawClient = {
      send: (text) => void socket.write(maskedFrame(OPCODE_TEXT, Buffer.from(text))),
      end: () => void socket.destroy(),
    };
    const take = frames(socket, client, handlers);
    const lines = Object.entries({ ...upgrade(url, key), ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.write([`GET ${url.pathname}${url.search} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    socket.once('error', reject);
    socket.once('close', handlers.onClose);
  });
}

const acceptOf = (key: string): string =>
  createHash('sha1')
    .update(key + GUID)
    .digest('base64');
const upgrade = (url: URL, key: string): Record<string, string> => ({
  Host: url.host,
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': key,
  'Sec-WebSocket-Version': '13',
});

/** Cuts the stream into frames; a server's frames are not masked. A message here is always one frame. */
function frames(socket: Socket, client: RawClient, handlers: RawHandlers): (chunk: Buffer) => void {
  let rest = NOTHING;
  /** Bytes still to come of a text that nobody wants to read. */
  let skip = 0;
  const isPassedOver = (head: Buffer, length: number): boolean =>
    head.length >= Math.min(length, HEAD_BYTES) && handlers.onHead?.(head, length) === true;
  /** The place after the frame at `from`, or null where more has to come first. */
  const frameAt = (data: Buffer, from: number): number | null => {
    const header = headerOf(data, from);
    if (header === null) return null;
    const { opcode, start, length } = header;
    const end = start + length;
    if (opcode === OPCODE_TEXT && isPassedOver(data.subarray(start, end), length)) {
      skip = Math.max(0, end - data.length);
      return Math.min(end, data.length);
    }
    if (data.length < end) return null;
    const payload = data.subarray(start, end);
    if (opcode === OPCODE_TEXT) handlers.onText(payload.toString(), client);
    else if (opcode === OPCODE_PING) socket.write(maskedFrame(OPCODE_PONG, payload));
    else if (opcode === OPCODE_CLOSE) socket.destroy();
    return end;
  };
  return (chunk) => {
    const passed = Math.min(skip, chunk.length);
    skip -= passed;
    if (passed === chunk.length) return;
    const data = rest.length === 0 ? chunk.subarray(passed) : Buffer.concat([rest, chunk]);
    let at = 0;
    while (at < data.length) {
      const next = frameAt(data, at);
      if (next === null) break;
      at = next;
    }
    rest = at === data.length ? NOTHING : Buffer.from(data.subarray(at));
  };
}

function headerOf(data: Buffer, from: number): { opcode: number; start: number; length: number } | null {
  const [first, second] = [data[from], data[from + 1]];
  if (first === undefined || second === undefined) return null;
  const opcode = first & 15;
  const short = second & 127;
  if (short < 126) return { opcode, start: from + 2, length: short };
  if (short === 126)
    return data.length < from + 4 ? null : { opcode, start: from + 4, length: data.readUInt16BE(from + 2) };
  return data.length < from + 10
    ? null
    : { opcode, start: from + 10, length: Number(data.readBigUInt64BE(from + 2)) };
}

function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const long = payload.length >= 126;
  const header = Buffer.alloc(long ? 4 : 2);
  header[0] = 128 | opcode;
  header[1] = 128 | (long ? 126 : payload.length);
  if (long) header.writeUInt16BE(payload.length, 2);
  const masked = payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  return Buffer.concat([header, mask, masked]);
}
