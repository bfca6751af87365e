import { describe, expect, it } from 'vitest';
import type { Connection } from './connection-state.ts';
import { createConnection } from './connection.ts';
import {
  FakeLine,
  FakeServer,
  pile,
  predictPiles,
  settled,
  STREAM,
  TestClock,
  type Piles,
} from './fake-stream.testing.ts';
import { memoryStore, type Store } from './store.ts';

const START = '2026-05-20T08:00:00.000Z';
const ORDER = { offline: 'refuse', expiresAfterMs: 60_000 } as const;
/** A try is given up after five seconds, and made again two seconds later. */
const TRY_MS = 7_100;

interface Device {
  readonly line: FakeLine;
  readonly connection: Connection<Piles>;
}

let commands = 0;

async function start(server: FakeServer, clock: TestClock, store: Store): Promise<Device> {
  const line = new FakeLine(server, clock);
  const connection = createConnection<Piles>({
    transport: line,
    store,
    clock,
    newCommandId: () => `019aa000-0000-7000-8000-${String(++commands).padStart(12, '0')}`,
    streamId: STREAM,
    audience: 'staff',
    tables: ['piles'],
    policyOf: () => ORDER,
    predict: predictPiles,
  });
  await settled();
  line.connect();
  await clock.advance(10);
  return { line, connection };
}

const put = (server: FakeServer, n: number) =>
  server.execute({
    commandId: `other ${n}`,
    streamId: STREAM,
    type: 'put',
    input: { id: 'a' },
    occurredAt: START,
  });

async function world(store = memoryStore()) {
  const clock = new TestClock(START);
  const server = new FakeServer(clock);
  put(server, 0);
  return { clock, server, store, device: await start(server, clock, store) };
}

describe('what an earlier try has left in doubt (found by the simulation, seeds 1553 and 1780)', () => {
  it('[Y24] a command whose answer was lost is not given up as unavailable: it may have taken effect', async () => {
    const { clock, server, device } = await world();
    // The command arrives, its answer does not.
    let messages = 0;
    device.line.weather = () => (messages++ === 0 ? [1] : []);
    const sent = device.connection.send('put', { id: 'a' });
    await clock.advance(1_000);
    expect(server.seq).toBe(2);
    device.line.weather = () => [1];
    server.refuses = 'unavailable';
    await clock.advance(TRY_MS);
    expect(device.line.sentCommands).toHaveLength(2);
    expect(device.connection.getState().refusals).toEqual([]);
    server.refuses = null;
    await clock.advance(TRY_MS);
    expect(await sent).toMatchObject({ ok: true, seq: 2 });
    expect([server.seq, device.connection.getState().pending.count]).toEqual([2, 0]);
  });

  it('[Y24] nor after a reload, which has not lived to hear the answer', async () => {
    const { clock, server, store, device } = await world();
    let messages = 0;
    device.line.weather = () => (messages++ === 0 ? [1] : []);
    void device.connection.send('put', { id: 'a' });
    await clock.advance(100);
    device.connection.close();
    server.refuses = null;
    const busy = new FakeLine(server, clock);
    expect([server.seq, busy.isConnected()]).toEqual([2, false]);
    const execute = server.execute.bind(server);
    server.execute = () => ({ ok: false, code: 'unavailable' });
    const again = await start(server, clock, store);
    await clock.advance(100);
    expect(again.line.sentCommands).toHaveLength(1);
    expect(again.connection.getState().refusals).toEqual([]);
    server.execute = execute;
    await clock.advance(TRY_MS);
    expect(again.connection.getState()).toMatchObject({ refusals: [], pending: { count: 0 }, seq: 2 });
  });

  it('[Y24] a first try that is refused as unavailable is refused at once, as before', async () => {
    const { clock, server, device } = await world();
    server.refuses = 'unavailable';
    const sent = device.connection.send('put', { id: 'a' });
    await clock.advance(10);
    expect(await sent).toMatchObject({ ok: false, code: 'unavailable' });
  });
});

describe('what was overtaken (found by the simulation, seeds 1087, 1111 and 2630)', () => {
  const heartbeat = (now: string, seq: number) =>
    ({ kind: 'heartbeat', streamId: STREAM, now, seq }) as const;

  /** The listener of the connection, to tell it things in any order. */
  async function listened() {
    const one = await world();
    for (let n = 1; n <= 4; n++) put(one.server, n);
    await one.clock.advance(5);
    expect(one.device.connection.getState()).toMatchObject({ seq: 5, status: 'live' });
    // From here on the server says nothing by itself.
    one.device.line.weather = () => [];
    const tell = (what: Parameters<FakeLine['deliver']>[0]) => {
      one.device.line.weather = () => [0];
      one.device.line.deliver(what);
      one.device.line.weather = () => [];
    };
    return { ...one, tell };
  }

  it('[Y25] two heartbeats that were overtaken are no shorter history', async () => {
    const { clock, device, tell } = await listened();
    tell((l) => l.onSignal(heartbeat('2026-05-20T08:00:04.000Z', 5)));
    await clock.advance(10);
    for (const [at, seq] of [
      ['2026-05-20T08:00:01.000Z', 3],
      ['2026-05-20T08:00:02.000Z', 4],
    ] as const) {
      tell((l) => l.onSignal(heartbeat(at, seq)));
      await clock.advance(1_500);
    }
    expect(device.connection.getState()).toMatchObject({ seq: 5, status: 'live' });
    expect(device.line.hellos).toHaveLength(1);
  });

  it('[Y25] entries of a shorter history do not keep a device from noticing that history', async () => {
    const { clock, server, device } = await world();
    for (let n = 1; n <= 9; n++) put(server, n);
    await clock.advance(5);
    expect(device.connection.getState().seq).toBe(10);
    // Restored from a backup, and busy: an entry a second, each of them older than what the device has.
    server.journal.length = 2;
    server.rows.set('a', pile('a', 2));
    for (let n = 10; n < 15; n++) {
      await clock.advance(2_600);
      put(server, n);
    }
    await clock.advance(1_000);
    const { seq, live } = device.connection.getState();
    expect([seq, live.rows.piles.get('a')?.stones]).toEqual([7, 7]);
  });

  it('[Y25] "nothing is missing" for a place that was forgotten makes nobody live', async () => {
    const clock = new TestClock(START);
    const server = new FakeServer(clock);
    put(server, 0);
    const line = new FakeLine(server, clock);
    let messages = 0;
    // The hello and its answer arrive, and a heartbeat; the snapshot does not.
    line.weather = () => (messages++ === 1 ? [] : [1]);
    const connection = createConnection<Piles>({
      transport: line,
      store: memoryStore(),
      clock,
      newCommandId: () => 'none',
      streamId: STREAM,
      audience: 'staff',
      tables: ['piles'],
      policyOf: () => ORDER,
    });
    await settled();
    line.connect();
    await clock.advance(10);
    line.deliver((l) => l.onEntries({ streamId: STREAM, entries: [] }));
    await clock.advance(10);
    expect(connection.getState()).toMatchObject({ seq: 0, status: 'catchingUp' });
  });
});
