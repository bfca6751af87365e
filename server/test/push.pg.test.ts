// Notices to browsers, over HTTP, through jobs, to a service of a browser's maker made from the RFCs.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '@schalter/shared/kernel/time.ts';
import { webPushBy } from '../src/adapters/web-push.ts';
import { Islands } from '../src/engine/postgres-connections.ts';
import { createLog } from '../src/log.ts';
import { pushWorker } from '../src/messaging/push-job.ts';
import { PushStore } from '../src/messaging/push-store.ts';
import { newToken } from '../src/platform/secrets.ts';
import { Api } from './api.ts';
import { movableClock } from './clock.ts';
import { openTestHouse, signedIn, startServer, type TestHouse } from './house.ts';
import { DEVICE_SETTINGS } from './samples.ts';
import { startPushService, type PushedBrowser, type PushService } from './push-service.ts';

const clock = movableClock();
let service: PushService;
let house: TestHouse;
let api: Api;
let log: ReturnType<typeof createLog>;
const logged: string[] = [];
let sql: postgres.Sql;
beforeAll(async () => {
  service = await startPushService();
  log = createLog('warn', { write: (line) => void logged.push(line) });
  house = await openTestHouse({ clock, log, push: webPushBy({ contact: null, services: [service.origin] }) });
  api = new Api(house.url);
  sql = postgres(house.databaseUrl, { max: 1 });
}, 60_000);
afterAll(async () => {
  await sql.end();
  await house.close();
  await service.close();
});

const DELIVERED = { timeout: 15_000 };
/** Jobs are looked for twice a second: what has not come by then does not come. */
const QUIET_MS = 2_500;
const quiet = () => new Promise((resolve) => setTimeout(resolve, QUIET_MS));

const publicKey = async () => (await api.get<{ publicKey: string }>('/api/v1/push')).body.publicKey;
const newBrowser = async () => service.subscribe(await publicKey());
const titles = ({ notices }: PushedBrowser) => notices.map(({ title }) => title);

interface Clerk {
  readonly personId: string;
  readonly session: string;
  readonly browser: PushedBrowser;
}
async function clerkWithPush(role: 'clerk' | 'manager' = 'clerk'): Promise<Clerk> {
  const { personId, session } = await signedIn(house, role);
  const browser = await newBrowser();
  const reply = await api.send('PUT', '/api/v1/auth/push', { body: browser.subscription, as: { session } });
  expect(reply.status).toBe(204);
  return { personId, session, browser };
}
async function must(
  as: { session: string } | { ticket: string } | null,
  type: string,
  input: unknown,
): Promise<Readonly<Record<string, unknown>>> {
  const command = { commandId: randomUUID(), streamId: house.locationId, type, input };
  const sent = { ...command, occurredAt: clock.now() };
  if (as === null) {
    const answer = await house.command(house.locationId, type, input);
    if (!answer.ok) throw new Error(`${type}: ${answer.code}`);
    return answer.result as Readonly<Record<string, unknown>>;
  }
  const { status, body } = await api.send('POST', '/api/v1/commands', { body: sent, as });
  if (status !== 200) throw new Error(`${type}: ${body.code}`);
  return body.result ?? {};
}

interface Ticket {
  readonly visitId: string;
  readonly stageId: string;
  readonly ticket: string;
}
async function ticket(serviceIndex = 0, language = 'fr'): Promise<Ticket> {
  const linkToken = newToken();
  const serviceId = house.serviceIds[serviceIndex];
  const wish = { serviceId, language, linkToken, contact: null, name: null, note: null };
  const { visitId, stageId } = await must(null, 'queue.issueTicket', wish);
  return { visitId: String(visitId), stageId: String(stageId), ticket: linkToken };
}
async function allow({ ticket: linkToken }: Ticket): Promise<PushedBrowser> {
  const browser = await newBrowser();
  const as = { ticket: linkToken };
  expect((await api.send('PUT', '/api/v1/ticket/push', { body: browser.subscription, as })).status).toBe(204);
  await must(as, 'queue.allowPush', { allowed: true });
  return browser;
}
const signOn = ({ session }: Clerk, counterId: string) =>
  must({ session }, 'directory.signOn', { counterId, takeOver: true });
const callNext = ({ session }: Clerk, counterId: string) =>
  must({ session }, 'queue.callNext', { counterId });

let clerk: Clerk;
let counterId: string;
beforeEach(async () => {
  // Whoever waited is no more, and nobody is at a counter: each test has the house to itself.
  const open = await house.app.parts.engine.read(house.locationId, ({ live }) =>
    [...live.rows.stages.values()].filter(({ status }) =>
      ['waiting', 'called', 'serving', 'held'].includes(status),
    ),
  );
  for (const { id: stageId, status } of open ?? [])
    await must(null, status === 'serving' ? 'queue.complete' : 'queue.cancel', {
      stageId,
      ...(status === 'serving' ? { outcome: null } : { reason: 'Irrtum' }),
    });
  const presences = await house.app.parts.engine.read(house.locationId, ({ live }) => [
    ...live.rows.presences.values(),
  ]);
  for (const { counterId: id } of presences ?? []) await must(null, 'directory.signOff', { counterId: id });
  clerk = await clerkWithPush();
  counterId = house.counterIds[0] ?? '';
}, 30_000);

describe('[ST-11] staff', () => {
  it('[WP3] [WP8] the first in an empty line is told to whoever is free there, in their language, and the second is not', async () => {
    const away = await clerkWithPush();
    await signOn(clerk, counterId);
    await ticket();
    await expect.poll(() => clerk.browser.notices, DELIVERED).toHaveLength(1);
    const [notice] = clerk.browser.notices;
    expect(notice).toMatchObject({
      title: 'Jemand wartet',
      language: 'de',
      path: '/staff/counter',
      ttlS: 300,
    });
    expect(notice?.body).toMatch(/^[A-Z]\d{3}, ./);
    await ticket();
    await quiet();
    expect(clerk.browser.notices).toHaveLength(1);
    expect(away.browser.notices).toEqual([]);
    expect(service.refusals).toEqual([]);
  });

  it('[WP3] whoever serves somebody, is on a break or does not serve it is left alone', async () => {
    const [busy, resting] = [clerk, await clerkWithPush()];
    const [first = '', second = ''] = house.counterIds;
    await signOn(busy, first);
    await signOn(resting, second);
    await must({ session: resting.session }, 'directory.setBreak', { counterId: second, onBreak: true });
    await ticket();
    await expect.poll(() => busy.browser.notices, DELIVERED).toHaveLength(1);
    await callNext(busy, first);
    await ticket();
    await quiet();
    expect(busy.browser.notices).toHaveLength(1);
    expect(resting.browser.notices).toEqual([]);
  });

  it('[WP2] a customer who is handed over is told to the counter, or to the person', async () => {
    const other = await clerkWithPush();
    const [here = '', there = ''] = house.counterIds;
    await signOn(clerk, here);
    await signOn(other, there);
    const { stageId } = await ticket();
    await callNext(clerk, here);
    await must({ session: clerk.session }, 'queue.start', { stageId });
    const to = { serviceId: house.serviceIds[0], counterId: there, personId: null, note: 'Frau Muster' };
    await must({ session: clerk.session }, 'queue.transfer', { stageId, ...to });
    await expect
      .poll(() => titles(other.browser), DELIVERED)
      .toContainEqual(expect.stringMatching(/übergeben$/));
    expect(titles(clerk.browser)).not.toContainEqual(expect.stringMatching(/übergeben$/));
    // What the colleague wrote is not for a locked screen.
    expect(JSON.stringify(other.browser.notices)).not.toContain('Muster');
  });

  it('[WP4] a kiosk without paper is told at the counters and to who looks after devices, and once', async () => {
    const manager = await clerkWithPush('manager');
    const elsewhere = await clerkWithPush();
    await signOn(clerk, counterId);
    const deviceId = randomUUID();
    const { organisationId, locationId } = house;
    const device = { deviceId, kind: 'kiosk', name: 'Kiosk 1', settings: DEVICE_SETTINGS };
    await must(null, 'platform.registerDevice', device);
    const actor = { kind: 'device', organisationId, locationId, deviceId, deviceKind: 'kiosk' } as const;
    const report = (printer: string) =>
      house.app.parts.engine.execute({
        envelope: {
          commandId: randomUUID(),
          streamId: locationId,
          type: 'platform.reportHealth',
          input: { printer, sound: null, version: '1' },
          occurredAt: clock.now(),
        },
        actor,
      });
    expect(await report('paperOut')).toMatchObject({ ok: true });
    await report('paperOut');
    for (const { browser } of [clerk, manager])
      await expect.poll(() => titles(browser), DELIVERED).toEqual(['Kiosk 1: kein Papier']);
    await quiet();
    expect(manager.browser.notices).toHaveLength(1);
    expect(elsewhere.browser.notices).toEqual([]);
  });

  it('[WP1] with the end of the session nothing more is told; after signing in there again it is', async () => {
    const { personId, browser } = clerk;
    const { sessions } = house.app.parts;
    const { organisationId } = house;
    await signOn(clerk, counterId);
    await sessions.endAll(organisationId, personId, clock.now());
    const first = await ticket();
    await quiet();
    expect(browser.notices).toEqual([]);
    await must(null, 'queue.cancel', { stageId: first.stageId, reason: 'Irrtum' });

    const { access: session } = await sessions.open(
      { organisationId, personId, deviceId: null },
      clock.now(),
    );
    const here = { body: { endpoint: browser.subscription.endpoint }, as: { session } };
    expect((await api.send('POST', '/api/v1/auth/push/here', here)).body).toEqual({ on: true });
    await ticket();
    await expect.poll(() => browser.notices, DELIVERED).toHaveLength(1);

    // Somebody else at the same browser is not told in the first one's name, and switches nothing on by signing in.
    const next = await signedIn(house, 'clerk');
    const theirs = { ...here, as: { session: next.session } };
    expect((await api.send('POST', '/api/v1/auth/push/here', theirs)).body).toEqual({ on: false });
    expect((await api.send('DELETE', '/api/v1/auth/push', here)).status).toBe(204);
    expect((await api.send('POST', '/api/v1/auth/push/here', here)).body).toEqual({ on: false });
  });
});

describe('[WP5] a customer', () => {
  it('[WP6] is told of each call in the own language, with a number and a counter and nothing else', async () => {
    await signOn(clerk, counterId);
    const mine = await ticket();
    await must(null, 'queue.setNote', { visitId: mine.visitId, name: 'Anna Muster', note: 'Kaution' });
    const browser = await allow(mine);
    await callNext(clerk, counterId);
    await expect.poll(() => titles(browser), DELIVERED).toContainEqual(expect.stringMatching(/ : guichet /));
    const called = browser.notices.find(({ title }) => title.includes('guichet'));
    expect(called).toMatchObject({ urgency: 'high', path: `/t#${mine.ticket}`, language: 'fr' });
    expect(JSON.stringify(browser.notices)).not.toMatch(/Muster|Kaution/);
    clock.advance(MINUTE);
    await must({ session: clerk.session }, 'queue.recall', { stageId: mine.stageId });
    await expect
      .poll(() => titles(browser).filter((title) => title.includes('guichet')), DELIVERED)
      .toHaveLength(2);
    // The later replaces the earlier, also while it waits for a phone that is off.
    expect(new Set(browser.notices.map(({ topic }) => topic)).size).toBe(1);
  });

  it('is told once that the turn approaches, and nothing more after taking it back', async () => {
    await signOn(clerk, counterId);
    await ticket();
    const mine = await ticket();
    const browser = await allow(mine);
    // Two who come later move the line, and tell nobody anew.
    await ticket();
    await expect
      .poll(() => titles(browser), DELIVERED)
      .toEqual([expect.stringContaining('votre tour approche')]);
    await ticket();
    await quiet();
    expect(browser.notices).toHaveLength(1);
    expect((await api.send('DELETE', '/api/v1/ticket/push', { as: { ticket: mine.ticket } })).status).toBe(
      204,
    );
    await must({ ticket: mine.ticket }, 'queue.allowPush', { allowed: false });
    await callNext(clerk, counterId);
    await quiet();
    expect(browser.notices).toHaveLength(1);
  });

  it('[WP12] is forgotten with the visit', async () => {
    const mine = await ticket();
    await allow(mine);
    const left = () => rowsOf(mine.visitId);
    expect(await left()).toBe(1);
    await must(null, 'queue.cancel', { stageId: mine.stageId, reason: 'Irrtum' });
    const erased = { visitIds: [mine.visitId], reservationIds: [], personIds: [], why: 'request' };
    await must(null, 'privacy.erase', erased);
    await expect.poll(left, DELIVERED).toBe(0);
  });
});

describe('[WP7] what is not so any more', () => {
  it('is not told: called, and taken back before the worker came', async () => {
    await signOn(clerk, counterId);
    const mine = await ticket();
    const browser = await allow(mine);
    await must({ session: clerk.session }, 'queue.call', { stageId: mine.stageId, counterId });
    await expect.poll(() => browser.notices.length, DELIVERED).toBeGreaterThan(0);
    const { length } = browser.notices;
    // A notice of a call that was withdrawn since, as a worker that was held up would find it.
    const job = async (at: string) =>
      house.app.parts.later({
        queue: 'push',
        data: {
          streamId: house.locationId,
          notice: { kind: 'called', stageId: mine.stageId, callId: await callOf(mine.stageId) },
          at,
        },
      });
    await job(new Date(Date.parse(clock.now()) - 3 * MINUTE).toISOString());
    await quiet();
    expect(browser.notices).toHaveLength(length);
    await job(clock.now());
    await expect.poll(() => browser.notices, DELIVERED).toHaveLength(length + 1);
    await must(null, 'queue.cancel', { stageId: mine.stageId, reason: 'Irrtum' });
    await job(clock.now());
    await quiet();
    expect(browser.notices).toHaveLength(length + 1);
  });
});

const callOf = async (stageId: string) =>
  (
    await house.app.parts.engine.read(house.locationId, ({ live }) =>
      [...live.rows.calls.values()].find((call) => call.stageId === stageId),
    )
  )?.id ?? '';
const rowsOf = async (visitId: string) =>
  (await sql`select 1 from push_subscriptions where owner_id = ${visitId} and endpoint is not null`).length;

describe('[WP9] the service', () => {
  it.each([404, 410])('says %i: that browser is gone, and is asked no more', async (status) => {
    await signOn(clerk, counterId);
    clerk.browser.answers.push({ status });
    await ticket();
    await expect.poll(() => clerk.browser.requests, DELIVERED).toBe(1);
    await expect.poll(() => rowsOf(clerk.personId), DELIVERED).toBe(0);
  });

  it('is busy, then takes it; is silent, and holds up nobody else', async () => {
    const other = await clerkWithPush();
    const [here = '', there = ''] = house.counterIds;
    await signOn(clerk, here);
    await signOn(other, there);
    clerk.browser.answers.push('silent', { status: 429, headers: { 'retry-after': '1' } });
    await ticket();
    await expect.poll(() => other.browser.notices, { timeout: 4_000 }).toHaveLength(1);
    await expect.poll(() => clerk.browser.notices, DELIVERED).toHaveLength(1);
    expect(clerk.browser.requests).toBe(3);
  }, 30_000);

  it('refuses for good: it is asked once', async () => {
    await signOn(clerk, counterId);
    clerk.browser.answers.push({ status: 413 });
    await ticket();
    await expect.poll(() => clerk.browser.requests, DELIVERED).toBe(1);
    await quiet();
    expect(clerk.browser.requests).toBe(1);
    expect(await rowsOf(clerk.personId)).toBe(1);
    const { host, pathname } = new URL(clerk.browser.subscription.endpoint);
    await expect.poll(() => logged.join('')).toContain(`"service":"${host}","code":"413"`);
    expect(logged.join('')).not.toContain(pathname);
  });
});

describe('[WP10] where it is sent', () => {
  it.each([
    'http://127.0.0.1:5432/push',
    'http://169.254.169.254/latest/meta-data',
    'https://fcm.googleapis.com.example.org/fcm/send/x',
    'https://fcm.googleapis.com:8443/fcm/send/x',
    'http://fcm.googleapis.com/fcm/send/x',
    'https://user@intranet.example/x',
    'https://push.services.mozilla.com.example/x',
  ])('not %s', async (endpoint) => {
    const { keys } = clerk.browser.subscription;
    const as = { session: clerk.session };
    const reply = await api.send('PUT', '/api/v1/auth/push', { body: { endpoint, keys }, as });
    expect(reply).toMatchObject({
      status: 400,
      body: { code: 'invalidInput', details: { field: 'endpoint' } },
    });
  });

  it.each([
    'https://fcm.googleapis.com/fcm/send/x',
    'https://updates.push.services.mozilla.com/wpush/v2/x',
    'https://web.push.apple.com/x',
    'https://wns2-par02p.notify.windows.com/w/?token=x',
  ])('but %s', (endpoint) => {
    const push = webPushBy({ contact: null, services: [] });
    expect(push.withKey(push.newKey(), 'https://haus.example').isKnown(endpoint)).toBe(true);
  });
});

it('[WP7] whichever process tells it knows what another one has written, also before it has heard of it', async () => {
  const carrier = webPushBy({ contact: null, services: [service.origin] });
  const other = await startServer(house.databaseUrl, { clock, push: carrier });
  const { parts } = other;
  await parts.engine.read(house.locationId, () => null);
  parts.engine.wake = () => undefined;
  const work = pushWorker({
    ...parts,
    push: carrier.withKey(await parts.credentials.secret('push', () => ''), house.url),
    subscriptions: new PushStore(new Islands(sql), parts.fields),
    onNotTaken: () => undefined,
  });
  await signOn(clerk, counterId);
  const mine = await ticket();
  const browser = await allow(mine);
  await must({ session: clerk.session }, 'queue.call', { stageId: mine.stageId, counterId });
  await expect.poll(() => browser.notices.length, DELIVERED).toBeGreaterThan(0);
  const { length } = browser.notices;
  const notice = { kind: 'called', stageId: mine.stageId, callId: await callOf(mine.stageId) } as const;
  await work({ streamId: house.locationId, notice, at: clock.now() });
  expect(browser.notices).toHaveLength(length + 1);
  await other.stop();
}, 60_000);

it('[WP8] the key is made once: every process, and every start, has the same', async () => {
  const other = await startServer(house.databaseUrl, {
    clock,
    push: webPushBy({ contact: null, services: [service.origin] }),
  });
  const reply = await new Api(`http://127.0.0.1:${other.port}`).get<{ publicKey: string }>('/api/v1/push');
  expect(reply.body.publicKey).toBe(await publicKey());
  expect(Buffer.from(reply.body.publicKey, 'base64url')).toHaveLength(65);
  await other.stop();
});

it('[WP12] a visit’s browsers are swept away two days after its day', async () => {
  const mine = await ticket();
  await allow(mine);
  await house.app.parts.credentials.sweep(clock.now());
  expect(await rowsOf(mine.visitId)).toBe(1);
  await house.app.parts.credentials.sweep(new Date(Date.parse(clock.now()) + 73 * HOUR).toISOString());
  expect(await rowsOf(mine.visitId)).toBe(0);
});
