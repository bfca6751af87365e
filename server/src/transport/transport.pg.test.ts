import { randomBytes, randomUUID } from 'node:crypto';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DownEvents, Entries } from '@schalter/shared/kernel/protocol.ts';
import { newToken } from '../platform/secrets.ts';
import {
  hello,
  openSocket,
  openTestHouse,
  PASSWORD,
  type TestHouse,
  type TestSocket,
} from '../../test/house.ts';
import { DEVICE_SETTINGS } from '../../test/samples.ts';

let house: TestHouse;
const sockets: TestSocket[] = [];
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(async () => {
  sockets.forEach((socket) => socket.disconnect());
  await house.close();
});

const now = () => new Date().toISOString();
const request = (path: string, init: RequestInit = {}) =>
  fetch(`${house.url}${path}`, { ...init, headers: { 'content-type': 'application/json', ...init.headers } });
const session = async (personId: string) => {
  const who = { organisationId: house.organisationId, personId, deviceId: null };
  return (await house.app.parts.sessions.open(who, now())).access;
};

async function pair(kind: 'kiosk' | 'display', locationId = house.locationId) {
  const deviceId = randomUUID();
  expect(
    await house.command(locationId, 'platform.registerDevice', {
      deviceId,
      kind,
      name: kind,
      settings: DEVICE_SETTINGS,
    }),
  ).toMatchObject({ ok: true });
  const token = await house.app.parts.credentials.issueDeviceToken(
    { organisationId: house.organisationId, locationId, deviceId },
    now(),
  );
  return { deviceId, token };
}

function open(auth: Record<string, string>): TestSocket {
  const socket = openSocket(house.url, auth);
  sockets.push(socket);
  return socket;
}
const next = <E extends keyof DownEvents>(
  socket: TestSocket,
  event: E,
): Promise<Parameters<DownEvents[E]>[0]> => new Promise((resolve) => socket.once(event, resolve as never));

const issue = (linkToken = randomBytes(16).toString('base64url')) =>
  house.command(house.locationId, 'queue.issueTicket', {
    serviceId: house.serviceIds[1],
    language: 'de',
    linkToken,
    contact: null,
    name: 'Anna Geheim',
    note: 'nur für das Personal',
  });

describe('sockets', () => {
  it('[RT-02] a device or person of one location hears nothing of another', async () => {
    const kiosk = await pair('kiosk');
    const clerk = open({ token: await session(house.people.clerk) });
    const device = open({ token: kiosk.token, as: 'device' });
    for (const socket of [clerk, device]) {
      expect(await hello(socket, { streamId: house.otherLocationId })).toMatchObject({
        ok: false,
        code: 'notPermitted',
      });
    }
    const nobody = open({});
    expect(await hello(nobody, { streamId: house.locationId })).toMatchObject({
      ok: false,
      code: 'notSignedIn',
    });
    const heard: Entries[] = [];
    clerk.on('entries', (message) => heard.push(message));
    expect(await hello(clerk, { streamId: house.locationId })).toMatchObject({ ok: true, audience: 'staff' });
    await house.command(house.otherLocationId, 'directory.setCounter', {
      counterId: randomUUID(),
      counter: { name: '9', position: 9, serviceIds: [], active: true },
    });
    await issue();
    await expect.poll(() => heard.length).toBe(1);
    expect(heard.every((message) => message.streamId === house.locationId)).toBe(true);
  });

  it('[E16] [DI-04] a display gets every entry, masked: numbers, never names or notes', async () => {
    const { token } = await pair('display');
    const display = open({ token, as: 'device' });
    const texts: string[] = [];
    const seqs: number[] = [];
    display.onAny((_event, message) => texts.push(JSON.stringify(message)));
    display.on('entries', ({ entries }) => seqs.push(...entries.map((e) => e.seq)));
    const first = next(display, 'snapshot');
    expect(await hello(display, { streamId: house.locationId, audience: 'manager' })).toMatchObject({
      ok: true,
      audience: 'display',
    });
    const { seq } = await first;
    await issue();
    await house.command(house.locationId, 'queue.requestHelp', {});
    await issue();
    await expect.poll(() => seqs.length).toBeGreaterThanOrEqual(2);
    expect(seqs).toEqual(seqs.map((_, i) => seq + 1 + i));
    expect(texts.join()).not.toMatch(/Geheim|nur für das Personal/);
    expect(texts.join()).toMatch(/"number":/);
  });

  it('[E30] a row that leaves goes out without what it said', async () => {
    const counterId = randomUUID();
    const counter = { name: 'der zehnte', position: 9, serviceIds: [], active: true };
    await house.command(house.locationId, 'directory.setCounter', { counterId, counter });
    const { token } = await pair('display');
    const display = open({ token, as: 'device' });
    const first = next(display, 'snapshot');
    await hello(display, { streamId: house.locationId });
    await first;
    const heard = next(display, 'entries');
    await house.command(house.locationId, 'directory.archiveCounter', { counterId });
    const rows = (await heard).entries.flatMap(({ changes }) => changes.map(({ row }) => row));
    expect(rows).toEqual([
      { id: counterId, organisationId: house.organisationId, archivedAt: expect.any(String) as unknown },
    ]);
  });

  it('[E17] [RT-03] who comes back gets what was missed, and a snapshot where that is no longer at hand', async () => {
    const token = await session(house.people.clerk);
    const before = open({ token });
    const snapshot = next(before, 'snapshot');
    await hello(before, { streamId: house.locationId });
    const { seq } = await snapshot;
    before.disconnect();
    await issue();
    await issue();
    const back = open({ token });
    const missed = next(back, 'entries');
    await hello(back, { streamId: house.locationId, lastSeq: seq });
    expect((await missed).entries.map((e) => e.seq)).toEqual([seq + 1, seq + 2]);
    const stranger = open({ token });
    const whole = next(stranger, 'snapshot');
    // A sequence that this journal never reached: another database, or a restored one.
    await hello(stranger, { streamId: house.locationId, lastSeq: seq + 1_000 });
    expect((await whole).seq).toBe(seq + 2);
  });

  it('[E31] a place is a sequence and its mark: where the journal has another one, the device hears that, and begins anew', async () => {
    const token = await session(house.people.clerk);
    const at = { streamId: house.locationId };
    const first = open({ token });
    const snapshot = next(first, 'snapshot');
    await hello(first, at);
    const { seq, mark } = await snapshot;
    const following = next(first, 'entries');
    await issue();
    const { after, entries } = await following;
    expect([after, entries[0]?.seq]).toEqual([mark, seq + 1]);
    const again = open({ token });
    const missed = next(again, 'entries');
    await hello(again, { ...at, lastSeq: seq, lastMark: mark ?? '' });
    expect(await missed).toMatchObject({ after: mark, entries: [{ seq: seq + 1 }] });
    for (const lastSeq of [seq, 1, seq + 1_000]) {
      const restored = open({ token });
      const whole = next(restored, 'snapshot');
      await hello(restored, { ...at, lastSeq, lastMark: 'lost' });
      expect(await whole).toMatchObject({ seq: seq + 1, mark: entries[0]?.mark, anew: 'lost' });
    }
  });

  it('[E12] a screen behind a proxy that speaks no WebSocket hears the same', async () => {
    const token = await session(house.people.clerk);
    const slow = io(house.url, {
      transports: ['polling'],
      auth: { token },
      reconnection: false,
      forceNew: true,
    }) as TestSocket;
    const fast = open({ token });
    sockets.push(slow);
    const heard = [slow, fast].map((socket) => {
      const entries: Entries['entries'][number][] = [];
      socket.on('entries', (message) => entries.push(...message.entries));
      return entries;
    });
    await Promise.all([slow, fast].map((socket) => hello(socket, { streamId: house.locationId })));
    await issue();
    await issue();
    await expect.poll(() => heard.map((entries) => entries.length)).toEqual([2, 2]);
    expect(heard[0]).toEqual(heard[1]);
  });

  it('[RT-06] a revoked device is cut off within five seconds and does not come back', async () => {
    const { deviceId, token } = await pair('kiosk');
    const kiosk = open({ token, as: 'device' });
    expect(await hello(kiosk, { streamId: house.locationId, audience: 'kiosk' })).toMatchObject({ ok: true });
    const cut = new Promise<number>((resolve) => kiosk.once('disconnect', () => resolve(Date.now())));
    const from = Date.now();
    await house.command(house.locationId, 'platform.revokeDevice', { deviceId });
    expect((await cut) - from).toBeLessThan(5_000);
    const again = open({ token, as: 'device' });
    expect(await hello(again, { streamId: house.locationId, audience: 'kiosk' })).toMatchObject({
      ok: false,
      code: 'deviceRevoked',
    });
  });

  it('[RT-02] a person who loses the location loses the stream as well', async () => {
    const personId = randomUUID();
    const person = {
      personId,
      name: 'Zoe',
      email: 'zoe@haus.example',
      role: 'clerk',
      locationIds: [house.locationId],
      language: 'de',
      active: true,
    };
    await house.command(house.organisationId, 'platform.setPerson', person);
    const socket = open({ token: await session(personId) });
    expect(await hello(socket, { streamId: house.locationId })).toMatchObject({ ok: true });
    const cut = new Promise((resolve) => socket.once('disconnect', resolve));
    await house.command(house.organisationId, 'platform.setPerson', { ...person, active: false });
    await cut;
  });

  it('[RL-04] a page of another origin cannot open a socket with this browser’s cookies', async () => {
    const answer = await fetch(`${house.url}/socket.io/?EIO=4&transport=polling`, {
      headers: { origin: 'https://evil.example' },
    });
    expect(answer.status).toBe(403);
    const post = await request('/api/v1/auth/login', {
      method: 'POST',
      body: '{}',
      headers: { origin: 'https://evil.example' },
    });
    expect(post.status).toBe(403);
  });
});

describe('HTTP', () => {
  const login = (email: string, password: string, language = 'de') =>
    request('/api/v1/auth/login', {
      method: 'POST',
      headers: { 'accept-language': language },
      body: JSON.stringify({ email, password }),
    });

  it('[API-03] an error is a problem document in the language of the caller', async () => {
    const answer = await login('admin@haus.example', 'wrong', 'fr');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const german = (await (await login('admin@haus.example', 'wrong')).json()) as { detail: string };
    const french = (await answer.json()) as { code: string; detail: string; status: number };
    expect(french).toMatchObject({ code: 'wrongPassword', status: 401 });
    expect(french.detail).not.toBe(german.detail);
  });

  it('[API-02] the status says what happened: 200, 201, 400, 401, 403, 404, 409', async () => {
    const clerk = `Bearer ${await session(house.people.clerk)}`;
    const post = (path: string, body: unknown, authorization?: string) =>
      request(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: authorization === undefined ? {} : { authorization },
      });
    const command = (streamId: string, type: string, input: unknown) =>
      post('/api/v1/commands', { commandId: randomUUID(), streamId, type, input, occurredAt: now() }, clerk);
    const { locationId, counterIds } = house;
    expect((await post('/api/v1/pairings', { kind: 'kiosk' })).status).toBe(201);
    expect((await post('/api/v1/pairings', { kind: 'toaster' })).status).toBe(400);
    expect((await request('/api/v1/auth/profile')).status).toBe(401);
    expect(
      (
        await command(house.organisationId, 'platform.setPerson', {
          personId: randomUUID(),
          name: 'x',
          email: 'x@x.ch',
          role: 'clerk',
          locationIds: [],
          language: 'de',
          active: true,
        })
      ).status,
    ).toBe(403);
    expect(
      (await command(locationId, 'directory.signOn', { counterId: randomUUID(), takeOver: false })).status,
    ).toBe(404);
    expect(
      (await command(locationId, 'directory.signOn', { counterId: counterIds[0], takeOver: false })).status,
    ).toBe(200);
    expect((await command(locationId, 'queue.callNext', { counterId: counterIds[1] })).status).toBe(409);
    expect((await request('/api/v1/nothing')).status).toBe(404);
  });

  it('[API-13] an Idempotency-Key gives the first answer again', async () => {
    const authorization = `Bearer ${await session(house.people.clerk)}`;
    const key = randomUUID();
    const body = JSON.stringify({
      streamId: house.locationId,
      type: 'queue.issueTicket',
      input: {
        serviceId: house.serviceIds[1],
        language: 'de',
        linkToken: newToken(),
        contact: null,
        name: null,
        note: null,
      },
      occurredAt: now(),
    });
    const send = async () =>
      (
        await request('/api/v1/commands', {
          method: 'POST',
          body,
          headers: { authorization, 'idempotency-key': key },
        })
      ).json();
    const first = await send();
    expect(first).toMatchObject({ ok: true });
    expect(await send()).toEqual(first);
  });

  it('[PO-01] a ticket opens by its link alone; a wrong link and a dead one look alike', async () => {
    const linkToken = randomBytes(16).toString('base64url');
    await issue(linkToken);
    const ticket = (token: string) =>
      request('/api/v1/ticket', { headers: { authorization: `Ticket ${token}` } });
    const own = await ticket(linkToken);
    expect(own.status).toBe(200);
    expect(own.headers.get('cache-control')).toBe('no-store');
    expect(await own.json()).toMatchObject({ locationId: house.locationId, name: 'Anna Geheim' });
    const wrong = await ticket(randomBytes(16).toString('base64url'));
    const none = await request('/api/v1/ticket');
    expect([wrong.status, none.status]).toEqual([404, 404]);
    expect(await wrong.json()).toEqual(await none.json());
  });

  it('[ID-11] the sixth wrong password within a quarter of an hour has to wait', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await login('clerk@haus.example', `wrong ${i}`)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const refused = await login('clerk@haus.example', PASSWORD);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Somebody else at the same address is not held up.
    expect((await login('manager@haus.example', PASSWORD)).status).toBe(200);
  });

  it('[RL-03] too much, and what is no JSON, is refused before it is read', async () => {
    const large = await request('/api/v1/commands', {
      method: 'POST',
      body: JSON.stringify({ note: 'x'.repeat(40_000) }),
    });
    expect(large.status).toBe(413);
    const broken = await request('/api/v1/commands', { method: 'POST', body: '{"commandId":' });
    expect(broken.status).toBe(400);
    expect(await broken.text()).not.toMatch(/SyntaxError|at |node_modules/);
  });

  it('[API-06] the description names every route and is served with a page to read it', async () => {
    const document = (await (await request('/api/v1/openapi.json')).json()) as {
      openapi: string;
      paths: Record<string, object>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/api/v1/commands', '/api/v1/ticket', '/api/v1/auth/login']),
    );
    const page = await request('/api/docs/');
    expect(page.status).toBe(200);
    expect((await request('/api/docs/swagger-ui-bundle.js')).status).toBe(200);
  });

  it('healthz tells of the process, readyz of the database', async () => {
    expect((await request('/healthz')).status).toBe(200);
    expect((await request('/readyz')).status).toBe(200);
  });

  it('[RL-04] pages carry a policy without inline script', async () => {
    const page = (await request('/api/docs/')).headers.get('content-security-policy') ?? '';
    expect(page).toContain("default-src 'self'");
    expect(page).not.toMatch(/script-src[^;]*unsafe-inline/);
  });
});
