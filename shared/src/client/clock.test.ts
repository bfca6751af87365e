import { describe, expect, it } from 'vitest';
import { Device, START } from './connection.testing.ts';
import { FakeServer, settled, TestClock } from './fake-stream.testing.ts';
import { memoryStore } from './store.ts';

describe('the server’s clock', () => {
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
