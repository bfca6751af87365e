import { describe, expect, it } from 'vitest';
import { Device, online, other, START } from './connection.testing.ts';
import { FakeServer, settled, TestClock } from './fake-stream.testing.ts';
import { memoryStore, type Store } from './store.ts';

const reloaded = (device: Device): Device => {
  device.connection.close();
  return new Device(device.server, device.clock, device.store, device.clock, '2');
};

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
