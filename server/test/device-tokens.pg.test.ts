// How a paired device's token is replaced: quietly, and so that none is ever without one.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '@schalter/shared/kernel/time.ts';
import { Api, cookiesOf } from './api.ts';
import { movableClock } from './clock.ts';
import { hello, openSocket, openTestHouse, signedIn, startServer, type TestHouse } from './house.ts';

const DAY = 24 * HOUR;
/** How often an open connection is asked again, and some. */
const RECHECKED_MS = 4_500;

const clock = movableClock();
let house: TestHouse;
let api: Api;
beforeAll(async () => {
  house = await openTestHouse({ clock });
  api = new Api(house.url);
});
afterAll(() => house.close());

let deviceId = '';
let first = '';
const cookie = (token: string) => ({ cookie: `schalter_device_${deviceId}=${token}`, deviceId });
beforeEach(async () => {
  deviceId = randomUUID();
  const settings = {
    ...{ serviceIds: [], languages: ['de'], takeoverMs: 8_000, speech: true, paperMm: 80, media: 'none' },
    mediaText: { de: '', fr: '', it: '', en: '' },
  };
  const device = { deviceId, kind: 'kiosk', name: `Kiosk ${deviceId.slice(0, 4)}`, settings };
  expect(await house.command(house.locationId, 'platform.registerDevice', device)).toMatchObject({
    ok: true,
  });
  const { organisationId, locationId } = house;
  first = await house.app.parts.credentials.issueDeviceToken(
    { organisationId, locationId, deviceId },
    clock.now(),
  );
});

/** Who it is, and the token that it is given with the answer. */
async function ask(token: string, of = api): Promise<{ status: number; given: string | null }> {
  const { status, headers } = await of.get('/api/v1/device', cookie(token));
  const [, given] = cookiesOf(headers).split('=');
  return { status, given: given === undefined || given === '' ? null : given };
}

describe('[P9] [RT-06] a device’s token', () => {
  it('is replaced once it is thirty days old, the same however often and whichever process is asked', async () => {
    clock.advance(29 * DAY);
    expect(await ask(first)).toEqual({ status: 200, given: null });
    clock.advance(DAY + MINUTE);
    const { given } = await ask(first);
    expect(given).not.toBeNull();
    // The answer was lost, again and again: it is given again.
    expect((await ask(first)).given).toBe(given);
    const second = await startServer(house.databaseUrl, { clock });
    expect((await ask(first, new Api(`http://127.0.0.1:${second.port}`))).given).toBe(given);
    await second.stop();
    clock.advance(60 * DAY);
    expect((await ask(first)).given).toBe(given);
    expect(await ask(given ?? '')).toMatchObject({ status: 200 });
  });

  it('stays good until the next one has been in use for an hour, and opens nothing from then on', async () => {
    clock.advance(30 * DAY + MINUTE);
    const next = (await ask(first)).given ?? '';
    expect((await ask(next)).status).toBe(200);
    // Used, and not on the disk yet: the power goes, and the browser comes back with the one before.
    clock.advance(10 * MINUTE);
    expect(await ask(first)).toEqual({ status: 200, given: next });
    expect((await ask(next)).status).toBe(200);
    clock.advance(HOUR);
    expect((await ask(first)).status).toBe(200);
    expect((await ask(next)).status).toBe(200);
    expect((await ask(first)).status).toBe(401);
    expect((await ask(next)).status).toBe(200);
  });

  it('that is replaced cuts no connection that stands, and lets none begin', async () => {
    const auth = { token: first, as: 'device' };
    const socket = openSocket(house.url, auth);
    expect(await hello(socket, { streamId: house.locationId, audience: 'kiosk' })).toMatchObject({
      ok: true,
    });
    clock.advance(30 * DAY + MINUTE);
    const next = (await ask(first)).given ?? '';
    clock.advance(2 * HOUR);
    expect((await ask(next)).status).toBe(200);
    expect((await ask(first)).status).toBe(401);
    await new Promise((resolve) => setTimeout(resolve, RECHECKED_MS));
    expect(socket.connected).toBe(true);
    const late = openSocket(house.url, auth);
    const refused = await hello(late, { streamId: house.locationId, audience: 'kiosk' }).catch(() => null);
    expect(refused?.ok ?? false).toBe(false);
    late.disconnect();
    // Revoked, both are cut all the same.
    await house.command(house.locationId, 'platform.revokeDevice', { deviceId });
    await expect.poll(() => socket.connected, { timeout: 5_000 }).toBe(false);
    expect((await ask(next)).status).toBe(401);
  });
});

it('[P10] whoever sets devices sees when each was here last, to the minute', async () => {
  const manager = await signedIn(house, 'manager');
  const clerk = await signedIn(house, 'clerk');
  const path = `/api/v1/locations/${house.locationId}/devices`;
  const lastSeen = async () =>
    (
      await api.get<{ devices: { deviceId: string; lastSeenAt: string | null }[] }>(path, manager)
    ).body.devices.find((device) => device.deviceId === deviceId)?.lastSeenAt;
  expect(await lastSeen()).toBeNull();
  await ask(first);
  const at = await lastSeen();
  expect(Math.abs(Date.parse(at ?? '') - Date.parse(clock.now()))).toBeLessThan(MINUTE);
  clock.advance(2 * MINUTE);
  await ask(first);
  expect(Date.parse((await lastSeen()) ?? '') - Date.parse(at ?? '')).toBeGreaterThan(MINUTE);
  expect((await api.get(path, clerk)).status).toBe(403);
});
