import type { Connection } from './connection-state.ts';
import { createConnection } from './connection.ts';
import {
  FakeLine,
  FakeServer,
  predictPiles,
  settled,
  STREAM,
  TestClock,
  type Piles,
} from './fake-stream.testing.ts';
import { memoryStore, type Store } from './store.ts';

export const START = '2026-05-20T08:00:00.000Z';
const POLICIES = new Map([
  ['put', { offline: 'queue', expiresAfterMs: 30_000 }],
  ['take', { offline: 'queue', expiresAfterMs: null }],
  ['order', { offline: 'refuse', expiresAfterMs: 60_000 }],
] as const);

export class Device {
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

export async function online(): Promise<{ clock: TestClock; server: FakeServer; device: Device }> {
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
export const other = (server: FakeServer, n: number) =>
  server.execute({
    commandId: `other ${n}`,
    streamId: STREAM,
    type: 'put',
    input: { id: 'a' },
    occurredAt: START,
  });
