// Sessions as families of tokens, over HTTP and sockets, and what people set of themselves.
import { hash as bcrypt } from '@node-rs/bcrypt';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '@schalter/shared/kernel/time.ts';
import { Api, cookiesOf, type Proof } from './api.ts';
import { movableClock } from './clock.ts';
import { hello, openSocket, openTestHouse, PASSWORD, signedIn, type TestHouse } from './house.ts';

const clock = movableClock();
let house: TestHouse;
let api: Api;
beforeAll(async () => {
  house = await openTestHouse({ clock });
  api = new Api(house.url);
});
afterAll(() => house.close());

interface Listed {
  readonly items: readonly { readonly id: string; readonly current: boolean; readonly userAgent: string }[];
}
const email = (personId: string) => `${personId}@haus.example`;
const login = (address: string, password = PASSWORD) =>
  api.post<{ failedAttempts?: number; code?: string }>('/api/v1/auth/login', { email: address, password });
const profile = (as: Proof) => api.get('/api/v1/auth/profile', as).then(({ status }) => status);
const refresh = (cookie: string) => api.send('POST', '/api/v1/auth/refresh', { as: { cookie } });

/** Somebody new with a password, signed in. */
async function newcomer(role: 'clerk' | 'manager' = 'clerk') {
  const { personId } = await signedIn(house, role);
  const stored = await house.app.parts.credentials.credentials(house.organisationId, house.people.clerk);
  await house.app.parts.credentials.setCredentials(house.organisationId, personId, {
    passwordHash: stored?.passwordHash ?? '',
  });
  await house.app.parts.sessions.endAll(house.organisationId, personId, clock.now());
  return { personId, email: email(personId) };
}
async function begun(role?: 'clerk' | 'manager') {
  const person = await newcomer(role);
  return { ...person, cookie: cookiesOf((await login(person.email)).headers) };
}

describe('[SI1] [ID-07] a session', () => {
  it('is used with tokens of fifteen minutes, and refreshed for fourteen hours and no longer', async () => {
    let { cookie } = await begun();
    expect(await profile({ cookie })).toBe(200);
    clock.advance(16 * MINUTE);
    expect(await profile({ cookie })).toBe(401);
    for (let hours = 1; hours < 15; hours++) {
      const reply = await refresh(cookie);
      expect(reply.status).toBe(204);
      cookie = cookiesOf(reply.headers);
      expect(await profile({ cookie })).toBe(200);
      clock.advance(HOUR);
    }
    expect((await refresh(cookie)).status).toBe(401);
  });

  it('sends its refresh token to no other address than those of signing in', async () => {
    const { email: address } = await newcomer();
    const set = (await login(address)).headers.getSetCookie();
    const refreshing = set.find((cookie) => cookie.startsWith('schalter_refresh=')) ?? '';
    expect(refreshing).toMatch(/Path=\/api\/v1\/auth;.*HttpOnly; SameSite=Strict/);
    expect(refreshing.split(';')[0]?.length).toBeGreaterThan(86);
  });

  it('[ID-04] is over with the sign-out, also when only the refresh token is left', async () => {
    const { cookie } = await begun();
    clock.advance(16 * MINUTE);
    const left = cookie.split('; ').filter((one) => one.startsWith('schalter_refresh='))[0] ?? '';
    expect((await api.send('POST', '/api/v1/auth/logout', { as: { cookie: left } })).status).toBe(204);
    expect((await refresh(cookie)).status).toBe(401);
  });
});

describe('[SI2] [ID-07] an old refresh token', () => {
  it('ends the session, for the thief and for the one it was stolen from', async () => {
    const { cookie } = await begun();
    const fresh = cookiesOf((await refresh(cookie)).headers);
    expect(await profile({ cookie: fresh })).toBe(200);
    clock.advance(11 * SECOND);
    expect((await refresh(cookie)).status).toBe(401);
    expect(await profile({ cookie: fresh })).toBe(401);
    expect((await refresh(fresh)).status).toBe(401);
  });

  it('is answered the same for two tabs at the same moment', async () => {
    const { cookie } = await begun();
    const both = await Promise.all([refresh(cookie), refresh(cookie), refresh(cookie)]);
    expect(new Set(both.map(({ headers }) => cookiesOf(headers))).size).toBe(1);
    const fresh = cookiesOf(both[0]?.headers ?? new Headers());
    expect(await profile({ cookie: fresh })).toBe(200);
    clock.advance(5 * SECOND);
    expect((await refresh(cookie)).status).toBe(204);
  });

  it('is answered the same where the answer was lost on the way, however late', async () => {
    const { cookie } = await begun();
    const lost = cookiesOf((await refresh(cookie)).headers);
    clock.advance(2 * HOUR);
    const again = await refresh(cookie);
    expect(again.status).toBe(204);
    expect(cookiesOf(again.headers)).toBe(lost);
    expect(await profile({ cookie: lost })).toBe(200);
    // Arrived and used: now the old one is a thief's.
    clock.advance(MINUTE);
    expect((await refresh(cookie)).status).toBe(401);
  });

  it('two steps old ends the session at once', async () => {
    const { cookie } = await begun();
    const second = cookiesOf((await refresh(cookie)).headers);
    const third = cookiesOf((await refresh(second)).headers);
    expect((await refresh(cookie)).status).toBe(401);
    expect(await profile({ cookie: third })).toBe(401);
  });
});

describe('[SI3] [ID-07] an open connection', () => {
  const joined = async (token: string) => {
    const socket = openSocket(house.url, { token });
    const answer = await hello(socket, { streamId: house.locationId });
    return { socket, answer };
  };

  it('stays as long as its session, and no new one is opened with a token that has run out', async () => {
    const { sessions } = house.app.parts;
    const { personId } = await newcomer();
    const who = { organisationId: house.organisationId, personId, deviceId: null };
    const { access, refresh: token } = await sessions.open(who, clock.now());
    const { socket, answer } = await joined(access);
    expect(answer).toMatchObject({ ok: true });
    let cut = false;
    socket.once('disconnect', () => (cut = true));
    clock.advance(HOUR);
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    expect(cut).toBe(false);
    const late = await joined(access);
    expect(late.answer).toMatchObject({ ok: false });
    late.socket.disconnect();
    // An end of the session is heard within five seconds.
    const from = performance.now();
    const gone = new Promise<number>((resolve) =>
      socket.once('disconnect', () => resolve(performance.now() - from)),
    );
    await sessions.endByToken(token, clock.now());
    expect(await gone).toBeLessThan(5_000);
  }, 20_000);
});

describe('[SI5] [ID-10] sessions', () => {
  it('are listed for their person, and ended one by one', async () => {
    const { cookie, email: address } = await begun();
    await login(address);
    const { body } = await api.get<Listed>('/api/v1/auth/sessions', { cookie });
    expect(body.items).toHaveLength(2);
    expect(body.items.filter(({ current }) => current)).toHaveLength(1);
    const other = body.items.find(({ current }) => !current)?.id ?? '';
    const end = (id: string) => api.send('DELETE', `/api/v1/auth/sessions/${id}`, { as: { cookie } });
    expect((await end(other)).status).toBe(204);
    expect((await end(other)).status).toBe(404);
    const stranger = await begun();
    const theirs = await api.get<Listed>('/api/v1/auth/sessions', { cookie: stranger.cookie });
    expect((await end(theirs.body.items[0]?.id ?? '')).status).toBe(404);
    expect(await profile({ cookie: stranger.cookie })).toBe(200);
  });

  it('of the people whom a manager may set are seen and ended by the manager; of nobody else', async () => {
    const { cookie, personId } = await begun();
    const manager = await signedIn(house, 'manager');
    const path = (id: string) => `/api/v1/people/${id}/sessions`;
    const seen = await api.get<Listed>(path(personId), manager);
    expect(seen.body.items).toHaveLength(1);
    for (const id of [house.people.admin, house.people.otherClerk]) {
      expect((await api.get(path(id), manager)).status).toBe(403);
      expect((await api.send('DELETE', path(id), { as: manager })).status).toBe(403);
    }
    expect((await api.send('DELETE', path(randomUUID()), { as: manager })).status).toBe(404);
    expect((await api.send('DELETE', path(personId), { as: manager })).status).toBe(204);
    expect(await profile({ cookie })).toBe(401);
    expect((await refresh(cookie)).status).toBe(401);
  });
});

describe('what people set of themselves', () => {
  it('[SI6] [ID-04] [API-07] a password changes for who knows the old one, and ends all other sessions', async () => {
    const { cookie, email: address } = await begun();
    const elsewhere = cookiesOf((await login(address)).headers);
    const change = (password: string, newPassword: string) =>
      api.post('/api/v1/auth/change-password', { password, newPassword }, { cookie });
    expect(await change('wrong', 'Neun-Nelken-Nest')).toMatchObject({ body: { code: 'wrongPassword' } });
    expect(await change(PASSWORD, 'kurz')).toMatchObject({ body: { code: 'passwordTooShort' } });
    // The house is called Haus, and whoever signs in here knows it. [SI13]
    for (const easy of ['Password123', 'haus-haus-haus', address]) {
      expect(await change(PASSWORD, easy)).toMatchObject({ status: 422, body: { code: 'passwordTooEasy' } });
    }
    expect((await change(PASSWORD, 'Neun-Nelken-Nest')).status).toBe(204);
    expect(await profile({ cookie })).toBe(200);
    expect(await profile({ cookie: elsewhere })).toBe(401);
    expect((await login(address)).status).toBe(401);
    expect((await login(address, 'Neun-Nelken-Nest')).status).toBe(200);
  });

  it('[SI7] [ID-04] name and language are one’s own to change, and nothing else', async () => {
    const { cookie, personId } = await begun();
    const put = (body: object) => api.put<{ person?: object }>('/api/v1/auth/profile', body, { cookie });
    const changed = await put({ name: 'Lea Keller', language: 'fr' });
    expect(changed.body.person).toMatchObject({
      id: personId,
      name: 'Lea Keller',
      language: 'fr',
      role: 'clerk',
    });
    expect((await put({ name: 'Lea', language: 'fr', role: 'admin' })).status).toBe(400);
    expect((await put({ name: '', language: 'fr' })).status).toBe(400);
  });

  it('[SI8] [ID-03] a bcrypt hash of cost 12 signs in and becomes argon2id; a weaker one does not', async () => {
    const { credentials } = house.app.parts;
    const { personId, email: address } = await newcomer();
    const set = async (cost: number) => {
      const passwordHash = await bcrypt(PASSWORD, { cost });
      await credentials.setCredentials(house.organisationId, personId, { passwordHash });
    };
    const kept = async () =>
      (await credentials.credentials(house.organisationId, personId))?.passwordHash ?? '';
    await set(10);
    expect((await login(address)).status).toBe(401);
    await set(12);
    expect((await login(address, 'wrong')).status).toBe(401);
    expect(await kept()).toMatch(/^\$2b\$12\$/);
    expect((await login(address)).status).toBe(200);
    expect(await kept()).toMatch(/^\$argon2id\$/);
    expect((await login(address)).status).toBe(200);
  });

  it('[SI9] [ID-11] wrong passwords since the last sign-in are counted, and told to the person', async () => {
    const { email: address } = await newcomer();
    for (let i = 0; i < 3; i++) expect((await login(address, 'wrong')).status).toBe(401);
    expect((await login(address)).body.failedAttempts).toBe(3);
    expect((await login(address)).body.failedAttempts).toBe(0);
  });

  it('[SI9] [ID-11] five wrong passwords in a quarter of an hour are enough, the right one included', async () => {
    const { email: address } = await newcomer();
    const statuses: number[] = [];
    for (let i = 0; i < 40; i++) statuses.push((await login(address, `wrong ${i}`)).status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.slice(5).every((status) => status === 429)).toBe(true);
    const right = await login(address);
    expect(right.status).toBe(429);
    // The window slides: the wait is over once enough of the five lie behind it.
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(120);
  });
});
