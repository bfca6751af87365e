// Who somebody is, over HTTP: PIN on a paired station, password anywhere, and the first link of a new house.
import { Writable } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECOND } from '@schalter/shared/kernel/time.ts';
import { setUpLink } from '../src/platform/setup-routes.ts';
import { Api, cookiesOf, type Proof } from './api.ts';
import { movableClock } from './clock.ts';
import { createTestDatabase } from './database.ts';
import { openTestHouse, PASSWORD, PIN, proved, signedIn, startServer, type TestHouse } from './house.ts';
import { DEVICE_SETTINGS } from './samples.ts';

const clock = movableClock();
const logged: string[] = [];
const log = pino(
  { level: 'trace' },
  new Writable({
    write(chunk, _encoding, done) {
      logged.push(String(chunk));
      done();
    },
  }),
);

let house: TestHouse;
let api: Api;
beforeAll(async () => {
  house = await openTestHouse({ clock, log });
  api = new Api(house.url);
});
afterAll(() => house.close());

async function device(kind: 'station' | 'kiosk', locationId = house.locationId) {
  const deviceId = randomUUID();
  const input = { deviceId, kind, name: kind, settings: DEVICE_SETTINGS };
  expect(await house.command(locationId, 'platform.registerDevice', input)).toMatchObject({ ok: true });
  const of = { organisationId: house.organisationId, locationId, deviceId };
  const token = await house.app.parts.credentials.issueDeviceToken(of, clock.now());
  return { deviceId, cookie: `schalter_device_${deviceId}=${token}` };
}
type Station = Awaited<ReturnType<typeof device>>;

interface Profile {
  readonly person?: { readonly id: string; readonly role: string };
  readonly code?: string;
  readonly details?: { readonly retryAfterS: number };
}
const byPin = (station: Station, personId: string, pin = PIN) =>
  api.post<Profile>('/api/v1/auth/pin', { personId, pin }, station);
/** The station with somebody signed in on it. */
const withSession = (station: Station, headers: Headers): Proof => ({
  ...station,
  cookie: `${station.cookie}; ${cookiesOf(headers)}`,
});
const setName = (as: Proof) =>
  api.command(
    house.organisationId,
    'platform.setPerson',
    {
      personId: house.people.clerk,
      name: 'clerk',
      email: 'clerk@haus.example',
      role: 'clerk',
      locationIds: [house.locationId],
      language: 'de',
      active: true,
    },
    as,
    clock.now(),
  );

describe('[ST-05] a shared station', () => {
  it('switches people by PIN, and what the next one may do counts at once', async () => {
    const station = await device('station');
    const from = Date.now();
    const clerk = await byPin(station, house.people.clerk);
    expect(clerk).toMatchObject({ status: 200, body: { person: { role: 'clerk' } } });
    expect(await setName(withSession(station, clerk.headers))).toMatchObject({ status: 403 });
    const manager = await byPin(station, house.people.manager);
    const of = [{ action: 'platform.setPerson', target: house.people.clerk }];
    const proof = { password: PASSWORD, of };
    await api.post('/api/v1/auth/proofs', proof, withSession(station, manager.headers));
    expect(await setName(withSession(station, manager.headers))).toMatchObject({ status: 200 });
    expect(Date.now() - from).toBeLessThan(5_000);
    const profile = await api.get<Profile>('/api/v1/auth/profile', withSession(station, manager.headers));
    expect(profile.body).toMatchObject({
      person: { role: 'manager' },
      device: { id: station.deviceId, locationId: house.locationId },
    });
  });

  it('names those who work there, and says who has a PIN', async () => {
    const { body } = await api.get<{ people?: { id: string; hasPin: boolean }[] }>(
      '/api/v1/device',
      await device('station'),
    );
    expect(body.people).toEqual(
      expect.arrayContaining([{ id: house.people.clerk, name: 'clerk', hasPin: true }]),
    );
    expect(body.people?.map(({ id }) => id)).not.toContain(house.people.otherClerk);
    const kiosk = await api.get<{ people?: unknown }>('/api/v1/device', await device('kiosk'));
    expect(kiosk.body).not.toHaveProperty('people');
  });

  it('keeps a PIN’s session to itself: elsewhere it is worth nothing, and it ends with the station', async () => {
    const [station, other] = [await device('station'), await device('station')];
    const { headers } = await byPin(station, house.people.clerk);
    const session = cookiesOf(headers);
    const profile = (as: Proof) => api.get('/api/v1/auth/profile', as).then(({ status }) => status);
    expect(await profile(withSession(station, headers))).toBe(200);
    expect(await profile({ cookie: session })).toBe(401);
    expect(await profile({ session: session.split('=')[1] ?? '' })).toBe(401);
    expect(await profile({ ...other, cookie: `${other.cookie}; ${session}` })).toBe(401);
    await house.command(house.locationId, 'platform.revokeDevice', { deviceId: station.deviceId });
    expect(await profile(withSession(station, headers))).toBe(401);
  });

  it('takes no PIN of somebody who works elsewhere, and none at all on a kiosk or without a device', async () => {
    const station = await device('station');
    expect(await byPin(station, house.people.otherClerk)).toMatchObject({
      status: 401,
      body: { code: 'wrongPin' },
    });
    expect((await byPin(await device('kiosk'), house.people.clerk)).status).toBe(403);
    expect((await api.post('/api/v1/auth/pin', { personId: house.people.clerk, pin: PIN })).status).toBe(403);
  });
});

describe('[ID-11] wrong PINs', () => {
  const newcomer = async () => {
    const { personId } = await signedIn(house, 'clerk');
    const { pinHash } = (await house.app.parts.credentials.credentials(
      house.organisationId,
      house.people.clerk,
    )) ?? { pinHash: null };
    await house.app.parts.credentials.setCredentials(house.organisationId, personId, {
      pinHash: pinHash ?? '',
    });
    return personId;
  };

  it('lock a person out from the fifth on, and each further one for twice as long', async () => {
    const [station, personId] = [await device('station'), await newcomer()];
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await byPin(station, personId, '000000')).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401]);
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      // Locked, even the right one is not looked at.
      const locked = await byPin(station, personId);
      expect(locked).toMatchObject({ status: 429, body: { code: 'pinLocked' } });
      const waitS = locked.body.details?.retryAfterS ?? 0;
      expect(locked.headers.get('retry-after')).toBe(String(waitS));
      waits.push(waitS);
      clock.advance(waitS * SECOND);
      expect((await byPin(station, personId, '000000')).status).toBe(401);
    }
    const seconds = [30, 60, 120, 240];
    for (const [i, waitS] of waits.entries()) {
      expect(waitS).toBeLessThanOrEqual(seconds[i] ?? 0);
      expect(waitS).toBeGreaterThan((seconds[i] ?? 0) - 5);
    }
    clock.advance(480 * SECOND);
    expect((await byPin(station, personId)).status).toBe(200);
    // The right one in time, and the count begins anew.
    expect((await byPin(station, personId, '000000')).status).toBe(401);
    expect((await byPin(station, personId)).status).toBe(200);
  });

  it('typed thirty at once are five tries, not thirty', async () => {
    const [station, personId] = [await device('station'), await newcomer()];
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, i) => byPin(station, personId, String(100_000 + i))),
    );
    expect(replies.filter(({ body }) => body.code === 'wrongPin')).toHaveLength(5);
    expect(replies.filter(({ body }) => body.code === 'pinLocked')).toHaveLength(25);
  });
});

describe('sign-in', () => {
  const login = (email: string, password = PASSWORD) =>
    api.post<Profile>('/api/v1/auth/login', { email, password });

  it('[TN-05] asks for e-mail and password alone, and opens the one organisation', async () => {
    const reply = await login(' Admin@HAUS.example ');
    expect(reply.body).toMatchObject({
      person: { role: 'owner' },
      organisation: { id: house.organisationId, name: 'Haus' },
    });
  });

  it('[ID-02] is for active people alone', async () => {
    const { personId } = await signedIn(house, 'clerk');
    const email = `${personId}@haus.example`;
    await house.app.parts.credentials.setCredentials(house.organisationId, personId, {
      passwordHash: (await credentialsOf(house.people.clerk)).passwordHash ?? '',
    });
    expect((await login(email)).status).toBe(200);
    const person = {
      personId,
      name: 'x',
      email,
      role: 'clerk',
      locationIds: [house.locationId],
      language: 'de',
    };
    await house.command(house.organisationId, 'platform.setPerson', { ...person, active: false });
    expect(await login(email)).toMatchObject({ status: 401, body: { code: 'wrongPassword' } });
  });

  it('ends with the sign-out, by cookie and by token', async () => {
    const profile = (as: Proof) => api.get('/api/v1/auth/profile', as).then(({ status }) => status);
    const cookie = { cookie: cookiesOf((await login('manager@haus.example')).headers) };
    const { session } = await signedIn(house, 'clerk');
    for (const as of [cookie, { session }]) {
      expect(await profile(as)).toBe(200);
      expect((await api.send('POST', '/api/v1/auth/logout', { as })).status).toBe(204);
      expect(await profile(as)).toBe(401);
    }
  });

  it('[P3] a manager sets the PINs of the own locations’ people, never of an admin or of another place', async () => {
    const manager = await signedIn(house, 'manager');
    const set = async (personId: string, as: { readonly session: string }, credentials: object) => {
      await proved(house, as.session, 'credentials.set', personId);
      return api.put(`/api/v1/people/${personId}/credentials`, credentials, as);
    };
    const pin = { pin: '294716' };
    const { personId } = await signedIn(house, 'clerk');
    expect((await set(personId, manager, pin)).status).toBe(204);
    expect((await set(house.people.otherClerk, manager, pin)).status).toBe(403);
    expect((await set(house.people.admin, manager, pin)).status).toBe(403);
    expect((await set(personId, await signedIn(house, 'clerk'), pin)).status).toBe(403);
    expect((await set(randomUUID(), manager, pin)).status).toBe(404);
    for (const [credentials, code] of [
      [{ pin: '123456' }, 'pinTooSimple'],
      [{ pin: '1234' }, 'pinTooSimple'],
    ] as const) {
      expect(await set(personId, manager, credentials)).toMatchObject({ status: 422, body: { code } });
    }
  });

  const credentialsOf = async (personId: string) => {
    const stored = await house.app.parts.credentials.credentials(house.organisationId, personId);
    expect(stored).not.toBeNull();
    return stored ?? { passwordHash: null, pinHash: null };
  };

  it('[ID-03] passwords and PINs are kept as argon2id with its cost, and are in no log', async () => {
    const { passwordHash, pinHash } = await credentialsOf(house.people.admin);
    // OWASP's minimum for argon2id: 19 MiB, two passes.
    for (const hash of [passwordHash, pinHash]) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const own = await signedIn(house, 'manager');
    await proved(house, own.session, 'credentials.set', house.people.clerk);
    await api.put(`/api/v1/people/${house.people.clerk}/credentials`, { pin: PIN }, own);
    expect((await login('clerk@haus.example')).status).toBe(200);
    await login('clerk@haus.example', `${PASSWORD}-falsch`);
    log.info('to see that the log is heard');
    expect(logged.join()).toContain('to see that the log is heard');
    expect(logged.filter((line) => line.includes(PASSWORD) || line.includes(PIN))).toEqual([]);
    const sql = postgres(house.databaseUrl, { max: 1 });
    const [row] = await sql<{ all: string }[]>`
      select (select jsonb_agg(c) from credentials c)::text || (select json_agg(j) from journal j)::text as all`;
    await sql.end();
    expect(row?.all).not.toContain(PASSWORD);
    expect(row?.all).not.toContain(PIN);
  });
});

describe('the first link of an empty installation', () => {
  const admin = { organisation: 'Haus', name: 'Anna', email: 'anna@haus.example', language: 'de' };

  it('makes one organisation and one admin, once, whoever follows it at the same instant', async () => {
    const database = await createTestDatabase();
    const app = await startServer(database.url);
    const first = new Api(`http://127.0.0.1:${app.port}`);
    const setUp = (token: string, password = PASSWORD) =>
      first.post<Profile>('/api/v1/setup', { token, password, ...admin });
    const link = (await setUpLink(app.parts)) ?? '';
    const token = link.split('#token=')[1] ?? '';
    expect(token.length).toBeGreaterThanOrEqual(43);
    expect((await setUp('guessed')).status).toBe(403);
    // A password that is too short costs nothing: the link still works.
    expect(await setUp(token, 'kurz')).toMatchObject({ status: 422, body: { code: 'passwordTooShort' } });
    const both = await Promise.all([setUp(token), setUp(token)]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 403]);
    expect(both.find(({ status }) => status === 201)?.body).toMatchObject({ person: { role: 'owner' } });
    expect(await app.parts.queries.organisationIds()).toHaveLength(1);
    expect((await setUp(token)).status).toBe(403);
    // There is an organisation now: no start of the server offers a link again.
    expect(await setUpLink(app.parts)).toBeNull();
    await app.stop();
    await database.drop();
  });

  it('is replaced by the next start, and the demo’s own doors are shut', async () => {
    const database = await createTestDatabase();
    const app = await startServer(database.url);
    const tokenOf = async () => (await setUpLink(app.parts))?.split('#token=')[1] ?? '';
    const [old, fresh] = [await tokenOf(), await tokenOf()];
    const first = new Api(`http://127.0.0.1:${app.port}`);
    const setUp = (token: string) => first.post('/api/v1/setup', { token, password: PASSWORD, ...admin });
    expect((await setUp(old)).status).toBe(403);
    expect((await first.post('/api/v1/demo/devices', { kind: 'kiosk', slot: 1 })).status).toBe(404);
    expect((await setUp(fresh)).status).toBe(201);
    await app.stop();
    await database.drop();
  });
});
