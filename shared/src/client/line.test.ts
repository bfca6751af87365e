import { describe, expect, it } from 'vitest';
import { STALE_AFTER_MS } from '../kernel/protocol.ts';
import { Device, online, other } from './connection.testing.ts';
import { pile, settled } from './fake-stream.testing.ts';

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
});
