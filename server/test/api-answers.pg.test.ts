// Every answer that the API describes, asked for once; api.ts holds each against the description.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret, TOTP } from 'otpauth';
import type { ProofAction } from '@schalter/shared/platform/proof.ts';
import { newToken } from '../src/platform/secrets.ts';
import { setUpLink } from '../src/platform/setup-routes.ts';
import { Api, cookiesOf, described, seen, type Proof } from './api.ts';
import { Authenticator } from './authenticator.ts';
import { createTestDatabase } from './database.ts';
import { openTestHouse, PASSWORD, PIN, proved, signedIn, startServer, type TestHouse } from './house.ts';

let house: TestHouse;
let api: Api;
beforeAll(async () => {
  house = await openTestHouse();
  api = new Api(house.url);
});
afterAll(() => house.close());

describe('[API-06] every answer', () => {
  /** What only a broken, overfull or unreachable server says, or another test of this folder has seen. */
  const ELSEWHERE = /^\w+ \S+ (400|403|409|410|412|413|429|500|503)$/;
  /** A person whose organisation is gone; no command can take one away. */
  const UNREACHABLE = ['GET /api/v1/organisation 404'];

  it('of every address has been seen, and was as it is described', async () => {
    const manager = await signedIn(house, 'manager');
    const { locationId, people } = house;
    const credentials = `/api/v1/people/${people.clerk}/credentials`;
    const setting = (personId: string) => proved(house, manager.session, 'credentials.set', personId);
    await setting(people.clerk);
    await api.put(credentials, { pin: PIN }, manager);
    await setting(people.clerk);
    await api.put(credentials, { pin: '111111' }, manager);
    await api.put(credentials, {});
    const nobody = randomUUID();
    await setting(nobody);
    await api.put(`/api/v1/people/${nobody}/credentials`, { pin: PIN }, manager);
    const of = [{ action: 'audit.export', target: '' }];
    await api.post('/api/v1/auth/proofs', { password: PASSWORD, of });

    const login = await api.post('/api/v1/auth/login', { email: 'clerk@haus.example', password: PASSWORD });
    const clerk = { cookie: cookiesOf(login.headers) };
    await api.post('/api/v1/auth/login', { email: 'clerk@haus.example', password: 'wrong' });
    await api.put('/api/v1/auth/pin', { password: PASSWORD, pin: '736251' }, clerk);
    await api.put('/api/v1/auth/pin', { password: PASSWORD, pin: '000000' }, clerk);
    await api.put('/api/v1/auth/pin', { password: 'wrong', pin: PIN }, clerk);
    await api.post('/api/v1/auth/proofs', { password: PASSWORD, of }, clerk);
    await secondFactors(clerk, manager);
    await passkeysOf(clerk);
    await signInsOf(clerk, manager);
    await linksOf();

    const asked = await api.post<{ pairingId: string; code: string; secret: string }>('/api/v1/pairings', {
      kind: 'station',
    });
    const { pairingId, code, secret } = asked.body;
    const pairing = `/api/v1/pairings/${pairingId}`;
    await api.get(pairing);
    await api.get(pairing, { device: secret });
    await api.post('/api/v1/pairings/claim', { code });
    await api.post('/api/v1/pairings/claim', { code: 'CCCC-CCCC' }, manager);
    await api.post('/api/v1/pairings/claim', { code }, manager);
    await api.post(`${pairing}/approve`, { locationId, name: 'Tablet' });
    await api.post(`/api/v1/pairings/${randomUUID()}/approve`, { locationId, name: 'Tablet' }, manager);
    await api.post(`${pairing}/approve`, { locationId, name: 'Tablet' }, manager);
    const paired = await api.get<{ deviceId: string }>(pairing, { device: secret });
    const station = { cookie: cookiesOf(paired.headers), deviceId: paired.body.deviceId };
    await api.get('/api/v1/device', station);
    await api.get('/api/v1/device');
    await api.post('/api/v1/auth/pin', { personId: people.manager, pin: PIN }, station);
    await api.post('/api/v1/auth/pin', { personId: people.manager, pin: '000000' }, station);

    const link = newToken();
    const issued = await api.command(
      locationId,
      'queue.issueTicket',
      {
        serviceId: house.serviceIds[1],
        language: 'de',
        linkToken: link,
        contact: null,
        name: null,
        note: null,
      },
      manager,
    );
    expect(issued.status).toBe(200);
    await noticesOf(clerk, link);
    await api.command(locationId, 'queue.start', { stageId: randomUUID() }, manager);
    await api.command(locationId, 'queue.leave', {}, null);
    await api.command(
      locationId,
      'queue.issueTicket',
      {
        serviceId: house.serviceIds[1],
        language: 'de',
        linkToken: newToken(),
        contact: { phone: '1', consentWording: 'sms-1', consentLanguage: 'de' },
        name: null,
        note: null,
      },
      manager,
    );
    await api.command(
      locationId,
      'queue.issueTicket',
      {
        serviceId: house.serviceIds[1],
        language: 'de',
        linkToken: newToken(),
        contact: { phone: '1811', consentWording: 'sms-1', consentLanguage: 'de' },
        name: null,
        note: null,
      },
      manager,
    );
    await api.get('/api/v1/ticket', { ticket: link });
    await api.get('/api/v1/ticket', { ticket: newToken() });
    const ofTicket = `/api/v1/locations/${locationId}/tickets`;
    const { items } = (await api.get<{ items: { id: string }[] }>(ofTicket, manager)).body;
    for (const id of [items[0]?.id ?? '', randomUUID()]) {
      await proved(house, manager.session, 'person.export', id);
      await api.get(`${ofTicket}/${id}/personal-data`, manager);
      await api.get(`${ofTicket}/${id}/personal-data`);
    }
    await api.get('/api/v1/ticket/personal-data', { ticket: link });
    await api.get('/api/v1/ticket/personal-data', { ticket: newToken() });
    await api.get(`/api/v1/locations/${locationId}/devices`, manager);
    await api.get(`/api/v1/locations/${locationId}/devices`, clerk);
    await api.get(`/api/v1/locations/${locationId}/devices`);
    await api.get('/api/v1/join/zrh');
    await api.get('/api/v1/join/nowhere');
    for (const target of [locationId, '']) await proved(house, manager.session, 'audit.export', target);
    for (const stream of [`locations/${locationId}`, 'organisation']) {
      for (const path of ['audit', 'audit/export', 'audit/integrity', 'audit/1', 'audit/99999']) {
        await api.get(`/api/v1/${stream}/${path}`, manager);
        await api.get(`/api/v1/${stream}/${path}`);
      }
    }
    for (const path of ['locations', `locations/${locationId}/tickets`, 'organisation', 'auth/profile']) {
      await api.get(`/api/v1/${path}`, manager);
      await api.get(`/api/v1/${path}`);
    }
    await api.send('POST', '/api/v1/auth/logout', { as: clerk });
    await emptyAndDemo();

    const all = described.flatMap(({ method, path, answers }) =>
      [...answers.keys()].map((status) => `${method} ${path} ${status}`),
    );
    expect(
      all.filter((what) => !seen.has(what) && !ELSEWHERE.test(what) && !UNREACHABLE.includes(what)),
    ).toEqual([]);
  });

  async function secondFactors(clerk: { readonly cookie: string }, manager: { readonly session: string }) {
    const factor = '/api/v1/auth/second-factor';
    const may = async (action: ProofAction) => {
      const of = [{ action, target: '' }];
      await api.post('/api/v1/auth/proofs', { password: PASSWORD, of }, clerk);
    };
    const remove = (as: Proof | null) => api.send('DELETE', factor, { as });
    await may('secondFactor.set');
    await api.post(`${factor}/recovery-codes`, {}, clerk);
    await api.post(`${factor}/confirm`, { code: '000000' }, clerk);
    const { body } = await api.post<{ secret: string }>(factor, {}, clerk);
    const code = new TOTP({ secret: Secret.fromBase32(body.secret) }).generate();
    await api.post(`${factor}/confirm`, { code: '000000' }, clerk);
    const confirmed = await api.post<{ recoveryCodes: string[] }>(`${factor}/confirm`, { code }, clerk);
    await may('secondFactor.set');
    await api.post(factor, {}, clerk);
    await api.post(`${factor}/recovery-codes`, {}, null);
    await api.get(factor, clerk);
    const asked = await api.post('/api/v1/auth/login', { email: 'clerk@haus.example', password: PASSWORD });
    const step = { cookie: cookiesOf(asked.headers) };
    await api.post(`${factor}/verify`, { code: '000000' }, step);
    await api.post(`${factor}/verify`, { code: confirmed.body.recoveryCodes[0] }, step);
    await may('secondFactor.set');
    await api.post(`${factor}/recovery-codes`, {}, clerk);
    for (const id of [house.people.clerk, randomUUID()]) {
      const path = `/api/v1/people/${id}/second-factor`;
      await api.get(path, manager);
      await api.get(path);
      await proved(house, manager.session, 'secondFactor.reset', id);
      await api.send('DELETE', path, { as: manager });
      await api.send('DELETE', path);
    }
    await api.get(`/api/v1/people/${house.people.admin}/second-factor`, manager);
    await may('secondFactor.remove');
    await remove(clerk);
    await may('secondFactor.set');
    const again = await api.post<{ secret: string }>(factor, {}, clerk);
    const next = new TOTP({ secret: Secret.fromBase32(again.body.secret) }).generate();
    await api.post(`${factor}/confirm`, { code: next }, clerk);
    await remove(clerk);
    await remove(null);
    for (const path of [factor, `${factor}/confirm`]) await api.post(path, { code: '' }, null);
    await api.get(factor);
  }

  async function passkeysOf(clerk: { readonly cookie: string }): Promise<void> {
    const passkeys = '/api/v1/auth/passkeys';
    const may = async (action: ProofAction, target: string) => {
      const of = [{ action, target }];
      await api.post('/api/v1/auth/proofs', { password: PASSWORD, of }, clerk);
    };
    const origin = house.app.parts.publicUrl();
    const proving = '/api/v1/auth/proofs/options';
    await api.post(proving, {}, clerk);
    await may('passkey.add', '');
    const { body } = await api.post<{ challenge: string }>(`${passkeys}/options`, {}, clerk);
    const authenticator = new Authenticator();
    const made = { name: 'Telefon', answer: authenticator.register({ origin, ...body }) };
    const added = await api.post<{ id: string }>(passkeys, made, clerk);
    await api.post(passkeys, made, clerk);
    await api.get(passkeys, clerk);
    await api.post(proving, {}, clerk);
    const begun = await api.post<{ challenge: string }>(`${passkeys}/sign-in/options`, {});
    const as = { cookie: cookiesOf(begun.headers) };
    const answer = authenticator.assert({ origin, ...begun.body });
    await api.post(`${passkeys}/sign-in`, { answer }, as);
    await api.post(`${passkeys}/sign-in`, { answer }, as);
    for (let n = 0; n < 2; n++) {
      await may('passkey.remove', added.body.id);
      await api.send('DELETE', `${passkeys}/${added.body.id}`, { as: clerk });
    }
    await api.send('DELETE', `${passkeys}/${added.body.id}`);
    for (const path of [passkeys, `${passkeys}/options`, proving]) await api.post(path, {}, null);
    await api.get(passkeys);
  }

  async function signInsOf(clerk: { readonly cookie: string }, manager: Proof): Promise<void> {
    await api.put('/api/v1/auth/profile', { name: 'clerk', language: 'de' }, clerk);
    await api.put('/api/v1/auth/profile', {});
    await api.post('/api/v1/auth/refresh', {});
    await api.post('/api/v1/auth/refresh', {}, clerk);
    const change = (newPassword: string, as: Proof | null) =>
      api.post('/api/v1/auth/change-password', { password: PASSWORD, newPassword }, as);
    await change(PASSWORD, null);
    await change('kurz', clerk);
    await change(PASSWORD, clerk);
    const { body } = await api.get<{ items: { id: string }[] }>('/api/v1/auth/sessions', clerk);
    await api.get('/api/v1/auth/sessions');
    const other = await api.post('/api/v1/auth/login', { email: 'clerk@haus.example', password: PASSWORD });
    const second = { cookie: cookiesOf(other.headers) };
    const end = (id: string, as: Proof | null) => api.send('DELETE', `/api/v1/auth/sessions/${id}`, { as });
    await end(randomUUID(), null);
    await end(randomUUID(), second);
    const third = await signedIn(house, 'clerk');
    const theirs = await api.get<{ items: { id: string }[] }>('/api/v1/auth/sessions', third);
    await end(theirs.body.items[0]?.id ?? '', third);
    expect(body.items.length).toBeGreaterThan(0);
    const { personId } = await signedIn(house, 'clerk');
    for (const [id, as] of [
      [personId, manager],
      [randomUUID(), manager],
      [house.people.admin, manager],
      [personId, null],
    ] as const) {
      await api.get(`/api/v1/people/${id}/sessions`, as);
      await api.send('DELETE', `/api/v1/people/${id}/sessions`, { as });
    }
  }

  /** Browsers that are told, of a person and of a ticket. */
  async function noticesOf(person: Proof, ticket: string): Promise<void> {
    const endpoint = 'https://fcm.googleapis.com/fcm/send/x';
    const body = { endpoint, keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) } };
    await api.get('/api/v1/push');
    for (const as of [person, null]) {
      await api.send('PUT', '/api/v1/auth/push', { body, as });
      await api.send('POST', '/api/v1/auth/push/here', { body: { endpoint }, as });
      await api.send('DELETE', '/api/v1/auth/push', { body: { endpoint }, as });
    }
    for (const as of [{ ticket }, { ticket: newToken() }]) {
      await api.send('PUT', '/api/v1/ticket/push', { body, as });
      await api.send('DELETE', '/api/v1/ticket/push', { as });
    }
  }

  async function linksOf(): Promise<void> {
    const { clock, links } = house.app.parts;
    const admin = await signedIn(house, 'admin');
    const { personId } = await signedIn(house, 'clerk');
    const nobody = randomUUID();
    for (const [id, as] of [
      [personId, admin],
      [nobody, admin],
      [personId, null],
    ] as const) {
      const path = `/api/v1/people/${id}`;
      await proved(house, admin.session, 'person.invite', id);
      await api.post(`${path}/invitation`, {}, as);
      await api.get(`${path}/invitation`, as);
      await api.send('DELETE', `${path}/invitation`, { as });
    }
    const unsent = async (id: string) => {
      await proved(house, admin.session, 'mail.read', id);
      return (await api.get(`/api/v1/people/${id}/unsent-mail`, admin)).status;
    };
    expect(await unsent(nobody)).toBe(404);
    await proved(house, admin.session, 'person.invite', personId);
    await api.post(`/api/v1/people/${personId}/invitation`, {}, admin);
    await expect.poll(() => unsent(personId), { timeout: 15_000 }).toBe(200);
    await api.get(`/api/v1/people/${personId}/unsent-mail`);
    await api.get('/api/v1/organisation/mails', admin);
    await api.get('/api/v1/organisation/mails');
    await api.post('/api/v1/auth/forgot-password', { email: 'nobody@haus.example' });
    const owner = { organisationId: house.organisationId, personId, purpose: 'reset' } as const;
    const token = await links.make(owner, `${personId}@haus.example`, clock.now());
    await api.post('/api/v1/auth/link', { token });
    await api.post('/api/v1/auth/reset-password', { token, password: 'kurz' });
    await api.post('/api/v1/auth/reset-password', { token, password: 'Neun-Birken-Wald' });
  }

  /** What only an empty installation, and what only the demo answers. */
  async function emptyAndDemo(): Promise<void> {
    const database = await createTestDatabase();
    const app = await startServer(database.url, { environment: { DEMO: '1' } });
    const fresh = new Api(`http://127.0.0.1:${app.port}`);
    await fresh.post('/api/v1/demo/devices', { kind: 'kiosk', slot: 1 });
    const token = (await setUpLink(app.parts))?.split('#token=')[1] ?? '';
    const setUp = { token, organisation: 'Haus', name: 'Anna', email: 'a@haus.example', language: 'de' };
    await fresh.post('/api/v1/setup', { ...setUp, password: 'kurz' });
    const admin = await fresh.post<{ organisation: { id: string } }>('/api/v1/setup', {
      ...setUp,
      password: PASSWORD,
    });
    const input = await house.app.parts.engine.read(house.locationId, ({ live }) => {
      const {
        id: _i,
        organisationId: _o,
        locationId: _l,
        archivedAt: _a,
        smsMonth: _m,
        smsMonthSent: _s,
        ...row
      } = live.rows.locations.get(house.locationId) ?? ({} as never);
      return row;
    });
    const as = { cookie: cookiesOf(admin.headers) };
    expect(await fresh.command(randomUUID(), 'platform.openLocation', input, as)).toMatchObject({
      status: 200,
    });
    expect((await fresh.post('/api/v1/demo/devices', { kind: 'kiosk', slot: 1 })).status).toBe(200);
    await app.stop();
    await database.drop();
  }
});
