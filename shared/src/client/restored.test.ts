// The house was brought back from an older copy of its database: other commands stand at the numbers that a device knows.
import { describe, expect, it } from 'vitest';
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
import { memoryStore } from './store.ts';

const START = '2026-05-20T08:00:00.000Z';

async function house() {
  const clock = new TestClock(START);
  const server = new FakeServer(clock);
  server.knowsPlaces = true;
  const line = new FakeLine(server, clock);
  let made = 0;
  const connection = createConnection<Piles>({
    transport: line,
    store: memoryStore(),
    clock,
    newCommandId: () => `own ${++made}`,
    streamId: STREAM,
    audience: 'staff',
    tables: ['piles'],
    policyOf: () => ({ offline: 'queue', expiresAfterMs: null }),
    predict: predictPiles,
  });
  const put = (commandId: string, id = 'a') =>
    server.execute({ commandId, streamId: STREAM, type: 'put', input: { id }, occurredAt: START });
  const shown = () =>
    [...connection.getState().live.rows.piles.values()].map(({ id, stones }) => `${id}${stones}`).sort();
  put('first');
  await settled();
  line.connect();
  await clock.advance(10);
  return { clock, server, line, connection, put, shown };
}

/** The copy holds the first of its commands alone. */
function restore(server: FakeServer): void {
  server.journal.length = 1;
  server.answers.clear();
  server.rows.clear();
  for (const { row } of server.journal[0]?.changes ?? []) server.rows.set(row.id, row as Piles['piles']);
}

describe('a restored house', () => {
  it.each([
    ['shorter than what the device has', []],
    ['of the same length', ['x', 'y']],
    ['longer by now', ['x', 'y', 'z']],
  ])('[Y42] a device takes its history, %s, and shows nothing of the lost one', async (_how, since) => {
    const { clock, server, line, connection, put, shown } = await house();
    put('lost 1', 'lost');
    put('lost 2', 'lost');
    await clock.advance(5);
    expect(shown()).toEqual(['a1', 'lost2']);
    line.drop();
    restore(server);
    for (const id of since) put(`other ${id}`, id);
    line.connect();
    await clock.advance(10);
    expect(shown()).toEqual(['a1', ...since.map((id) => `${id}1`)]);
    expect(connection.getState()).toMatchObject({ status: 'live', seq: 1 + since.length });
  });

  it('[Y42] also where a command that was sent again stands at the place where it stood', async () => {
    const { clock, server, line, put, shown } = await house();
    put('lost 1', 'lost');
    put('sent again', 'b');
    await clock.advance(5);
    line.drop();
    restore(server);
    put('other', 'x');
    put('sent again', 'b');
    line.connect();
    await clock.advance(10);
    expect(shown()).toEqual(['a1', 'b1', 'x1']);
  });

  it('[Y42] entries that follow on another one than ours are not taken, over a line that never broke', async () => {
    const { clock, server, put, shown } = await house();
    put('lost 1', 'lost');
    await clock.advance(5);
    restore(server);
    put('other x', 'x');
    put('other y', 'y');
    await clock.advance(10);
    expect(shown()).toEqual(['a1', 'x1', 'y1']);
  });

  it('[Y42] "another history" that was said of a place that was left since changes nothing', async () => {
    const { clock, line, put, connection, shown } = await house();
    put('second', 'b');
    await clock.advance(5);
    line.deliver((l) =>
      l.onSnapshot({ streamId: STREAM, seq: 1, mark: '0 first', anew: 'lost 1', rows: { piles: [] } }),
    );
    await clock.advance(5);
    expect([shown(), connection.getState().seq]).toEqual([['a1', 'b1'], 2]);
  });

  it('[Y43] what was accepted and never came among the rows is asked about on the next line', async () => {
    const { clock, server, line, connection, shown } = await house();
    let messages = 0;
    // The command and its answer arrive, its entry does not.
    line.weather = () => (messages++ === 1 ? [] : [1]);
    expect(await Promise.all([connection.send('put', { id: 'own' }), clock.advance(10)])).toMatchObject([
      { ok: true, seq: 2 },
      undefined,
    ]);
    expect(connection.getState().seq).toBe(1);
    line.drop();
    restore(server);
    line.connect();
    await clock.advance(20);
    expect(line.sentCommands.map(({ commandId }) => commandId)).toEqual(['own 1', 'own 1']);
    expect([shown(), connection.getState().pending.count]).toEqual([['a1', 'own1'], 0]);
  });
});
