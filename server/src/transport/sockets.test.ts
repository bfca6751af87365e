// The sockets over a store in memory: what a connection may cost that has proved nothing, or asks too often.
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io } from 'socket.io-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { rightsAs } from '@schalter/shared/platform/access.ts';
import { Engine, UNDECIDED } from '../engine/execute.ts';
import { MemoryStore } from '../engine/memory-store.ts';
import type { Identity } from '../platform/identity.ts';
import { hello, type TestSocket } from '../../test/house.ts';
import { FanOut } from './fan-out.ts';
import { Limits } from './limits.ts';
import { startSockets, type Sockets } from './sockets.ts';

const NOW = '2026-05-20T08:00:00.000Z';
const organisationId = randomUUID();
const admin: Actor = {
  kind: 'person',
  personId: randomUUID(),
  organisationId,
  name: 'A',
  rights: rightsAs('owner', 'all'),
  deviceId: null,
};

let server: Server;
let sockets: Sockets;
let engine: Engine;
let actor: Actor;
let presences: number;
let reads: number;
let asked: number;
let answer: () => Promise<Answer>;
let clients: TestSocket[];

beforeEach(async () => {
  [actor, presences, reads, asked, clients] = [admin, 0, 0, 0, []];
  answer = () => Promise.resolve({ ok: true, seq: 1, result: null });
  engine = new Engine({
    store: new MemoryStore(),
    clock: { now: () => NOW },
    react: () => [],
    load: () => Promise.resolve({}),
  });
  await engine.execute({
    envelope: {
      commandId: randomUUID(),
      streamId: organisationId,
      type: 'platform.createOrganisation',
      input: { name: 'Haus', language: 'de', currency: 'CHF' },
      occurredAt: NOW,
    },
    actor: { kind: 'system' },
    organisationId,
  });
  const read = engine.read.bind(engine);
  engine.read = (...of) => {
    reads++;
    return read(...of);
  };
  server = createServer();
  sockets = startSockets({
    http: server,
    engine,
    identities: {
      recent: (): Promise<Identity> => {
        asked++;
        return Promise.resolve({ actor, deviceId: null, revoked: false });
      },
    },
    fanOut: new FanOut(),
    handleCommand: () => answer(),
    limits: new Limits(),
    maxWaiting: 3,
    trustProxy: 0,
    publicHost: () => 'warten.example.ch',
    isHttps: false,
    onError: () => undefined,
    onPresence: () => presences++,
    onSubscribed: () => undefined,
    onLost: () => undefined,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const client of clients) client.disconnect();
  await sockets.close();
});

async function connected(extraHeaders: Record<string, string> = {}): Promise<TestSocket> {
  const { port } = server.address() as AddressInfo;
  const client: TestSocket = io(`http://127.0.0.1:${port}`, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders,
  });
  clients.push(client);
  await new Promise<void>((resolve, fail) => client.once('connect', resolve).once('connect_error', fail));
  return client;
}

it('[O5] somebody unknown hears nothing, looks into no stream and is told to nobody', async () => {
  actor = { kind: 'anonymous' };
  const nobody = await connected();
  for (const streamId of [organisationId, randomUUID()]) {
    expect(await hello(nobody, { streamId })).toEqual({ ok: false, code: 'notSignedIn' });
  }
  nobody.disconnect();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([reads, presences]).toEqual([0, 0]);
});

it('[O5] of those who wait to be known the oldest go first; who listens stays', async () => {
  const listening = await connected();
  expect(await hello(listening, { streamId: organisationId })).toMatchObject({ ok: true });
  const waiting = [await connected(), await connected(), await connected()];
  const gone = new Promise<void>((resolve) => waiting[0]?.once('disconnect', () => resolve()));
  await connected();
  await gone;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(waiting.map((client) => client.connected)).toEqual([false, true, true]);
  expect(listening.connected).toBe(true);
});

it('[O7] a connection that says hello without end is told to wait', async () => {
  const client = await connected();
  const answers = await Promise.all(
    Array.from({ length: 80 }, () => hello(client, { streamId: organisationId })),
  );
  expect(answers.filter(({ ok }) => ok)).toHaveLength(60);
  expect(answers.at(-1)).toMatchObject({ code: 'rateLimited', details: { retryAfterS: expect.any(Number) } });
  expect(asked).toBeGreaterThan(0);
});

it('[E24] an outcome that nobody knows is no answer: the device asks again', async () => {
  const client = await connected();
  const envelope = {
    commandId: randomUUID(),
    streamId: organisationId,
    type: 'x',
    input: {},
    occurredAt: NOW,
  };
  const ask = () => client.timeout(300).emitWithAck('command', envelope);
  expect(await ask()).toMatchObject({ ok: true });
  answer = () => Promise.resolve(UNDECIDED);
  await expect(ask()).rejects.toThrow('timed out');
});

it('[RL-04] a page of the configured address may connect behind a proxy, one of another may not', async () => {
  expect((await connected({ origin: 'https://warten.example.ch' })).connected).toBe(true);
  await expect(connected({ origin: 'https://evil.example' })).rejects.toThrow();
  await expect(connected({ origin: 'null' })).rejects.toThrow();
});
