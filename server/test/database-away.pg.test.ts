// The database restarts, or the network to it is cut, in the middle of the morning.
import { randomBytes, randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { services as demoServices } from '@schalter/drizzle/seed/station.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { systemClock } from '../src/adapters/clock.ts';
import { hello, openSocket, openTestHouse, signedIn, type TestHouse, type TestSocket } from './house.ts';

const ROUNDS = 6;
const COMMANDS = 40;

let house: TestHouse;
let admin: postgres.Sql;
let socket: TestSocket | null = null;
beforeAll(async () => {
  house = await openTestHouse();
  const url = new URL(house.databaseUrl);
  url.pathname = '/postgres';
  admin = postgres(url.href, { max: 1 });
});
afterAll(async () => {
  socket?.disconnect();
  await admin.end();
  await house.close();
});

/** Cuts every connection to the house's database, whatever it is doing. */
const cut = () => admin`
  select pg_terminate_backend(pid) from pg_stat_activity
  where datname = ${new URL(house.databaseUrl).pathname.slice(1)}`;

const ticket = () => ({
  commandId: randomUUID(),
  streamId: house.locationId,
  type: 'queue.issueTicket',
  input: {
    serviceId: house.serviceIds[1],
    language: 'de',
    linkToken: randomBytes(16).toString('base64url'),
    contact: null,
    name: null,
    note: null,
  },
  occurredAt: systemClock.now(),
});
const send = (envelope: ReturnType<typeof ticket>): Promise<Answer> =>
  house.app.parts.engine.execute({ envelope, actor: { kind: 'system' } });

it('[E3] [E19] fails what is under way, and nothing else: sent again, every command has taken effect once', async () => {
  const [, { service } = { service: {} }] = demoServices;
  const unlimited = { serviceId: house.serviceIds[1], service: { ...service, maxWaiting: null } };
  expect(await house.command(house.locationId, 'directory.setService', unlimited)).toMatchObject({
    ok: true,
  });
  const { session } = await signedIn(house, 'clerk');
  socket = openSocket(house.url, { token: session });
  const seqs: number[] = [];
  socket.on('entries', ({ entries }) => seqs.push(...entries.map(({ seq }) => seq)));
  expect(await hello(socket, { streamId: house.locationId, audience: 'staff' })).toMatchObject({ ok: true });

  const all: ReturnType<typeof ticket>[] = [];
  let failed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const envelopes = Array.from({ length: COMMANDS }, ticket);
    all.push(...envelopes);
    const sent = envelopes.map(async (envelope, i) => {
      // Over some milliseconds, so that the cut meets every step of the write path.
      await new Promise((resolve) => setTimeout(resolve, (i % 10) + round));
      return send(envelope);
    });
    await new Promise((resolve) => setTimeout(resolve, round * 2));
    await cut();
    for (const answer of await Promise.all(sent)) {
      if (!answer.ok) expect(answer.code).toBe('unavailable');
      if (!answer.ok) failed += 1;
    }
  }
  expect(failed).toBeGreaterThan(0);

  // The database is back at once; so is the house.
  await expect.poll(async () => (await send(ticket())).ok, { timeout: 10_000 }).toBe(true);
  const numbers: number[] = [];
  for (const envelope of all) {
    const answer = await send(envelope);
    expect(answer).toMatchObject({ ok: true });
    if (answer.ok) numbers.push((answer.result as { number: number }).number);
  }
  const sql = postgres(house.databaseUrl, { max: 1 });
  const [row] = await sql`
    select count(*)::int as visits, max(number)::int as last,
      (select seq::int from streams where id = ${house.locationId}) as head,
      (select count(*)::int from journal where stream_id = ${house.locationId}) as entries
    from visits where series = 'M'`;
  await sql.end();
  expect(new Set(numbers).size).toBe(all.length);
  expect(row?.['last']).toBe(row?.['visits']);
  expect(row?.['entries']).toBe(row?.['head']);
  // And whoever listened has missed nothing.
  await expect.poll(() => seqs.at(-1), { timeout: 8_000 }).toBe(row?.['head']);
  expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
});
