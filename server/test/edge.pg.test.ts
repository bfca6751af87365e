// The edge of the server over HTTP: what it says while the database is away, and what nobody may do too often.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '@schalter/shared/kernel/time.ts';
import { Api, cookiesOf, type Proof } from './api.ts';
import { movableClock } from './clock.ts';
import { cuttable } from './cuttable.ts';
import { createTestDatabase } from './database.ts';
import { openTestHouse, PASSWORD, startServer, type TestHouse } from './house.ts';
import { DEVICE_SETTINGS } from './samples.ts';

const clock = movableClock();
let house: TestHouse;
let api: Api;
beforeAll(async () => {
  house = await openTestHouse({ clock });
  api = new Api(house.url);
});
afterAll(() => house.close());

const login = (email: string, password = PASSWORD, as: Proof | null = null) =>
  api.post('/api/v1/auth/login', { email, password }, as);
const profile = (as: Proof) => api.get('/api/v1/auth/profile', as).then(({ status }) => status);

it('[O8] while the database is away it is "unavailable", worth another try; a mistake of ours is not', async () => {
  const database = await createTestDatabase();
  const wire = await cuttable(database.url);
  const app = await startServer(wire.url);
  const away = new Api(`http://127.0.0.1:${app.port}`);
  const ticket = { ticket: 'q3Zr8XvN0aLkM7TbYwC5Ue' };
  expect((await away.get('/api/v1/ticket', ticket)).status).toBe(404);
  await wire.close();
  for (const reply of [
    await away.get('/api/v1/ticket', ticket),
    await away.get('/api/v1/join/zrh'),
    await away.post('/api/v1/pairings', { kind: 'kiosk' }),
    await away.command(randomUUID(), 'queue.leave', {}, ticket),
  ]) {
    expect(reply).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(reply.headers.get('retry-after')).toBe('2');
  }
  await app.stop();
  await database.drop();
});

it('[O9] nothing of the API is kept on the way', async () => {
  for (const reply of [await api.get('/api/v1/join/zrh'), await api.get('/api/v1/auth/profile')])
    expect(reply.headers.get('cache-control')).toBe('no-store');
});

it('[O10] who signs in where somebody was signed in ends that session', async () => {
  const first = { cookie: cookiesOf((await login('manager@haus.example')).headers) };
  expect(await profile(first)).toBe(200);
  const second = { cookie: cookiesOf((await login('clerk@haus.example', PASSWORD, first)).headers) };
  expect([await profile(first), await profile(second)]).toEqual([401, 200]);
});

describe('[O7] [ID-11] tries', () => {
  it('of one address are a hundred in a quarter of an hour, whatever e-mails they name', async () => {
    const replies = await Promise.all(
      Array.from({ length: 110 }, (_, i) => login(`somebody${i}@haus.example`, 'guessed')),
    );
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused[0]?.body.code).toBe('rateLimited');
  });

  it('at one station are forty PINs in five minutes, whoever’s', async () => {
    const deviceId = randomUUID();
    const input = { deviceId, kind: 'station', name: 'Tablet', settings: DEVICE_SETTINGS };
    expect(await house.command(house.locationId, 'platform.registerDevice', input)).toMatchObject({
      ok: true,
    });
    const of = { organisationId: house.organisationId, locationId: house.locationId, deviceId };
    const token = await house.app.parts.credentials.issueDeviceToken(of, clock.now());
    const station = { deviceId, cookie: `schalter_device_${deviceId}=${token}` };
    const replies = await Promise.all(
      Array.from({ length: 45 }, () =>
        api.post('/api/v1/auth/pin', { personId: randomUUID(), pin: '294716' }, station),
      ),
    );
    expect(replies.filter(({ body }) => body.code === 'wrongPin')).toHaveLength(40);
    expect(replies.filter(({ body }) => body.code === 'rateLimited')).toHaveLength(5);
  });
});

describe('[RL-01] limits', () => {
  it('[O22] on tries are counted by all processes together: the sixth waits, wherever it comes', async () => {
    const second = await startServer(house.databaseUrl, { clock });
    const elsewhere = new Api(`http://127.0.0.1:${second.port}`);
    const sql = postgres(house.databaseUrl, { max: 1 });
    // What the tests before have used up of this address.
    await sql`delete from rate_limits`;
    const guess = (of: Api) =>
      of.post('/api/v1/auth/login', { email: 'both@haus.example', password: 'guessed' });
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, i) => guess(i % 2 === 0 ? api : elsewhere)),
    );
    const told = replies.map(({ status }) => status).sort();
    expect(told).toEqual([...Array<number>(5).fill(401), ...Array<number>(7).fill(429)]);
    for (const reply of replies.filter(({ status }) => status === 429)) {
      const after = Number(reply.headers.get('retry-after'));
      expect(after).toBeGreaterThan(0);
      expect(after).toBeLessThanOrEqual(2 * 900);
    }
    const kept = JSON.stringify(await sql`select * from rate_limits`);
    expect(kept).not.toContain('haus.example');
    expect(kept).not.toContain('127.0.0.1');
    await sql.end();
    await second.stop();
  });

  it('[O23] on requests are of a person, device or ticket and route; another route, and another person, go on', async () => {
    const narrow = await startServer(house.databaseUrl, { clock, environment: { LIMITS_SCALE: '0.1' } });
    const api = new Api(`http://127.0.0.1:${narrow.port}`);
    const [one, two] = [{ device: 'one' }, { device: 'two' }];
    const ask = (as: Proof, path = '/api/v1/pairings/none') => api.get(path, as);
    const replies = await Promise.all(Array.from({ length: 130 }, () => ask(one)));
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(10);
    expect(refused[0]?.body.code).toBe('rateLimited');
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(one, '/api/v1/join/nowhere')).status).toBe(404);
    expect((await ask(two)).status).toBe(404);
    await narrow.stop();
  });
});

it('[RL-04] [O24] a weakness has an address to be told at, where one is configured, and nothing where not', async () => {
  expect((await fetch(`${house.url}/.well-known/security.txt`)).status).toBe(404);
  const told = await startServer(house.databaseUrl, {
    environment: { SECURITY_CONTACT: 'security@haus.example', PUBLIC_URL: 'https://warten.haus.example' },
  });
  const answer = await fetch(`http://127.0.0.1:${told.port}/.well-known/security.txt`);
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  const fields = new Map(
    (await answer.text()).split('\n').map((line) => line.split(': ') as [string, string]),
  );
  expect(fields.get('Contact')).toBe('mailto:security@haus.example');
  expect(fields.get('Canonical')).toBe('https://warten.haus.example/.well-known/security.txt');
  const days = (Date.parse(fields.get('Expires') ?? '') - Date.now()) / (24 * HOUR);
  expect(days).toBeGreaterThan(30);
  expect(days).toBeLessThan(365);
  await told.stop();
});

it('[O11] codes that nobody typed and sessions that are over are cleared away', async () => {
  const { credentials, sessions } = house.app.parts;
  const sql = postgres(house.databaseUrl, { max: 1 });
  const count = async () =>
    (
      await sql`select (select count(*)::int from pairings) as pairings, (select count(*)::int from sessions) as sessions`
    )[0];
  await api.post('/api/v1/pairings', { kind: 'kiosk' });
  const who = { organisationId: house.organisationId, personId: house.people.admin, deviceId: null };
  await sessions.open(who, clock.now());
  const before = await count();
  await credentials.sweep(clock.now());
  expect(await count()).toEqual(before);
  clock.advance(80 * HOUR);
  const { access: session } = await sessions.open(who, clock.now());
  await credentials.sweep(clock.now());
  expect(await count()).toEqual({ pairings: 0, sessions: 1 });
  expect(await profile({ session })).toBe(200);
  await sql.end();
});
