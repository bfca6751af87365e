import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** What RFC 6455 adds to the key before it is hashed. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const OPCODE_TEXT = 1;
const OPCODE_CLOSE = 8;
const OPCODE_PING = 9;
const OPCODE_PONG = 10;

export interface RawClient {
  send(text: string): void;
  end(): void;
}

/**
 * A WebSocket client that does next to nothing: it takes frames apart and hands the text on. A thousand of them
 * cost less than the server that is measured; a thousand socket.io-clients would measure themselves.
 */
export function openRawClient(
  url: URL,
  headers: Readonly<Record<string, string>>,
  onText: (payload: Buffer, client: RawClient) => void,
  onClose: () => void,
): Promise<RawClient> {
  return new Promise((resolve, reject) => {
    const key = randomBytes(16).toString('base64');
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    const client: RawClient = {
      send: (text) => void socket.write(maskedFrame(OPCODE_TEXT, Buffer.from(text))),
      end: () => void socket.destroy(),
    };
    const lines = Object.entries({ ...upgrade(url, key), ...headers }).map(
      ([name, value]) => `${name}: ${value}`,
    );
    socket.write([`GET ${url.pathname}${url.search} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
    const take = frames(socket, (payload) => onText(payload, client));
    let head: Buffer = Buffer.alloc(0);
    let open = false;
    socket.on('data', (chunk: Buffer) => {
      if (open) return void take(chunk);
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
      return void take(head.subarray(end + 4));
    });
    socket.once('error', reject);
    socket.once('close', onClose);
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
function frames(socket: Socket, onText: (payload: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const header = headerOf(rest);
      if (header === null || rest.length < header.start + header.length) return;
      const payload = rest.subarray(header.start, header.start + header.length);
      rest = rest.subarray(header.start + header.length);
      if (header.opcode === OPCODE_TEXT) onText(payload);
      else if (header.opcode === OPCODE_PING) socket.write(maskedFrame(OPCODE_PONG, payload));
      else if (header.opcode === OPCODE_CLOSE) socket.destroy();
    }
  };
}

function headerOf(data: Buffer): { opcode: number; start: number; length: number } | null {
  const [first, second] = data;
  if (first === undefined || second === undefined) return null;
  const opcode = first & 15;
  const short = second & 127;
  if (short < 126) return { opcode, start: 2, length: short };
  if (short === 126) return data.length < 4 ? null : { opcode, start: 4, length: data.readUInt16BE(2) };
  return data.length < 10 ? null : { opcode, start: 10, length: Number(data.readBigUInt64BE(2)) };
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
