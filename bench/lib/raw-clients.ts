// A process full of listeners: opens them, counts what arrives, keeps what the first one got.
import { answerParent } from './child.ts';
import { openRawClient, type RawClient } from './raw-client.ts';

export interface OpenClients {
  readonly url: string;
  readonly count: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Engine.IO's handshake: what goes with "40", and the hello after it. Left out for plain WebSocket. */
  readonly socketIo?: { readonly auth: unknown; readonly hello: unknown };
  /** Connections that are opened at once; more would only queue in the kernel. */
  readonly atOnce?: number;
}
export interface Counted {
  /** Frames of the durable stream, and of signals, over all listeners. */
  readonly entries: number;
  readonly signals: number;
  readonly bytes: number;
  readonly closed: number;
  /** Texts of the first listener since the last reset, in order. */
  readonly first: readonly string[];
}

const OPEN_AT_ONCE = 50;

const clients: RawClient[] = [];
let hasFirst = false;
/** The last snapshot that came, as text. */
let snapshot = '';
let counted = { entries: 0, signals: 0, bytes: 0, closed: 0, first: [] as string[] };

/** Milliseconds until the last was there. */
async function open({ url, count, headers, socketIo, atOnce = OPEN_AT_ONCE }: OpenClients): Promise<number> {
  const begun = performance.now();
  let left = count;
  // As one is there the next is opened: nobody waits for the slowest of fifty.
  const openNext = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      clients.push(await openOne(new URL(url), headers, socketIo));
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, openNext));
  return performance.now() - begun;
}

function openOne(
  url: URL,
  headers: OpenClients['headers'],
  socketIo: OpenClients['socketIo'],
): Promise<RawClient> {
  const isFirst = !hasFirst;
  hasFirst = true;
  return new Promise((resolve, reject) => {
    const opened = openRawClient(
      url,
      headers,
      (payload, client) => {
        if (count(payload, isFirst)) return;
        if (socketIo !== undefined)
          greet(payload.toString(), client, socketIo, () => resolve(client), reject);
      },
      () => (counted.closed += 1),
    );
    // Plain WebSocket is there with its upgrade; Socket.IO once its hello is answered.
    opened.then(socketIo === undefined ? resolve : () => undefined, reject);
  });
}

/** True for what is delivered: `42["entries",…]` and `42["signal",…]`, and any text of the plain server. */
function count(payload: Buffer, isFirst: boolean): boolean {
  if (payload[0] !== 0x34 || payload[1] !== 0x32) return false;
  const isEntries = payload[4] === 0x65;
  const isSignal = payload[4] === 0x73 && payload[5] === 0x69;
  if (!isEntries && !isSignal) return false;
  if (isEntries) counted.entries += 1;
  else counted.signals += 1;
  counted.bytes += payload.length;
  if (isFirst) counted.first.push(payload.toString());
  return true;
}

function greet(
  text: string,
  client: RawClient,
  { auth, hello }: { auth: unknown; hello: unknown },
  ready: () => void,
  refuse: (error: Error) => void,
): void {
  if (text.startsWith('42["snapshot"')) snapshot = text;
  else if (text === '2') client.send('3');
  else if (text.startsWith('0')) client.send(`40${JSON.stringify(auth)}`);
  else if (text.startsWith('40')) client.send(`420["hello",${JSON.stringify(hello)}]`);
  else if (text.startsWith('430')) {
    if (text.includes('"ok":true')) ready();
    else refuse(new Error(`hello was refused: ${text.slice(0, 200)}`));
  } else if (text.startsWith('44')) refuse(new Error(`refused: ${text.slice(0, 200)}`));
}

answerParent({
  open: (options: OpenClients) => open(options),
  count: (): Counted => counted,
  reset: () => {
    counted = { entries: 0, signals: 0, bytes: 0, closed: 0, first: [] };
  },
  snapshot: () => snapshot,
  close: () => {
    for (const client of clients.splice(0)) client.end();
    hasFirst = false;
  },
});
