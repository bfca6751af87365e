// The second factor, over HTTP: an authenticator app, codes for the day it is lost, and who takes it away.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, ms, SECOND } from '@schalter/shared/kernel/time.ts';
import type { ProofAction } from '@schalter/shared/platform/proof.ts';
import { Api, cookiesOf } from './api.ts';
import { movableClock } from './clock.ts';
import { openTestHouse, PASSWORD, PIN, proved, signedIn, type TestHouse } from './house.ts';
import { DEVICE_SETTINGS } from './samples.ts';

const clock = movableClock();
const FACTOR = '/api/v1/auth/second-factor';
let house: TestHouse;
let api: Api;
beforeAll(async () => {
  house = await openTestHouse({ clock });
  api = new Api(house.url);
});
afterAll(() => house.close());

interface Person {
  readonly personId: string;
  readonly session: string;
  readonly email: string;
}
/** Somebody new, who can sign in with the password of everybody. */
async function newcomer(role: 'clerk' | 'manager' = 'clerk'): Promise<Person> {
  const person = await signedIn(house, role);
  const { credentials } = house.app.parts;
  const stored = await credentials.credentials(house.organisationId, house.people.clerk);
  await credentials.setCredentials(house.organisationId, person.personId, {
    passwordHash: stored?.passwordHash ?? '',
    pinHash: stored?.pinHash ?? '',
  });
  return { ...person, email: `${person.personId}@haus.example` };
}
const may = (person: Person, action: ProofAction, target = '') =>
  proved(house, person.session, action, target);

const codeOf = (secret: string, offsetS = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({
    timestamp: ms(clock.now()) + offsetS * SECOND,
  });

/** A second factor that is on; the step of its first code is used up. */
async function enrolled(role?: 'clerk' | 'manager') {
  const person = await newcomer(role);
  await may(person, 'secondFactor.set');
  const { body } = await api.post<{ secret: string; uri: string }>(FACTOR, {}, person);
  const confirmed = await api.post<{ recoveryCodes: string[] }>(
    `${FACTOR}/confirm`,
    { code: codeOf(body.secret) },
    person,
  );
  expect(confirmed.status).toBe(200);
  clock.advance(31 * SECOND);
  return { ...person, secret: body.secret, uri: body.uri, recoveryCodes: confirmed.body.recoveryCodes };
}
const login = ({ email }: Person) => api.post('/api/v1/auth/login', { email, password: PASSWORD });
/** The password is right; what the browser then carries. */
async function atTheStep(person: Person): Promise<{ cookie: string }> {
  const reply = await login(person);
  expect(reply.body.code).toBe('secondFactorRequired');
  return { cookie: cookiesOf(reply.headers) };
}
const verify = (as: { cookie: string }, code: string) => api.post(`${FACTOR}/verify`, { code }, as);
const events = async (name: string, personId: string) => {
  const admin = await signedIn(house, 'admin');
  const { body } = await api.get<{
    items: { subjects: { id: string }[]; actor: { id: string }; event: { what: string } }[];
  }>(`/api/v1/organisation/audit?report=security&event=${name}`, admin);
  return body.items.filter(({ subjects, actor }) => [...subjects, actor].some(({ id }) => id === personId));
};

describe('[SI23] [ID-06] an authenticator app', () => {
  it('is set up with a secret that a QR code holds, and counts from its first code on', async () => {
    const person = await newcomer();
    expect((await api.post(FACTOR, {}, person)).body.code).toBe('proofRequired');
    await may(person, 'secondFactor.set');
    const { body } = await api.post<{ secret: string; uri: string }>(FACTOR, {}, person);
    expect(body.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(body.uri).toBe(
      `otpauth://totp/Schalter:${encodeURIComponent(person.email)}?issuer=Schalter&secret=${body.secret}&algorithm=SHA1&digits=6&period=30`,
    );
    // Not before: whoever lost the page in between still gets in.
    expect((await login(person)).status).toBe(200);
    const confirm = (code: string) => api.post(`${FACTOR}/confirm`, { code }, person);
    expect((await confirm('000000')).body.code).toBe('wrongCode');
    expect((await confirm(codeOf(body.secret))).status).toBe(200);
    const state = await api.get(FACTOR, person);
    expect(state.body).toMatchObject({ recoveryCodesLeft: 10 });
    await may(person, 'secondFactor.set');
    expect((await api.post(FACTOR, {}, person)).body.code).toBe('secondFactorOn');
    expect(await events('factorAdded', person.personId)).toMatchObject([{ event: { what: 'totp' } }]);
  });

  it('is at rest as a sealed secret', async () => {
    const { personId, secret } = await enrolled();
    const sql = postgres(house.databaseUrl, { max: 1 });
    const [row] = await sql<{ sealed: string; all: string }[]>`
      select totp_secret as sealed, row_to_json(c)::text as all from credentials c where person_id = ${personId}`;
    await sql.end();
    expect(row?.sealed).toMatch(/^v1\./);
    expect(row?.all).not.toContain(secret);
  });
});

describe('[SI24] [V6.3.3] signing in', () => {
  it('takes the password and the code; what the password alone opens is nothing', async () => {
    const person = await enrolled();
    const reply = await login(person);
    expect(reply.status).toBe(401);
    const set = reply.headers.getSetCookie();
    expect(set.map((cookie) => cookie.split('=')[0])).toEqual(['schalter_step']);
    expect(set[0]).toMatch(/Path=\/api\/v1\/auth;.*HttpOnly; SameSite=Strict/);
    const step = { cookie: cookiesOf(reply.headers) };
    expect((await api.get('/api/v1/auth/profile', step)).status).toBe(401);
    const begun = await verify(step, codeOf(person.secret));
    expect(begun.status).toBe(200);
    expect((await api.get('/api/v1/auth/profile', { cookie: cookiesOf(begun.headers) })).status).toBe(200);
  });

  it('the step is of five minutes, of one browser, and of one use', async () => {
    const person = await enrolled();
    const late = await atTheStep(person);
    clock.advance(5 * MINUTE + SECOND);
    expect((await verify(late, codeOf(person.secret))).body.code).toBe('notSignedIn');
    expect((await verify({ cookie: 'schalter_step=abc' }, codeOf(person.secret))).status).toBe(401);
    const step = await atTheStep(person);
    expect((await verify(step, codeOf(person.secret))).status).toBe(200);
    clock.advance(31 * SECOND);
    expect((await verify(step, codeOf(person.secret))).body.code).toBe('notSignedIn');
  });

  it('[V6.5.1] a code is good once, also at the same instant, and for half a minute more or less', async () => {
    const person = await enrolled();
    const steps = await Promise.all([atTheStep(person), atTheStep(person), atTheStep(person)]);
    const code = codeOf(person.secret);
    const told = await Promise.all(steps.map((step) => verify(step, code)));
    expect(told.filter(({ status }) => status === 200)).toHaveLength(1);
    clock.advance(31 * SECOND);
    const step = await atTheStep(person);
    expect((await verify(step, codeOf(person.secret, 90))).body.code).toBe('wrongCode');
    expect((await verify(step, codeOf(person.secret, -90))).body.code).toBe('wrongCode');
    expect((await verify(step, codeOf(person.secret, 30))).status).toBe(200);
    // A later one was used, so the one of now is over as well.
    expect((await verify(await atTheStep(person), codeOf(person.secret))).body.code).toBe('wrongCode');
  });

  it('[ID-11] [V6.6.3] five wrong codes are enough, from however many browsers, and are told at the next sign-in', async () => {
    const person = await enrolled();
    for (let n = 0; n < 5; n++)
      expect((await verify(await atTheStep(person), '000000')).body.code).toBe('wrongCode');
    const step = await atTheStep(person);
    expect((await verify(step, codeOf(person.secret))).status).toBe(429);
    expect(await events('signInFailed', person.personId)).toMatchObject([{ event: { what: 'code' } }]);
    await house.app.parts.limits.reset('secondFactor', person.personId);
    const begun = await api.post<{ failedAttempts: number }>(
      `${FACTOR}/verify`,
      { code: codeOf(person.secret) },
      step,
    );
    expect(begun.body.failedAttempts).toBe(5);
  });

  it('by PIN on a paired station stays as it is: the station is what one has, the PIN what one knows', async () => {
    const { personId } = await enrolled();
    const { organisationId, locationId } = house;
    const deviceId = randomUUID();
    const station = { deviceId, kind: 'station', name: 'Tablet', settings: DEVICE_SETTINGS };
    await house.command(locationId, 'platform.registerDevice', station);
    const { credentials } = house.app.parts;
    const device = await credentials.issueDeviceToken({ organisationId, locationId, deviceId }, clock.now());
    const body = { personId, pin: PIN };
    expect((await api.send('POST', '/api/v1/auth/pin', { body, as: { device } })).status).toBe(200);
  });
});

describe('[SI25] [ID-06] recovery codes', () => {
  it('[V6.5.1] [V6.5.2] are ten, hashed with a salt of their own, and good once, however they are typed', async () => {
    const person = await enrolled();
    expect(new Set(person.recoveryCodes).size).toBe(10);
    for (const code of person.recoveryCodes)
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
    const sql = postgres(house.databaseUrl, { max: 1 });
    const rows = await sql<{ hash: string }[]>`
      select code_hash as hash from recovery_codes where person_id = ${person.personId}`;
    await sql.end();
    expect(rows).toHaveLength(10);
    for (const { hash } of rows) expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(new Set(rows.map(({ hash }) => hash.split('$')[4])).size).toBe(10);

    const [first = '', second = ''] = person.recoveryCodes;
    expect((await verify(await atTheStep(person), first.toLowerCase().replace('-', ' '))).status).toBe(200);
    expect((await verify(await atTheStep(person), first)).body.code).toBe('wrongCode');
    const steps = [await atTheStep(person), await atTheStep(person)];
    const told = await Promise.all(steps.map((step) => verify(step, second)));
    expect(told.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await api.get(FACTOR, person)).body).toMatchObject({ recoveryCodesLeft: 8 });
    expect(await events('recoveryCodeUsed', person.personId)).toHaveLength(2);
  });

  it('are replaced by new ones, with a fresh proof', async () => {
    const person = await enrolled();
    const renew = () => api.post<{ recoveryCodes: string[] }>(`${FACTOR}/recovery-codes`, {}, person);
    expect((await renew()).status).toBe(403);
    await may(person, 'secondFactor.set');
    const { recoveryCodes } = (await renew()).body;
    expect((await verify(await atTheStep(person), person.recoveryCodes[0] ?? '')).body.code).toBe(
      'wrongCode',
    );
    expect((await verify(await atTheStep(person), recoveryCodes[0] ?? '')).status).toBe(200);
    expect((await api.get(FACTOR, person)).body).toMatchObject({ recoveryCodesLeft: 9 });
  });
});

describe('[SI26] [ID-06] taking it away', () => {
  it('takes a fresh proof; then the password is enough again, and the old codes are worth nothing', async () => {
    const person = await enrolled();
    const remove = () => api.send('DELETE', FACTOR, { as: person });
    expect((await remove()).body.code).toBe('proofRequired');
    await may(person, 'secondFactor.remove');
    expect((await remove()).status).toBe(204);
    expect((await login(person)).status).toBe(200);
    expect((await api.get(FACTOR, person)).body).toMatchObject({ since: null, recoveryCodesLeft: 0 });
    expect(await events('factorRemoved', person.personId)).toMatchObject([{ event: { what: 'totp' } }]);
  });

  it('[V6.4.4] of somebody who has lost it: who may set that person, with a proof, and nobody else', async () => {
    const person = await enrolled();
    const path = `/api/v1/people/${person.personId}/second-factor`;
    const reset = (as: Person) => api.send('DELETE', path, { as });
    const [clerk, manager] = [await newcomer(), await newcomer('manager')];
    expect((await reset(clerk)).body.code).toBe('notPermitted');
    expect((await api.get(path, clerk)).body.code).toBe('notPermitted');
    expect((await reset(manager)).body.code).toBe('proofRequired');
    await may(manager, 'secondFactor.reset', person.personId);
    expect((await reset(manager)).status).toBe(204);
    expect((await api.get(path, manager)).body).toMatchObject({ since: null });
    expect((await login(person)).status).toBe(200);
    const [event] = await events('factorRemoved', person.personId);
    expect(event).toMatchObject({ actor: { id: manager.personId } });
    // Nobody takes it from somebody who may more.
    const admin = `/api/v1/people/${house.people.admin}/second-factor`;
    await may(manager, 'secondFactor.reset', house.people.admin);
    expect((await api.send('DELETE', admin, { as: manager })).body.code).toBe('notPermitted');
  });

  it('[GD-02] goes with the person who is erased', async () => {
    const { personId } = await enrolled();
    await house.app.parts.credentials.forget(house.organisationId, personId);
    const who = { organisationId: house.organisationId, personId };
    expect(await house.app.parts.factors.totp(who)).toBeNull();
    expect(await house.app.parts.factors.recoveryCodes(who)).toEqual([]);
  });
});

describe('[SI29] [ID-06] [V6.3.3] a house that asks two factors of whoever sets up', () => {
  const policy = (secondFactorRequired: boolean) =>
    house.command(house.organisationId, 'platform.setSignInPolicy', { secondFactorRequired });
  const maySetUp = async (cookie: string) => {
    const people = await api.get(`/api/v1/people/${house.people.clerk}/sessions`, { cookie });
    const own = await api.get<{ needsSecondFactor: boolean; rights: { permission: string }[] }>(
      '/api/v1/auth/profile',
      { cookie },
    );
    const rights = own.body.rights.map(({ permission }) => permission);
    expect(rights).toContain('counter.serve');
    expect(rights.includes('people.set')).toBe(people.status === 200);
    expect(own.body.needsSecondFactor).toBe(people.status !== 200);
    return people.status === 200;
  };

  it('lets the rights rest until a code or a passkey has come, and nothing else', async () => {
    const manager = await newcomer('manager');
    const begun = await login(manager);
    const cookie = cookiesOf(begun.headers);
    const token = /schalter_session=([^;]+)/.exec(cookie)?.[1] ?? '';
    expect(await maySetUp(cookie)).toBe(true);
    await policy(true);
    expect(await maySetUp(cookie)).toBe(false);
    const name = { ...{ personId: manager.personId, name: 'Neu', role: 'clerk', language: 'de' } };
    const input = { ...name, email: manager.email, locationIds: [house.locationId], active: true };
    const set = await api.command(house.organisationId, 'platform.setPerson', input, { cookie }, clock.now());
    expect(set.body.code).toBe('notPermitted');
    // Which is how a second factor is set up: without any of those rights.
    const may = () => proved(house, token, 'secondFactor.set');
    await may();
    const { body } = await api.post<{ secret: string }>(FACTOR, {}, { cookie });
    const confirmed = await api.post(`${FACTOR}/confirm`, { code: codeOf(body.secret) }, { cookie });
    expect(confirmed.status).toBe(200);
    expect(await maySetUp(cookie)).toBe(true);
    clock.advance(31 * SECOND);
    const strong = await verify(await atTheStep(manager), codeOf(body.secret));
    expect(await maySetUp(cookiesOf(strong.headers))).toBe(true);
    await policy(false);
    const other = await newcomer('manager');
    expect(await maySetUp(cookiesOf((await login(other)).headers))).toBe(true);
  });

  it('is asked by an owner, with a fresh proof', async () => {
    const owner = await signedIn(house, 'admin');
    const set = (as: { readonly session: string }) =>
      api.command(
        house.organisationId,
        'platform.setSignInPolicy',
        { secondFactorRequired: false },
        as,
        clock.now(),
      );
    expect((await set(await newcomer('manager'))).body.code).toBe('notPermitted');
    expect((await set(owner)).body.code).toBe('proofRequired');
    await proved(house, owner.session, 'platform.setSignInPolicy');
    expect((await set(owner)).body.ok).toBe(true);
  });
});
