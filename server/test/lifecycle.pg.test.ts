// The end of a server process, and what it says of itself, while somebody or something hangs.
import { connect, type Socket } from 'node:net';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cuttable, type Wire } from './cuttable.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { openSocket, startServer } from './house.ts';
import type { App } from '../src/app.ts';

let database: TestDatabase;
let wire: Wire;
let app: App;
const ends: (() => unknown)[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
  wire = await cuttable(database.url);
  app = await startServer(wire.url);
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await wire.close();
  await database.drop();
});

/** A connection that sends a little, and then nothing more. */
async function hung(text: string): Promise<Socket> {
  const socket = connect(app.port, '127.0.0.1');
  ends.push(() => socket.destroy());
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(text);
  return socket;
}

it('[O3] the drain waits for nobody who holds a connection open, and leaves nothing behind', async () => {
  await hung(
    'POST /api/v1/commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{',
  );
  const ws = await hung(
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await new Promise((resolve) => ws.once('data', resolve));
  // Frozen: it answers neither pings nor the close.
  ws.pause();
  const well = openSocket(`http://127.0.0.1:${app.port}`, {});
  ends.push(() => well.disconnect());
  await new Promise<void>((resolve) => well.once('connect', resolve));
  const told = new Promise((resolve) => well.once('disconnect', resolve));

  const from = performance.now();
  await app.stop();
  expect(performance.now() - from).toBeLessThan(6_000);
  await told;
  await expect(fetch(`http://127.0.0.1:${app.port}/healthz`)).rejects.toThrow();
  const direct = postgres(database.url, { max: 1 });
  const mine = () => direct`select 1 from pg_stat_activity
    where datname = current_database() and application_name like 'schalter%'`;
  await expect.poll(mine, { timeout: 5_000 }).toHaveLength(0);
  await direct.end();
});

it('[O4] readyz says "not ready" in time while the database hangs, healthz still lives, and both recover', async () => {
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${app.port}${path}`)).status;
  expect(await status('/readyz')).toBe(200);
  wire.hold(true);
  const from = performance.now();
  expect(await status('/readyz')).toBe(503);
  expect(performance.now() - from).toBeLessThan(4_000);
  expect(await status('/healthz')).toBe(200);
  wire.hold(false);
  await expect.poll(() => status('/readyz'), { timeout: 10_000 }).toBe(200);
  wire.cut('reset');
  await expect.poll(() => status('/readyz'), { timeout: 10_000 }).toBe(200);
  await app.stop();
});
