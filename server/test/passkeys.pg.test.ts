// Passkeys, over HTTP, with an authenticator that can be made to lie.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '@schalter/shared/kernel/time.ts';
import { Api, cookiesOf } from './api.ts';
import { Authenticator } from './authenticator.ts';
import { movableClock } from './clock.ts';
import { openTestHouse, proved, signedIn, type TestHouse } from './house.ts';

const clock = movableClock();
const PASSKEYS = '/api/v1/auth/passkeys';
let house: TestHouse;
let api: Api;
let origin: string;
beforeAll(async () => {
  house = await openTestHouse({ clock });
  api = new Api(house.url);
  origin = house.app.parts.publicUrl();
});
afterAll(() => house.close());

interface Options {
  readonly challenge: string;
  readonly rpId?: string;
  readonly rp?: { readonly id: string };
}
type Person = Awaited<ReturnType<typeof signedIn>>;

async function optionsToAdd(person: Person): Promise<Options> {
  await proved(house, person.session, 'passkey.add');
  return (await api.post<Options>(`${PASSKEYS}/options`, {}, person)).body;
}
const add = (person: Person, answer: object, name = 'Telefon') =>
  api.post<{ id: string; code?: string }>(PASSKEYS, { name, answer }, person);

/** Somebody with a passkey, and their authenticator. */
async function withPasskey() {
  const person = await signedIn(house, 'clerk');
  const authenticator = new Authenticator();
  const { challenge } = await optionsToAdd(person);
  const added = await add(person, authenticator.register({ origin, challenge }));
  expect(added.status).toBe(201);
  return { ...person, authenticator, passkeyId: added.body.id };
}
async function begin() {
  const reply = await api.post<Options>(`${PASSKEYS}/sign-in/options`, {});
  return { challenge: reply.body.challenge, as: { cookie: cookiesOf(reply.headers) } };
}
const signIn = (as: { cookie: string }, answer: object) => api.post(`${PASSKEYS}/sign-in`, { answer }, as);

describe('[SI27] [ID-06] a passkey', () => {
  it('is made with a fresh proof, has a name, is listed and removed with another', async () => {
    const person = await signedIn(house, 'clerk');
    expect((await api.post(`${PASSKEYS}/options`, {}, person)).body).toMatchObject({ code: 'proofRequired' });
    const options = await optionsToAdd(person);
    expect(options).toMatchObject({
      rp: { id: 'localhost' },
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const made = new Authenticator().register({ origin, challenge: options.challenge });
    const { id } = (await add(person, made, 'Schlüsselbund')).body;
    const list = async () => (await api.get<{ items: object[] }>(PASSKEYS, person)).body.items;
    expect(await list()).toMatchObject([{ id, name: 'Schlüsselbund', lastUsedAt: null }]);
    const remove = () => api.send('DELETE', `${PASSKEYS}/${id}`, { as: person });
    expect((await remove()).body).toMatchObject({ code: 'proofRequired' });
    await proved(house, person.session, 'passkey.remove', id);
    expect((await remove()).status).toBe(204);
    expect(await list()).toEqual([]);
    const admin = await signedIn(house, 'admin');
    for (const event of ['factorAdded', 'factorRemoved']) {
      const path = `/api/v1/organisation/audit?report=security&event=${event}`;
      const { body } = await api.get<{ items: { event: { what: string }; actor: { id: string } }[] }>(
        path,
        admin,
      );
      expect(body.items[0]).toMatchObject({ event: { what: 'passkey' }, actor: { id: person.personId } });
    }
  });

  it('is made in the session that asked, for this house, and of one challenge', async () => {
    const person = await signedIn(house, 'clerk');
    const { challenge } = await optionsToAdd(person);
    const made = (told: object = {}) => new Authenticator().register({ origin, challenge, ...told });
    expect((await add(await signedIn(house, 'clerk'), made())).body.code).toBe('passkeyWrong');
    for (const lie of [{ origin: 'https://schalter.example' }, { challenge: 'AAAA' }, { rpId: 'example' }])
      expect((await add(person, made(lie))).body.code, JSON.stringify(lie)).toBe('passkeyWrong');
    const { challenge: fresh } = await optionsToAdd(person);
    const unverified = made({ challenge: fresh, verified: false });
    expect((await add(person, unverified)).body.code).toBe('passkeyWrong');
    const { challenge: third } = await optionsToAdd(person);
    expect((await add(person, made({ challenge: third }))).status).toBe(201);
    expect((await add(person, made({ challenge: third }))).body.code).toBe('passkeyWrong');
  });
});

describe('[SI28] [V6.3.3] signing in with a passkey', () => {
  it('takes no name and no password, and is both factors at once', async () => {
    const { authenticator, personId } = await withPasskey();
    const { challenge, as } = await begin();
    const begun = await signIn(as, authenticator.assert({ origin, challenge }));
    expect(begun.status).toBe(200);
    expect(begun.body).toMatchObject({ person: { id: personId } });
    const cookie = cookiesOf(begun.headers);
    const { body } = await api.get<{ items: { method: string; current: boolean }[] }>(
      '/api/v1/auth/sessions',
      { cookie },
    );
    expect(body.items.find(({ current }) => current)).toMatchObject({ method: 'passkey' });
  });

  it('answers a challenge once, within five minutes, in the browser that asked', async () => {
    const { authenticator } = await withPasskey();
    const { challenge, as } = await begin();
    const answer = authenticator.assert({ origin, challenge });
    const other = await begin();
    expect((await signIn(other.as, answer)).body.code).toBe('passkeyWrong');
    expect((await signIn(as, answer)).status).toBe(200);
    expect((await signIn(as, authenticator.assert({ origin, challenge }))).body.code).toBe('passkeyWrong');
    const late = await begin();
    clock.advance(5 * MINUTE + SECOND);
    const tooLate = authenticator.assert({ origin, challenge: late.challenge });
    expect((await signIn(late.as, tooLate)).body.code).toBe('passkeyWrong');
  });

  it('is refused to a copy, to one that looks at nobody, to another house, and to one that was removed', async () => {
    const { authenticator, session, passkeyId } = await withPasskey();
    const attempt = async (told: object = {}) => {
      const { challenge, as } = await begin();
      return (await signIn(as, authenticator.assert({ origin, challenge, ...told }))).status;
    };
    expect(await attempt()).toBe(200);
    // Behind what was counted: there are two of it.
    authenticator.counter = 0;
    expect(await attempt()).toBe(401);
    authenticator.counter = 10;
    for (const lie of [{ verified: false }, { origin: 'https://schalter.example' }, { rpId: 'example' }])
      expect(await attempt(lie), JSON.stringify(lie)).toBe(401);
    expect(await attempt()).toBe(200);
    await proved(house, session, 'passkey.remove', passkeyId);
    expect((await api.send('DELETE', `${PASSKEYS}/${passkeyId}`, { as: { session } })).status).toBe(204);
    expect(await attempt()).toBe(401);
    const { challenge, as } = await begin();
    const stranger = new Authenticator().assert({ origin, challenge });
    expect((await signIn(as, stranger)).status).toBe(401);
  });

  it('[GD-02] ends with the person: switched off, or erased', async () => {
    const { authenticator, personId } = await withPasskey();
    await house.app.parts.credentials.forget(house.organisationId, personId);
    const { challenge, as } = await begin();
    expect((await signIn(as, authenticator.assert({ origin, challenge }))).status).toBe(401);
  });
});

describe('[SI22] a passkey proves as well', () => {
  it('for what it was asked, once, and of the person themselves', async () => {
    const { authenticator, session, personId } = await withPasskey();
    const of = [{ action: 'secondFactor.set', target: '' }];
    const options = async () =>
      (await api.post<Options>('/api/v1/auth/proofs/options', {}, { session })).body.challenge;
    const prove = (answer: object, as = session) =>
      api.post('/api/v1/auth/proofs', { answer, of }, { session: as });
    const answer = authenticator.assert({ origin, challenge: await options() });
    expect((await prove(answer)).status).toBe(204);
    expect((await prove(answer)).body.code).toBe('passkeyWrong');
    expect((await api.post('/api/v1/auth/second-factor', {}, { session })).status).toBe(200);
    // Somebody else's passkey proves nothing of this person.
    const other = await withPasskey();
    const theirs = other.authenticator.assert({ origin, challenge: await options() });
    expect((await prove(theirs)).body.code).toBe('passkeyWrong');
    expect(personId).not.toBe(other.personId);
    expect((await prove({ ...answer, id: randomUUID() })).body.code).toBe('passkeyWrong');
  });
});
