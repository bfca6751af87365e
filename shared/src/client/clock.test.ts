import { describe, expect, it } from 'vitest';
import { Device, other, START } from './connection.testing.ts';
import { FakeServer, settled, TestClock } from './fake-stream.testing.ts';
import { memoryStore, type Store } from './store.ts';

const anHourFast = (clock: TestClock): TestClock =>
  Object.assign(Object.create(clock) as TestClock, {
    now: () => clock.now() + 3_600_000,
    after: clock.after.bind(clock),
  });

/** The hello, its answer and the rows arrive, the first heartbeat does not; 100 ms after it. */
async function heardNoHeartbeat(clock: TestClock, store: Store): Promise<Device> {
  const server = new FakeServer(clock);
  other(server, 1);
  const device = new Device(server, clock, store, anHourFast(clock));
  await settled();
  let n = 0;
  device.line.weather = () => [[1], [1], [], [1]][n++] ?? [1];
  device.line.connect();
  await clock.advance(100);
  return device;
}

describe('the server’s clock', () => {
  it('[Y11] [RT-07] is not live before it knows the server’s time', async () => {
    const clock = new TestClock(START);
    const device = await heardNoHeartbeat(clock, memoryStore());
    expect(device.state.status).toBe('catchingUp');
    await clock.advance(5_000);
    expect(device.state.status).toBe('live');
  });

  it('[Y15] [RT-07] [REG S30] now() is the server’s time on a device whose clock is an hour wrong', async () => {
    const clock = new TestClock(START);
    const server = new FakeServer(clock);
    const device = new Device(server, clock, memoryStore(), anHourFast(clock));
    await settled();
    device.line.connect();
    await clock.advance(6_000);
    expect(Math.abs(Date.parse(device.connection.now()) - clock.now())).toBeLessThan(10);
    expect(device.state.offsetMs).toBe(-3_600_001);
  });

  it('[Y15] [RT-07] [KI-07] is on the disk once it is known, though nothing happens after it', async () => {
    const clock = new TestClock(START);
    const store = memoryStore();
    const device = await heardNoHeartbeat(clock, store);
    expect((await store.load()).head).toMatchObject({ offsetMs: null });
    await clock.advance(5_000);
    device.connection.close();
    const again = new Device(new FakeServer(clock), clock, store, anHourFast(clock));
    await settled();
    expect(Math.abs(Date.parse(again.connection.now()) - clock.now())).toBeLessThan(10);
  });

  it('[Y11] is not known from rows that were stored before the server had said it', async () => {
    const clock = new TestClock(START);
    const store = memoryStore();
    (await heardNoHeartbeat(clock, store)).connection.close();
    const again = await heardNoHeartbeat(clock, store);
    expect(again.state.status).toBe('catchingUp');
    await clock.advance(5_000);
    expect(again.state.status).toBe('live');
  });
});
