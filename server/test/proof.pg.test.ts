// Fresh proofs: what asks for one, and what one is good for.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECOND } from '@schalter/shared/kernel/time.ts';
import type { Elevation } from '@schalter/shared/platform/proof.ts';
import { Api, cookiesOf, type Proof } from './api.ts';
import { movableClock } from './clock.ts';
import { openSocket, openTestHouse, PASSWORD, PIN, type TestHouse } from './house.ts';
import { DEVICE_SETTINGS } from './samples.ts';

const clock = movableClock();
let house: TestHouse;
let api: Api;
let admin: { readonly cookie: string };
beforeAll(async () => {
  house = await openTestHouse({ clock });
  api = new Api(house.url);
  admin = await login('admin');
});
afterAll(() => house.close());

async function login(name: string): Promise<{ cookie: string }> {
  const body = { email: `${name}@haus.example`, password: PASSWORD };
  return { cookie: cookiesOf((await api.post('/api/v1/auth/login', body)).headers) };
}
const prove = (as: Proof, of: Elevation | readonly Elevation[], password = PASSWORD) =>
  api.post('/api/v1/auth/proofs', { password, of: [of].flat() }, as);

const person = (personId: string, name = 'Neu') => ({
  ...{ personId, name, email: `${personId}@haus.example`, role: 'clerk', language: 'de', active: true },
  locationIds: [house.locationId],
});
const set = async (input: ReturnType<typeof person>, as: Proof = admin): Promise<string | undefined> => {
  const { body } = await api.command(house.organisationId, 'platform.setPerson', input, as, clock.now());
  return body.ok === true ? 'done' : body.code;
};
const setting = (personId: string): Elevation => ({ action: 'platform.setPerson', target: personId });

describe('[SI20] what matters asks for a fresh proof', () => {
  it('[V7.5.1] changing who somebody is, by HTTP and by socket: says which, happens with it, and once', async () => {
    const input = person(randomUUID());
    const asked = await api.command(house.organisationId, 'platform.setPerson', input, admin, clock.now());
    expect(asked.status).toBe(403);
    expect(asked.body).toMatchObject({ code: 'proofRequired', details: { ...setting(input.personId) } });
    expect((await prove(admin, setting(input.personId))).status).toBe(204);
    expect(await set(input)).toBe('done');
    expect(await set(input)).toBe('proofRequired');

    const token = admin.cookie.match(/schalter_session=([^;]+)/)?.[1] ?? '';
    const socket = openSocket(house.url, { token });
    const envelope = () => ({
      ...{ commandId: randomUUID(), streamId: house.organisationId, type: 'platform.setPerson', input },
      occurredAt: clock.now(),
    });
    const send = () => socket.timeout(5_000).emitWithAck('command', envelope());
    expect(await send()).toMatchObject({ ok: false, code: 'proofRequired' });
    await prove(admin, setting(input.personId));
    expect(await send()).toMatchObject({ ok: true });
    socket.disconnect();
  });

  it('[V7.5.1] setting somebody’s password, and reading what leaves the house', async () => {
    const path = `/api/v1/people/${house.people.clerk}/credentials`;
    expect((await api.put(path, { pin: PIN }, admin)).body).toMatchObject({
      code: 'proofRequired',
      details: { action: 'credentials.set', target: house.people.clerk },
    });
    await prove(admin, { action: 'credentials.set', target: house.people.clerk });
    expect((await api.put(path, { pin: PIN }, admin)).status).toBe(204);

    const audit = '/api/v1/organisation/audit/export';
    expect((await api.get(audit, admin)).body.code).toBe('proofRequired');
    await prove(admin, { action: 'audit.export', target: house.locationId });
    expect((await api.get(audit, admin)).body.code).toBe('proofRequired');
    await prove(admin, { action: 'audit.export', target: '' });
    expect((await api.get(audit, admin)).status).toBe(200);
  });

  it('the server itself is asked for none: what people no longer need is erased by night', async () => {
    const input = { visitIds: [], reservationIds: [], personIds: [], why: 'retention' };
    expect(await house.command(house.locationId, 'privacy.erase', input)).toMatchObject({ ok: true });
  });
});

describe('[SI21] a proof', () => {
  it('is good for a minute', async () => {
    const input = person(randomUUID());
    await prove(admin, setting(input.personId));
    clock.advance(61 * SECOND);
    expect(await set(input)).toBe('proofRequired');
    await prove(admin, setting(input.personId));
    clock.advance(59 * SECOND);
    expect(await set(input)).toBe('done');
  });

  it('is bound to the action, to whom it is done, and to the session', async () => {
    const input = person(randomUUID());
    await prove(admin, setting(randomUUID()));
    await prove(admin, { action: 'privacy.erasePerson', target: input.personId });
    expect(await set(input)).toBe('proofRequired');
    await prove(admin, setting(input.personId));
    const elsewhere = await login('admin');
    expect(await set(input, elsewhere)).toBe('proofRequired');
    expect(await set(input)).toBe('done');
  });

  it('is still good where the action was refused for another reason, and nothing was done', async () => {
    const input = person(randomUUID());
    await prove(admin, setting(input.personId));
    expect(await set({ ...input, email: 'clerk@haus.example' })).toBe('emailTaken');
    expect(await set(input)).toBe('done');
  });

  it('is used by one of many at the same moment', async () => {
    const input = person(randomUUID());
    await prove(admin, setting(input.personId));
    const told = await Promise.all(Array.from({ length: 8 }, () => set(input)));
    expect(told.filter((code) => code === 'done')).toHaveLength(1);
  });

  it('of several things that belong together is given at once', async () => {
    const input = person(randomUUID());
    await prove(admin, [setting(input.personId), { action: 'credentials.set', target: input.personId }]);
    expect(await set(input)).toBe('done');
    const path = `/api/v1/people/${input.personId}/credentials`;
    expect((await api.put(path, { pin: '736251' }, admin)).status).toBe(204);
  });
});

describe('[SI22] who proves', () => {
  it('types the password: a PIN proves nothing, and a session that began with one needs the password too', async () => {
    const { organisationId, locationId, people } = house;
    const deviceId = randomUUID();
    const station = { deviceId, kind: 'station', name: 'Tablet', settings: DEVICE_SETTINGS };
    await house.command(locationId, 'platform.registerDevice', station);
    const { credentials } = house.app.parts;
    const device = await credentials.issueDeviceToken({ organisationId, locationId, deviceId }, clock.now());
    const body = { personId: people.manager, pin: PIN };
    const begun = await api.send('POST', '/api/v1/auth/pin', { body, as: { device } });
    const cookie = `${cookiesOf(begun.headers)}; schalter_device_${deviceId}=${device}`;
    const manager = { cookie, deviceId };
    const input = person(randomUUID());
    expect(await set(input, manager)).toBe('proofRequired');
    expect((await prove(manager, setting(input.personId), PIN)).body.code).toBe('wrongPassword');
    expect((await prove(manager, setting(input.personId))).status).toBe(204);
    expect(await set(input, manager)).toBe('done');
  });

  it('[ID-11] has five tries, is told of them, and the audit has an entry', async () => {
    const clerk = await login('clerk');
    const of: Elevation = { action: 'platform.setPerson', target: randomUUID() };
    for (let n = 0; n < 5; n++) expect((await prove(clerk, of, 'falsch')).body.code).toBe('wrongPassword');
    const next = await prove(clerk, of);
    expect(next.status).toBe(429);
    expect(Number(next.headers.get('retry-after'))).toBeGreaterThan(0);
    const { body } = await api.get<{ items: { event: { what: string }; subjects: { id: string }[] }[] }>(
      '/api/v1/organisation/audit?report=security&event=proofFailed',
      admin,
    );
    const ofClerk = body.items.filter(({ subjects }) => subjects[0]?.id === house.people.clerk);
    expect(ofClerk).toMatchObject([{ event: { what: 'platform.setPerson' } }]);
  });
});
