// A process full of listeners: opens them, counts what arrives and when, keeps what the first one got.
import { setTimeout as sleep } from 'node:timers/promises';
import { answerParent, monotonicMs } from './child.ts';
import { openRawClient, type RawClient } from './raw-client.ts';
import { greet, type SocketIoHello } from './socket-io-hello.ts';

export interface OpenClients {
  readonly url: string;
  readonly count: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Left out for plain WebSocket. */
  readonly socketIo?: SocketIoHello;
  /** Connections that are opened at once; more would only queue in the kernel. */
  readonly atOnce?: number;
}
export interface ComeBack extends OpenClients {
  /** When each device tries again, after the network's return. */
  readonly offsetsMs: readonly number[];
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
/** An entry of the durable stream, and the moment when the last listener had it (`monotonicMs`). */
export interface Arrival {
  readonly commandId: string;
  readonly lastAtMs: number;
}

const OPEN_AT_ONCE = 50;
const SEQ = Buffer.from('"seq":');
const SEQ_DIGITS = 12;

const clients: RawClient[] = [];
let hasFirst = false;
/** The last snapshot that came, as text. */
let snapshot = '';
const newCount = () => ({ entries: 0, signals: 0, bytes: 0, closed: 0, first: [] as string[] });
let counted = newCount();
/** Frames of entries by their first sequence: everybody gets the same ones. */
let frames = new Map<number, { listeners: number; lastAtMs: number }>();

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

/** Of each device, how long after the network's return it is consistent. */
function comeBack({ url, headers, socketIo, offsetsMs }: ComeBack): Promise<number[]> {
  const begun = performance.now();
  return Promise.all(
    offsetsMs.map(async (offsetMs) => {
      await sleep(offsetMs - (performance.now() - begun));
      clients.push(await openOne(new URL(url), headers, socketIo));
      return performance.now() - begun;
    }),
  );
}

function openOne(
  url: URL,
  headers: OpenClients['headers'],
  socketIo: OpenClients['socketIo'],
): Promise<RawClient> {
  const isFirst = !hasFirst;
  hasFirst = true;
  return new Promise((resolve, reject) => {
    const opened = openRawClient(url, headers, {
      // The first one reads whole what the others only count.
      onHead: (head, length) => !isFirst && count(head, length),
      onText: (text, client) => {
        if (isFirst && count(Buffer.from(text.slice(0, 128)), text.length)) counted.first.push(text);
        else if (text.startsWith('42["snapshot"')) snapshot = text;
        else if (socketIo !== undefined) greet(text, client, socketIo, () => resolve(client), reject);
      },
      onClose: () => (counted.closed += 1),
    });
    // Plain WebSocket is there with its upgrade; Socket.IO once its hello is answered.
    opened.then(socketIo === undefined ? resolve : () => undefined, reject);
  });
}

/** True for what is delivered: `42["entries",…]` and `42["signal",…]`, and any text of the plain server. */
function count(head: Buffer, length: number): boolean {
  if (head[0] !== 0x34 || head[1] !== 0x32) return false;
  const isEntries = head[4] === 0x65;
  const isSignal = head[4] === 0x73 && head[5] === 0x69;
  if (!isEntries && !isSignal) return false;
  if (isEntries) {
    counted.entries += 1;
    noteArrival(head);
  } else counted.signals += 1;
  counted.bytes += length;
  return true;
}

function noteArrival(head: Buffer): void {
  const at = head.indexOf(SEQ);
  if (at < 0) return;
  const seq = Number.parseInt(head.toString('latin1', at + SEQ.length, at + SEQ.length + SEQ_DIGITS), 10);
  const frame = frames.get(seq) ?? { listeners: 0, lastAtMs: 0 };
  frames.set(seq, frame);
  frame.listeners += 1;
  if (frame.listeners === clients.length) frame.lastAtMs = monotonicMs();
}

/** Of each entry since the last reset that every listener has. */
function arrivals(): Arrival[] {
  return counted.first.flatMap((text) => {
    const [event, { entries }] = JSON.parse(text.slice(2)) as [
      string,
      { entries?: { seq: number; commandId: string }[] },
    ];
    const lastAtMs = event === 'entries' ? (frames.get(entries?.[0]?.seq ?? -1)?.lastAtMs ?? 0) : 0;
    return lastAtMs === 0 ? [] : (entries ?? []).map(({ commandId }) => ({ commandId, lastAtMs }));
  });
}

answerParent({
  open: (options: OpenClients) => open(options),
  comeBack: (options: ComeBack) => comeBack(options),
  count: (): Counted => counted,
  arrivals,
  reset: () => {
    counted = newCount();
    frames = new Map();
  },
  snapshot: () => snapshot,
  close: () => {
    for (const client of clients.splice(0)) client.end();
    hasFirst = false;
  },
});
