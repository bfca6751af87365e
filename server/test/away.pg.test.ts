// Whose counter is without the server, as one and as two processes see it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { App } from '../src/app.ts';
import {
  hello,
  openSocket,
  openTestHouse,
  signedIn,
  startServer,
  type TestHouse,
  type TestSocket,
} from './house.ts';

/** Five seconds until it is looked at, and some for a machine that has other work. */
const NOTED_MS = 12_000;

let house: TestHouse;
let other: App;
beforeAll(async () => {
  house = await openTestHouse();
  other = await startServer(house.databaseUrl);
}, 60_000);
afterAll(async () => {
  await other.stop();
  await house.close();
});

interface Clerk {
  readonly counterId: string;
  readonly session: string;
  readonly socket: TestSocket;
}

async function listening(url: string, token: string): Promise<TestSocket> {
  const socket = openSocket(url, { token });
  expect(await hello(socket, { streamId: house.locationId, audience: 'staff' })).toMatchObject({ ok: true });
  return socket;
}

async function atCounter(counterId: string): Promise<Clerk> {
  const { session } = await signedIn(house, 'clerk');
  const socket = await listening(house.url, session);
  const answer: unknown = await socket.timeout(5_000).emitWithAck('command', {
    commandId: randomUUID(),
    streamId: house.locationId,
    type: 'directory.signOn',
    input: { counterId, takeOver: true },
    occurredAt: new Date().toISOString(),
  });
  expect(answer).toMatchObject({ ok: true });
  return { counterId, session, socket };
}

const awayOf = async ({ counterId }: Clerk) =>
  (await house.app.parts.engine.read(house.locationId, ({ live }) => live.rows.presences.get(counterId)))
    ?.away ?? null;
/** The cable, not a goodbye. */
const cut = ({ socket }: Clerk): void => void socket.io.engine.close();

it('[ST-03] [DR10] [DR11] a counter whose line broke is away five seconds later; with a goodbye, or back elsewhere, it is not', async () => {
  const [lost, moved, gone] = (await Promise.all(house.counterIds.slice(0, 3).map(atCounter))) as [
    Clerk,
    Clerk,
    Clerk,
  ];
  const cutAt = Date.now();
  cut(lost);
  cut(moved);
  gone.socket.disconnect();
  const otherUrl = `http://127.0.0.1:${other.port}`;
  const back = await listening(otherUrl, moved.session);
  await expect
    .poll(() => awayOf(lost), { timeout: NOTED_MS })
    .toMatchObject({
      counterIds: [...house.counterIds.slice(0, 3)].sort(),
    });
  expect(Date.parse((await awayOf(lost))?.since ?? '') - cutAt).toBeGreaterThan(4_000);
  // The first process has lost this one as well, and the second has it.
  await expect.poll(() => awayOf(moved), { timeout: NOTED_MS }).toBeNull();
  expect(await awayOf(gone)).toBeNull();
  const again = await listening(otherUrl, lost.session);
  await expect.poll(() => awayOf(lost), { timeout: NOTED_MS }).toBeNull();
  back.disconnect();
  again.disconnect();
}, 60_000);
