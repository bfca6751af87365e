// What waited while the line was gone, once it is back.
import { describe, expect, it } from 'vitest';
import type { Answer } from '../kernel/command.ts';
import { createConnection } from './connection.ts';
import { FakeLine, FakeServer, settled, STREAM, TestClock, type Piles } from './fake-stream.testing.ts';
import { memoryStore } from './store.ts';

const START = '2026-05-20T08:00:00.000Z';
const WAITING = 500;
/** The fake line takes a millisecond in each direction. */
const ROUND_TRIP_MS = 2;

/** A device with a full outbox, whose line has just come back. */
async function backAgain(answerOf?: (n: number) => Answer | null) {
  const clock = new TestClock(START);
  const server = new FakeServer(clock);
  const line = new FakeLine(server, clock);
  let made = 0;
  const connection = createConnection<Piles>({
    transport: line,
    store: memoryStore(),
    clock,
    newCommandId: () => `019aa000-0000-7000-8000-${String(++made).padStart(12, '0')}`,
    streamId: STREAM,
    audience: 'staff',
    tables: ['piles'],
    policyOf: () => ({ offline: 'queue', expiresAfterMs: null }),
  });
  for (let n = 0; n < WAITING; n++) await connection.send('put', { id: `pile ${n}` });
  const execute = server.execute.bind(server);
  const triedAt: number[] = [];
  server.execute = (command) => {
    triedAt.push(clock.now());
    return answerOf?.(triedAt.length) ?? execute(command);
  };
  await settled();
  line.connect();
  return { clock, server, line, connection, triedAt };
}

describe('[Y18] what waited', () => {
  it('goes out in order, at one round trip each', async () => {
    const { clock, server, connection } = await backAgain();
    expect(connection.getState().pending.count).toBe(WAITING);
    await clock.advance(10 + WAITING * ROUND_TRIP_MS);
    expect(connection.getState().pending.count).toBe(0);
    expect(server.journal.map(({ changes }) => changes[0]?.row.id)).toEqual(
      Array.from({ length: WAITING }, (_, n) => `pile ${n}`),
    );
  });

  it('and a server that could not answer for a moment costs that moment, not one for each command', async () => {
    const { clock, connection } = await backAgain((n) =>
      n <= 3 ? { ok: false, code: 'unavailable' } : null,
    );
    await clock.advance(3 * 2_010 + 10 + WAITING * ROUND_TRIP_MS);
    expect(connection.getState()).toMatchObject({ pending: { count: 0 }, refusals: [] });
  });
});

describe('[Y18] [REG 261096] a line that breaks in the middle of what waited', () => {
  const FEW = 8;
  /** Every place between two commands, and on both sides of the server. */
  const places = ['before the server has it', 'before its answer is here'];
  const cuts = places.flatMap((where) => Array.from({ length: FEW }, (_, k): [number, string] => [k, where]));

  it.each(cuts)(
    'after %i commands, %s: the rest goes out next time, each once and in order',
    async (k, where) => {
      const clock = new TestClock(START);
      const server = new FakeServer(clock);
      const line = new FakeLine(server, clock);
      let made = 0;
      const store = memoryStore();
      const open = () =>
        createConnection<Piles>({
          transport: line,
          store,
          clock,
          newCommandId: () => `019aa000-0000-7000-8000-${String(++made).padStart(12, '0')}`,
          streamId: STREAM,
          audience: 'staff',
          tables: ['piles'],
          policyOf: () => ({ offline: 'queue', expiresAfterMs: null }),
        });
      const connection = open();
      for (let n = 0; n < FEW; n++) await connection.send('put', { id: `pile ${n}` });
      const execute = server.execute.bind(server);
      let seen = 0;
      server.execute = (command) => {
        if (seen++ !== k) return execute(command);
        if (where === 'before its answer is here') execute(command);
        line.drop();
        return { ok: false, code: 'internal' };
      };
      line.connect();
      await clock.advance(1_000);
      line.drop();
      // And a new start of the page as well.
      connection.close();
      const again = open();
      await settled();
      const left = again.getState().pending.count;
      expect(left).toBe(Math.max(0, FEW - k));
      line.connect();
      await clock.advance(1_000);
      expect(again.getState()).toMatchObject({ pending: { count: 0 }, refusals: [] });
      expect(server.journal.map(({ changes }) => changes[0]?.row.id)).toEqual(
        Array.from({ length: FEW }, (_, n) => `pile ${n}`),
      );
    },
  );
});

it('[Y21] who is told when to come back comes then, and not before', async () => {
  const tooMany: Answer = { ok: false, code: 'rateLimited', details: { retryAfterS: 9 } };
  const { clock, connection, triedAt } = await backAgain((n) => (n === 301 ? tooMany : null));
  await clock.advance(8_000);
  expect([triedAt.length, connection.getState().pending.count]).toEqual([301, WAITING - 300]);
  await clock.advance(1_700 + WAITING * ROUND_TRIP_MS);
  expect(connection.getState()).toMatchObject({ pending: { count: 0 }, refusals: [] });
  expect((triedAt[301] ?? 0) - (triedAt[300] ?? 0)).toBeGreaterThanOrEqual(9_000);
});
