import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import type { Audience } from '@schalter/shared/kernel/audience.ts';
import type { Entries, Signal } from '@schalter/shared/kernel/protocol.ts';
import type { JournalEntry } from '../engine/store.ts';
import { lineOf, type DeviceSocket, type Line } from './frames.ts';
import { Outbox, type Pace } from './outbox.ts';

const streamId = randomUUID();
const SCREENS = 100;
/** A write takes this long by the clock of the test. */
const WRITE_MS = 0.1;

let nowMs: number;
let due: { readonly atMs: number; readonly work: () => void }[];
let heard: { readonly screen: number; readonly what: string; readonly atMs: number }[];
let sockets: DeviceSocket[];
let audiences: Map<Audience, Map<DeviceSocket, Line>>;

const pace: Pace = {
  nowMs: () => nowMs,
  soon: (work) => void due.push({ atMs: nowMs, work }),
  after: (ms, work) => void due.push({ atMs: nowMs + ms, work }),
};

/** A connection that is not open for ready frames: Socket.IO's own way, which a test can listen to. */
const screen = (i: number): DeviceSocket =>
  ({
    data: { deviceId: null, subscriptions: new Map([[streamId, 'display']]) },
    conn: { transport: { name: 'polling' } },
    emit: (event: string, message: Entries | Signal) => {
      nowMs += WRITE_MS;
      const what = 'entries' in message ? message.entries.map(({ seq }) => seq).join() : event;
      heard.push({ screen: i, what, atMs: nowMs });
    },
  }) as unknown as DeviceSocket;

const linesOf = (all: readonly DeviceSocket[]) => new Map(all.map((socket) => [socket, lineOf(socket)]));
const outbox = (of: Pace | null): Outbox =>
  new Outbox({ streamId, audiences, mask: (_audience, entries) => [...entries], pace: of });
const entry = (seq: number, bytes = 0): JournalEntry =>
  ({
    seq,
    commandId: randomUUID(),
    changes: [],
    facts: [],
    note: 'x'.repeat(bytes),
  }) as unknown as JournalEntry;
const heartbeat: Signal = { streamId, kind: 'heartbeat', now: '2026-05-20T08:00:00.000Z', seq: 1 };

const step = (): boolean => {
  due.sort((a, b) => a.atMs - b.atMs);
  const next = due.shift();
  if (next === undefined) return false;
  nowMs = Math.max(nowMs, next.atMs);
  next.work();
  return true;
};
const toTheEnd = (): void => {
  while (step());
};
const heardBy = (i: number): string[] => heard.filter((h) => h.screen === i).map(({ what }) => what);

beforeEach(() => {
  [nowMs, due, heard] = [0, [], []];
  sockets = Array.from({ length: SCREENS }, (_, i) => screen(i));
  audiences = new Map([['display', linesOf(sockets)]]);
});

it('[E28] a broadcast to many screens lets go of the process after some milliseconds, and goes on', () => {
  outbox(pace).entries([entry(1)]);
  expect(heard.length).toBeLessThan(SCREENS / 2);
  toTheEnd();
  expect(heard).toHaveLength(SCREENS);
});

it('[E28] what comes while a broadcast is under way goes out together, in order, to everybody', () => {
  const out = outbox(pace);
  out.entries([entry(1)]);
  out.entries([entry(2)]);
  out.entries([entry(3), entry(4)]);
  out.signal(heartbeat, ['display']);
  out.entries([entry(5)]);
  toTheEnd();
  for (let i = 0; i < SCREENS; i++) expect(heardBy(i)).toEqual(['1', '2,3,4', 'signal', '5']);
});

it('[E28] a broadcast is followed by a rest, one to a few screens is not', () => {
  const out = outbox(pace);
  out.entries([entry(1)]);
  out.entries([entry(2)]);
  toTheEnd();
  const [first, second] = ['1', '2'].map((what) => heard.filter((h) => h.what === what).map((h) => h.atMs));
  expect((second?.[0] ?? 0) - (first?.at(-1) ?? 0)).toBeGreaterThan(4);
  heard = [];
  audiences.set('display', linesOf([screen(0)]));
  out.entries([entry(3)]);
  out.entries([entry(4)]);
  expect(heardBy(0)).toEqual(['3', '4']);
});

it('[E28] too much that waits is written at once: whoever commands waits for whoever listens', () => {
  const out = outbox(pace);
  out.entries([entry(1)]);
  for (let seq = 2; seq <= 514; seq++) out.entries([entry(seq)]);
  expect(heardBy(0)).toHaveLength(2);
  expect(heardBy(SCREENS - 1)).toEqual(heardBy(0));
  toTheEnd();
  expect(heard).toHaveLength(2 * SCREENS);
});

it('[E28] whoever left or may see something else meanwhile is passed over', () => {
  const out = outbox(pace);
  out.entries([entry(1)]);
  sockets.at(-1)?.data.subscriptions.set(streamId, 'customer');
  out.left();
  toTheEnd();
  expect(heard).toHaveLength(SCREENS - 1);
});

it('[E28] heavy entries go out in several frames, without a gap', () => {
  outbox(null).entries([entry(1, 30_000), entry(2, 30_000), entry(3, 100_000), entry(4), entry(5)]);
  expect(heardBy(0)).toEqual(['1', '2', '3', '4,5']);
});
