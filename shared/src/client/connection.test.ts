import { describe, expect, it } from 'vitest';
import { STALE_AFTER_MS } from '../kernel/protocol.ts';
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
const POLICIES = new Map([
  ['put', { offline: 'queue', expiresAfterMs: 30_000 }],
  ['take', { offline: 'queue', expiresAfterMs: null }],
  ['order', { offline: 'refuse', expiresAfterMs: 60_000 }],
] as const);

class Device {
  readonly line: FakeLine;
  readonly connection: Connection<Piles>;
  #made = 0;

  constructor(
    readonly server: FakeServer,
    readonly clock: TestClock,
    readonly store: Store = memoryStore(),
    deviceClock: TestClock = clock,
    batch = '1',
  ) {
    this.line = new FakeLine(server, clock);
    this.connection = createConnection<Piles>({
      transport: this.line,
      store,
      clock: deviceClock,
      newCommandId: () => `019aa000-0000-7000-800${batch}-${String(++this.#made).padStart(12, '0')}`,
      streamId: STREAM,
      audience: 'staff',
      tables: ['piles'],
      policyOf: (type) => POLICIES.get(type as 'put'),
      predict: predictPiles,
    });
  }

  get state() {
    return this.connection.getState();
  }
  get stones(): number {
    return this.state.live.rows.piles.get('a')?.stones ?? 0;
  }
  send = (type: 'put' | 'take' | 'order') => this.connection.send(type, { id: 'a' });
}

async function online(): Promise<{ clock: TestClock; server: FakeServer; device: Device }> {
  const clock = new TestClock(START);
  const server = new FakeServer(clock);
  server.execute({
    commandId: 'first',
    streamId: STREAM,
    type: 'put',
    input: { id: 'a' },
    occurredAt: START,
  });
  const device = new Device(server, clock);
  await settled();
  device.line.connect();
  await clock.advance(10);
  return { clock, server, device };
}
const other = (server: FakeServer, n: number) =>
  server.execute({
    commandId: `other ${n}`,
    streamId: STREAM,
    type: 'put',
    input: { id: 'a' },
    occurredAt: START,
  });

const OF_B = { commandId: '', streamId: STREAM, type: 'put', input: { id: 'b' }, occurredAt: START };

describe('another release', () => {
  it('[UP8] [ST-07] a server that is too old is shown as such; the outbox waits for the next one', async () => {
    const { device, server, clock } = await online();
    device.line.drop();
    await device.send('put');
    server.protocol = 0;
    device.line.connect();
    await clock.advance(10);
    expect([device.state.status, device.state.refusedBy]).toEqual(['refused', 'serverTooOld']);
    expect([device.state.pending.count, device.stones]).toEqual([1, 2]);
    device.line.drop();
    server.protocol = 1;
    device.line.connect();
    await clock.advance(10);
    expect([device.state.status, device.state.pending.count]).toEqual(['live', 0]);
    expect(server.rows.get('a')?.stones).toBe(2);
  });

  it('[UP8] a page that is too old keeps its outbox for the newer one', async () => {
    const { device, server, clock } = await online();
    device.line.drop();
    await device.send('put');
    server.refuses = 'protocolTooOld';
    device.line.connect();
    await clock.advance(10);
    expect(device.state.refusedBy).toBe('protocolTooOld');
    server.refuses = null;
    const newer = new Device(server, clock, device.store, clock, '2');
    await settled();
    newer.line.connect();
    await clock.advance(10);
    expect([newer.state.status, server.rows.get('a')?.stones]).toEqual(['live', 2]);
  });
});

describe('the line', () => {
  it('[Y11] says hello with its place, and is live with the first frame', async () => {
    const { device, server, clock } = await online();
    expect(device.line.hellos.map((h) => h.lastSeq)).toEqual([0]);
    expect([device.state.status, device.state.since, device.stones]).toEqual(['live', null, 1]);
    other(server, 1);
    await clock.advance(5);
    expect([device.state.seq, device.stones]).toEqual([2, 2]);
    device.line.drop();
    device.line.connect();
    await clock.advance(10);
    expect(device.line.hellos.map((h) => h.lastSeq)).toEqual([0, 2]);
    expect(device.state.status).toBe('live');
  });

  it('[Y11] [RT-07] is not live before it knows the server’s time', async () => {
    const clock = new TestClock(START);
    const device = new Device(new FakeServer(clock), clock);
    await settled();
    let n = 0;
    // The hello, its answer and the snapshot arrive, the heartbeat does not.
    device.line.weather = () => [[1], [1], [], [1]][n++] ?? [1];
    device.line.connect();
    await clock.advance(100);
    expect(device.state.status).toBe('catchingUp');
    await clock.advance(5_000);
    expect(device.state.status).toBe('live');
  });

  it('[Y12] [RT-03] a lost frame is noticed at the next one, and only what is missing is asked for', async () => {
    const { device, server, clock } = await online();
    device.line.weather = () => [null];
    other(server, 1);
    device.line.weather = () => [1];
    other(server, 2);
    await clock.advance(10);
    expect(device.line.hellos.map((h) => h.lastSeq)).toEqual([0, 1]);
    expect([device.state.status, device.state.seq, device.stones]).toEqual(['live', 3, 3]);
  });

  it('[Y12] [RT-03] a lost last frame is noticed by the heartbeat within a second of it', async () => {
    const { device, server, clock } = await online();
    device.line.weather = () => [null];
    other(server, 1);
    device.line.weather = () => [1];
    await clock.advance(6_100);
    expect([device.state.status, device.state.seq]).toEqual(['live', 2]);
  });

  it('[Y12] a server with a shorter history (restored) is believed after two heartbeats', async () => {
    const { device, server, clock } = await online();
    for (let n = 1; n <= 5; n++) other(server, n);
    await clock.advance(5);
    server.journal.length = 3;
    server.rows.set('a', pile('a', 3));
    await clock.advance(12_500);
    expect([device.state.status, device.state.seq, device.stones]).toEqual(['live', 3, 3]);
  });

  it('[Y12] a snapshot that is older than the rows does not make it live', async () => {
    const { device, server, clock } = await online();
    other(server, 1);
    await clock.advance(5);
    device.line.drop();
    server.journal.length = 1;
    device.line.connect();
    await clock.advance(100);
    expect([device.state.status, device.state.seq]).toEqual(['catchingUp', 2]);
  });

  it('[Y13] [RT-05] without heartbeats it is not live, since when they stopped, until it is in sync again', async () => {
    const { device, server, clock } = await online();
    await clock.advance(5_000);
    device.line.drop();
    expect(device.state.status).toBe('connecting');
    expect(device.state.since).toBe('2026-05-20T08:00:05.000Z');
    await clock.advance(STALE_AFTER_MS);
    expect(device.state.status).toBe('notLive');
    device.line.weather = () => [500];
    device.line.connect();
    expect(device.state.status).toBe('notLive');
    other(server, 1);
    await clock.advance(1_001);
    expect([device.state.status, device.state.since]).toEqual(['live', null]);
    expect(device.stones).toBe(2);
  });

  it('[Y13] a line that is half open counts as none', async () => {
    const { device, clock } = await online();
    device.line.weather = () => [];
    await clock.advance(STALE_AFTER_MS + 10);
    expect(device.state.status).toBe('notLive');
    device.line.weather = () => [1];
    await clock.advance(STALE_AFTER_MS);
    expect(device.state.status).toBe('live');
  });

  it('[Y39] [REG 179505] a line over which no answer comes is half open, since the first that did not', async () => {
    const { device, server, clock } = await online();
    let answers = false;
    const execute = device.line.sendCommand.bind(device.line);
    // Heartbeats come, commands are swallowed.
    device.line.sendCommand = (command) =>
      answers ? execute(command) : new Promise((give) => clock.after(5_000, () => give(null)));
    void device.send('take');
    await clock.advance(4_000);
    expect([device.state.status, device.state.halfOpenSince]).toEqual(['live', null]);
    await clock.advance(20_000);
    expect([device.state.status, device.state.halfOpenSince]).toEqual(['live', '2026-05-20T08:00:00.009Z']);
    answers = true;
    await clock.advance(8_000);
    expect([device.state.halfOpenSince, device.state.pending.count]).toEqual([null, 0]);
    expect(server.rows.get('a')?.stones).toBe(0);
  });

  it('[Y39] silence on a line that stands is half open, without one it is none', async () => {
    const { device, clock } = await online();
    device.line.weather = () => [];
    await clock.advance(STALE_AFTER_MS + 10);
    expect([device.state.status, device.state.halfOpenSince]).toEqual(['notLive', device.state.since]);
    device.line.drop();
    expect([device.state.status, device.state.halfOpenSince]).toEqual(['notLive', null]);
  });

  it.each([3, 60])(
    '[Y13] [REG 220954] after a cut of %i s it is live again within 2 s of the line',
    async (s) => {
      const { device, clock } = await online();
      // The one hello that is tried while the line is bad is lost.
      device.line.drop();
      device.line.weather = () => [null];
      device.line.connect();
      await clock.advance(s * 1_000);
      expect(device.state.status).not.toBe('live');
      device.line.drop();
      device.line.weather = () => [1];
      device.line.connect();
      await clock.advance(2_000);
      expect(device.state.status).toBe('live');
    },
  );

  it('[Y14] [RT-06] a revoked device says so and asks no more', async () => {
    const { device, server, clock } = await online();
    device.line.drop();
    server.refuses = 'deviceRevoked';
    device.line.connect();
    await clock.advance(60_000);
    expect([device.state.status, device.state.refusedBy]).toEqual(['refused', 'deviceRevoked']);
    expect(device.line.hellos).toHaveLength(2);
  });

  it('[Y14] a server that only can not answer now is asked again', async () => {
    const { device, server, clock } = await online();
    device.line.drop();
    server.refuses = 'unavailable';
    device.line.connect();
    await clock.advance(3_000);
    expect(device.state.status).toBe('connecting');
    server.refuses = null;
    await clock.advance(1_500);
    expect(device.state.status).toBe('live');
  });

  it('[Y15] [RT-07] [REG S30] now() is the server’s time on a device whose clock is an hour wrong', async () => {
    const clock = new TestClock(START);
    const server = new FakeServer(clock);
    const wrong: TestClock = Object.assign(Object.create(clock) as TestClock, {
      now: () => clock.now() + 3_600_000,
      after: clock.after.bind(clock),
    });
    const device = new Device(server, clock, memoryStore(), wrong);
    await settled();
    device.line.connect();
    await clock.advance(6_000);
    expect(Math.abs(Date.parse(device.connection.now()) - clock.now())).toBeLessThan(10);
    expect(device.state.offsetMs).toBe(-3_600_001);
  });
});

describe('commands', () => {
  it('[Y16] shows at once, is answered, and is confirmed by its entry', async () => {
    const { device, clock } = await online();
    const answer = device.send('put');
    await settled();
    expect([device.stones, device.state.seq, device.state.pending.count]).toEqual([2, 1, 1]);
    await clock.advance(10);
    expect(await answer).toEqual({ ok: true, seq: 2, result: null });
    expect([device.stones, device.state.seq, device.state.pending]).toEqual([
      2,
      2,
      { count: 0, oldestAt: null },
    ]);
    expect((await device.store.load()).outbox).toEqual([]);
  });

  it('[Y16] is on the disk before it is on the line', async () => {
    const clock = new TestClock(START);
    const server = new FakeServer(clock);
    const store = memoryStore();
    let finish: () => void = () => undefined;
    const slow: Store = {
      ...store,
      putOutbox: (queued) => new Promise((done) => (finish = () => void store.putOutbox(queued).then(done))),
    };
    const device = new Device(server, clock, slow);
    await settled();
    device.line.connect();
    await clock.advance(10);
    void device.send('put');
    await clock.advance(100);
    expect(device.line.sentCommands).toEqual([]);
    finish();
    await clock.advance(5);
    expect(device.line.sentCommands).toHaveLength(1);
  });

  it('[Y17] [ST-03] [REG S24] made offline they are queued, and go out in order when the line stands', async () => {
    const { device, server, clock } = await online();
    device.line.drop();
    const answers = [await device.send('put'), await device.send('take'), await device.send('take')];
    expect(answers.map((a) => a.ok)).toEqual(['queued', 'queued', 'queued']);
    expect([device.stones, device.state.pending]).toEqual([
      0,
      { count: 3, oldestAt: '2026-05-20T08:00:00.009Z' },
    ]);
    expect(device.line.sentCommands).toEqual([]);
    device.line.connect();
    await clock.advance(50);
    expect(device.line.sentCommands.map((c) => c.type)).toEqual(['put', 'take', 'take']);
    expect([device.state.pending.count, server.rows.get('a')?.stones]).toEqual([0, 0]);
  });

  it('[Y17] where waiting makes no sense it is refused at once', async () => {
    const { device } = await online();
    device.line.drop();
    expect(await device.send('order')).toEqual({ ok: false, code: 'unavailable' });
    expect(device.state.pending.count).toBe(0);
  });

  it('[Y18] [RT-03] [REG S21] a lost answer: the same id is sent again, and takes effect once', async () => {
    const { device, server, clock } = await online();
    let n = 0;
    // The command arrives, its entry and its answer are lost.
    device.line.weather = () => (n++ === 0 ? [1] : [null]);
    const answer = device.send('put');
    await clock.advance(10);
    device.line.drop();
    expect(await answer).toMatchObject({ ok: 'queued' });
    device.line.weather = () => [1];
    device.line.connect();
    await clock.advance(50);
    const ids = device.line.sentCommands.map((c) => c.commandId);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
    expect([server.rows.get('a')?.stones, device.stones, device.state.pending.count]).toEqual([2, 2, 0]);
  });

  it('[Y18] one that can not be queued waits for its answer over a broken line', async () => {
    const { device, clock } = await online();
    const answer = device.send('order');
    await settled();
    device.line.drop();
    await clock.advance(2_000);
    device.line.connect();
    await clock.advance(50);
    expect(await answer).toEqual({ ok: true, seq: 2, result: null });
    expect(device.line.sentCommands.map((c) => c.commandId)).toEqual([
      '019aa000-0000-7000-8001-000000000001',
      '019aa000-0000-7000-8001-000000000001',
    ]);
  });

  it('[Y19] [REG L25] a refusal that comes later is listed with what was wanted, and stays after a reload', async () => {
    const { device, server, clock } = await online();
    device.line.drop();
    await device.send('take');
    await device.send('take');
    device.line.connect();
    await clock.advance(50);
    expect(device.state.refusals).toMatchObject([
      { type: 'take', input: { id: 'a' }, code: 'queueEmpty', late: true },
    ]);
    device.connection.close();
    const again = new Device(server, clock, device.store);
    await settled();
    expect(again.state.refusals).toHaveLength(1);
    again.connection.dismissRefusal(again.state.refusals[0]?.commandId ?? '');
    expect(again.state.refusals).toEqual([]);
    await settled();
    expect((await device.store.load()).refusals).toEqual([]);
  });

  it('[Y20] what never left the device expires here, and says so', async () => {
    const { device, clock } = await online();
    device.line.drop();
    await device.send('put');
    expect(device.stones).toBe(2);
    await clock.advance(30_000);
    expect([device.stones, device.state.pending.count]).toEqual([1, 0]);
    expect(device.state.refusals).toMatchObject([{ type: 'put', code: 'commandExpired', late: true }]);
    device.line.connect();
    await clock.advance(50);
    expect(device.line.sentCommands).toEqual([]);
  });

  it('[Y20] what may have arrived does not expire here: the server says what became of it', async () => {
    const { device, server, clock } = await online();
    let n = 0;
    device.line.weather = () => (n++ === 0 ? [1] : [null]);
    void device.send('put');
    await clock.advance(10);
    device.line.drop();
    await clock.advance(60_000);
    expect(device.state.refusals).toEqual([]);
    device.line.weather = () => [1];
    device.line.connect();
    await clock.advance(50);
    expect([device.state.refusals, server.rows.get('a')?.stones, device.state.pending.count]).toEqual([
      [],
      2,
      0,
    ]);
  });

  it('[Y21] a server that can not answer now keeps the queue waiting, in order', async () => {
    const { device, server, clock } = await online();
    server.refuses = 'unavailable';
    const answer = device.send('put');
    await clock.advance(10);
    expect(await answer).toMatchObject({ ok: 'queued' });
    expect(device.state.pending.count).toBe(1);
    server.refuses = null;
    await clock.advance(2_100);
    expect([device.state.pending.count, server.rows.get('a')?.stones]).toEqual([0, 2]);
  });

  it('[Y21] [REG S28] a session that ended keeps what was not sent', async () => {
    const { device, server, clock } = await online();
    server.refuses = 'notSignedIn';
    const sent = device.send('put');
    await clock.advance(1_000);
    expect(await sent).toMatchObject({ ok: 'queued' });
    expect([device.state.status, device.state.refusedBy]).toEqual(['refused', 'notSignedIn']);
    expect((await device.store.load()).outbox).toHaveLength(1);
  });
});

describe('[Y5] [Y6] [REG 288974] what was done here and a snapshot of the server', () => {
  it.each(['while offline', 'sent, not yet answered', 'after a reload'])(
    'that comes over it leaves it standing: %s',
    async (when) => {
      const { device, server, clock } = await online();
      // So long away that the server has no single entries any more.
      server.keepsEntries = 0;
      device.line.drop();
      await device.send('take');
      for (let n = 0; n < 3; n++) other(server, n);
      expect(device.stones).toBe(0);
      const here = when === 'after a reload' ? reloaded(device) : device;
      await settled();
      if (when === 'sent, not yet answered') {
        // Hello and snapshot pass, the command's answer does not.
        const send = here.line.sendCommand.bind(here.line);
        here.line.sendCommand = (command) => {
          here.line.sendCommand = send;
          return send(command).then(() => null);
        };
      }
      here.line.connect();
      await clock.advance(3);
      expect([here.state.seq, here.stones]).toEqual([4, 3]);
      await clock.advance(4_000);
      expect([here.state.seq, here.stones, server.rows.get('a')?.stones]).toEqual([5, 3, 3]);
      expect(here.state).toMatchObject({ pending: { count: 0 }, refusals: [] });
    },
  );
});

const reloaded = (device: Device): Device => {
  device.connection.close();
  return new Device(device.server, device.clock, device.store, device.clock, '2');
};

describe('storage', () => {
  it('[Y10] [ST-03] a reload in the middle loses no command and no row', async () => {
    const { device, server, clock } = await online();
    device.line.drop();
    await device.send('put');
    await device.send('put');
    await settled();
    device.connection.close();
    const again = new Device(server, clock, device.store, clock, '2');
    await settled();
    expect([again.stones, again.state.seq, again.state.pending.count]).toEqual([3, 1, 2]);
    again.line.connect();
    await clock.advance(50);
    expect(again.line.hellos[0]?.lastSeq).toBe(1);
    expect([server.rows.get('a')?.stones, again.stones, again.state.pending.count]).toEqual([3, 3, 0]);
  });

  it('[Y20] after a reload as well, only the server says what became of a command that was sent', async () => {
    const { device, server, clock } = await online();
    let n = 0;
    device.line.weather = () => (n++ === 0 ? [1] : [null]);
    void device.send('put');
    await clock.advance(10);
    device.connection.close();
    await clock.advance(60_000);
    const again = new Device(server, clock, device.store, clock, '2');
    await settled();
    expect([again.state.refusals, again.state.pending.count]).toEqual([[], 1]);
    again.line.connect();
    await clock.advance(50);
    expect([again.state.refusals, again.state.pending.count, again.stones]).toEqual([[], 0, 2]);
  });

  it.each([true, false])(
    '[Y40] rows of earlier days follow before the line, or none are believed: %s',
    async (isRead) => {
      const { device, server, clock } = await online();
      server.execute({ ...OF_B, commandId: 'b' });
      await clock.advance(10);
      device.connection.close();
      const stored = await device.store.load();
      const piles = stored.rows['piles'] ?? [];
      const split: Store = {
        ...device.store,
        load: async () => ({
          ...stored,
          rows: { piles: piles.filter(({ id }) => id === 'a') },
          rest: () =>
            isRead
              ? Promise.resolve({ piles: piles.filter(({ id }) => id === 'b') })
              : Promise.reject(new Error('not read')),
        }),
      };
      const again = new Device(server, clock, split, clock, '2');
      await settled();
      expect([...again.state.live.rows.piles.keys()]).toEqual(['a']);
      expect(await again.send('put')).toMatchObject({ ok: 'queued' });
      await clock.advance(600);
      expect([...again.state.live.rows.piles.keys()]).toEqual(isRead ? ['a', 'b'] : ['a']);
      expect([again.state.seq, again.state.pending.count]).toEqual([isRead ? 2 : 0, 1]);
      again.line.connect();
      await clock.advance(50);
      expect([...again.state.live.rows.piles.keys()].sort()).toEqual(['a', 'b']);
      expect([again.state.status, again.stones, again.state.pending.count]).toEqual(['live', 2, 0]);
    },
  );

  it('[Y10] rows that were masked for a higher audience are not shown', async () => {
    const { device, server, clock } = await online();
    const stored = await device.store.load();
    const managers: Store = memoryStore();
    expect(stored.head).not.toBeNull();
    if (stored.head === null) return;
    await managers.saveSnapshot(stored.rows, { ...stored.head, audience: 'manager' }, []);
    const again = new Device(server, clock, managers);
    await settled();
    expect([again.state.seq, again.stones]).toEqual([0, 0]);
  });

  it.each(['full', 'broken'])(
    '[Y35] what a %s disk does not take is refused where nothing else has it',
    async (how) => {
      const { device, server, clock } = await online();
      device.connection.close();
      const store = memoryStore();
      const why = new DOMException('no', how === 'full' ? 'QuotaExceededError' : 'UnknownError');
      // As a library wraps it.
      const aborted = Object.assign(new Error('aborted'), { name: 'AbortError', inner: why });
      const next = new Device(server, clock, { ...store, putOutbox: () => Promise.reject(aborted) });
      await settled();
      next.line.connect();
      await clock.advance(10);
      // With a line it goes out all the same.
      const sent = next.send('put');
      await clock.advance(10);
      expect(await sent).toMatchObject({ ok: true });
      next.line.drop();
      expect(await next.send('put')).toEqual({ ok: false, code: 'notKept' });
      // What takes something away says nothing of whether more has room.
      next.connection.dismissRefusal('read');
      await settled();
      expect([next.state.storage, next.state.pending.count]).toEqual([how === 'full' ? 'full' : 'fails', 0]);
    },
  );

  it('[Y22] a full disk is said; when it works again all rows are written, without a hole', async () => {
    const { device, server, clock } = await online();
    device.connection.close();
    const store = memoryStore();
    let full = false;
    const guarded = (write: () => Promise<void>) =>
      full ? Promise.reject(new DOMException('no room', 'QuotaExceededError')) : write();
    const disk: Store = {
      ...store,
      saveEntries: (...write) => guarded(() => store.saveEntries(...write)),
      saveSnapshot: (...write) => guarded(() => store.saveSnapshot(...write)),
    };
    const next = new Device(server, clock, disk);
    await settled();
    next.line.connect();
    await clock.advance(10);
    full = true;
    other(server, 1);
    await clock.advance(10);
    expect([next.stones, next.state.storage]).toEqual([2, 'full']);
    full = false;
    server.execute({ commandId: 'b', streamId: STREAM, type: 'put', input: { id: 'b' }, occurredAt: START });
    await clock.advance(10);
    expect(next.state.storage).toBe('works');
    const { head, rows } = await store.load();
    expect([head?.seq, rows['piles']?.length]).toEqual([3, 2]);
    expect(rows['piles']?.find((row) => row.id === 'a')).toEqual(pile('a', 2));
  });
});
