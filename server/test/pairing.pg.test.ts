// How a screen comes into the house, over HTTP: a code on the new device, typed by somebody who may.
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '@schalter/shared/kernel/time.ts';
import { Api, cookiesOf, type Proof } from './api.ts';
import { movableClock } from './clock.ts';
import { openTestHouse, signedIn, type TestHouse } from './house.ts';

interface Requested {
  readonly pairingId: string;
  readonly code: string;
  readonly secret: string;
}

const clock = movableClock();
let house: TestHouse;
let api: Api;
beforeAll(async () => {
  house = await openTestHouse({ clock });
  api = new Api(house.url);
});
afterAll(() => house.close());

const request = async (kind: 'kiosk' | 'display' | 'station' = 'kiosk'): Promise<Requested> => {
  const reply = await api.post<Requested>('/api/v1/pairings', { kind });
  expect(reply.status).toBe(201);
  return reply.body;
};
const claim = (code: string, as: Proof) => api.post('/api/v1/pairings/claim', { code }, as);
const approve = (pairingId: string, as: Proof, locationId = house.locationId, name = 'Kiosk Eingang') =>
  api.post<{ deviceId?: string; code?: string }>(
    `/api/v1/pairings/${pairingId}/approve`,
    { locationId, name },
    as,
  );
const collect = ({ pairingId, secret }: Requested) =>
  api.get<{ state?: string; code?: string; deviceId?: string }>(`/api/v1/pairings/${pairingId}`, {
    device: secret,
  });

describe('[RT-06] pairing', () => {
  it('takes a device in: a code typed in any form, a name, and a cookie that is handed out once', async () => {
    const manager = await signedIn(house, 'manager');
    const asked = await request('kiosk');
    expect(asked.code).toMatch(/^[CDFGHJKMNPQRTVWXYZ234679]{4}-[CDFGHJKMNPQRTVWXYZ234679]{4}$/);
    expect((await collect(asked)).body).toEqual({ state: 'waiting' });
    const typed = ` ${asked.code.toLowerCase().replace('-', ' ')} `;
    expect(await claim(typed, manager)).toMatchObject({ status: 200, body: { kind: 'kiosk' } });
    const approved = await approve(asked.pairingId, manager);
    expect(approved.status).toBe(201);

    const first = await collect(asked);
    expect(first.body).toEqual({
      state: 'approved',
      deviceId: approved.body.deviceId,
      locationId: house.locationId,
    });
    const own = { cookie: cookiesOf(first.headers), deviceId: approved.body.deviceId ?? '' };
    expect(first.headers.getSetCookie().join()).toMatch(/HttpOnly; SameSite=Strict/);
    expect(await api.get('/api/v1/device', own)).toMatchObject({
      status: 200,
      body: { device: { name: 'Kiosk Eingang', kind: 'kiosk' }, location: { code: 'zrh' } },
    });
    // Whoever asks a second time, with the right secret, gets no second token.
    const second = await collect(asked);
    expect(second).toMatchObject({ status: 410, body: { code: 'pairingCodeExpired' } });
    expect(second.headers.getSetCookie()).toEqual([]);
    // One device's cookie is not another's.
    const other = { ...own, deviceId: '01890a5d-ac96-774b-bcce-b302099a8057' };
    expect((await api.get('/api/v1/device', other)).status).toBe(401);
  });

  it('a code is of one person: who typed it first is the only one who can approve it', async () => {
    const [manager, other] = [await signedIn(house, 'manager'), await signedIn(house, 'admin')];
    const { code, pairingId } = await request();
    expect((await claim(code, manager)).status).toBe(200);
    expect(await claim(code, other)).toMatchObject({ status: 404, body: { code: 'pairingCodeUnknown' } });
    expect(await approve(pairingId, other)).toMatchObject({ status: 404 });
    expect((await approve(pairingId, manager)).status).toBe(201);
    // Used once, it is used up.
    expect((await claim(code, manager)).status).toBe(404);
    expect(await approve(pairingId, manager)).toMatchObject({
      status: 410,
      body: { code: 'pairingCodeExpired' },
    });
  });

  it('typed by two at the same instant, it is one of theirs; approved twice at once, it is one device', async () => {
    const people = [await signedIn(house, 'manager'), await signedIn(house, 'manager')] as const;
    const { code, pairingId } = await request();
    const claims = await Promise.all(people.map((person) => claim(code, person)));
    expect(claims.map(({ status }) => status).sort()).toEqual([200, 404]);
    const winner = claims[0]?.status === 200 ? people[0] : people[1];
    const approvals = await Promise.all(
      ['Links', 'Rechts', 'Mitte'].map((name) => approve(pairingId, winner, house.locationId, name)),
    );
    expect(approvals.map(({ status }) => status).sort()).toEqual([201, 410, 410]);
    const names = ['Links', 'Rechts', 'Mitte'];
    const devices = await house.app.parts.engine.read(house.locationId, ({ live }) =>
      [...live.rows.devices.values()].filter((d) => names.includes(d.name) && d.revokedAt === null),
    );
    expect(devices?.map(({ id }) => id)).toEqual([approvals.find((a) => a.status === 201)?.body.deviceId]);
  });

  it('is for those who may set devices, and for their own locations', async () => {
    const [clerk, manager] = [await signedIn(house, 'clerk'), await signedIn(house, 'manager')];
    const { code, pairingId } = await request();
    expect((await claim(code, clerk)).status).toBe(403);
    expect((await api.post('/api/v1/pairings/claim', { code })).status).toBe(401);
    expect((await claim(code, manager)).status).toBe(200);
    expect(await approve(pairingId, manager, house.otherLocationId)).toMatchObject({ status: 403 });
    expect((await approve(pairingId, manager)).status).toBe(201);
  });

  it('needs the secret that only the new device has', async () => {
    const asked = await request();
    expect((await api.get(`/api/v1/pairings/${asked.pairingId}`)).status).toBe(404);
    expect((await collect({ ...asked, secret: asked.code })).status).toBe(404);
  });

  it('ends after ten minutes, claimed or not', async () => {
    const manager = await signedIn(house, 'manager');
    const [claimed, forgotten] = [await request(), await request()];
    expect((await claim(claimed.code, manager)).status).toBe(200);
    clock.advance(10 * MINUTE);
    expect((await approve(claimed.pairingId, manager)).status).toBe(410);
    expect((await claim(forgotten.code, manager)).status).toBe(404);
    expect((await collect(forgotten)).status).toBe(410);
  });

  it('cannot be guessed: the eleventh code within ten minutes has to wait', async () => {
    const manager = await signedIn(house, 'manager');
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await claim(`CDFG-HJK${i % 10}`, manager)).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 404), 429]);
    const refused = await claim('CDFG-HJKM', manager);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('leaves no code, secret or token in the database that a thief could use', async () => {
    const manager = await signedIn(house, 'manager');
    const asked = await request('display');
    await claim(asked.code, manager);
    await approve(asked.pairingId, manager);
    const token = cookiesOf((await collect(asked)).headers).split('=')[1] ?? '';
    expect(token.length).toBeGreaterThan(40);
    const sql = postgres(house.databaseUrl, { max: 1 });
    const [row] = await sql<{ all: string }[]>`
      select (select jsonb_agg(p) from pairings p)::text || (select jsonb_agg(t) from device_tokens t)::text as all`;
    await sql.end();
    expect(row?.all).toContain(asked.pairingId);
    for (const secret of [token, asked.secret, asked.code, asked.code.replace('-', '')])
      expect(row?.all).not.toContain(secret);
  });
});
