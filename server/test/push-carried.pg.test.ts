// How notices reach the services of the browsers' makers, and whom they never reach.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '@schalter/shared/kernel/time.ts';
import { webPushBy } from '../src/adapters/web-push.ts';
import { Islands } from '../src/engine/postgres-connections.ts';
import { pushWorker } from '../src/messaging/push-job.ts';
import { PushStore } from '../src/messaging/push-store.ts';
import { Api } from './api.ts';
import { startServer } from './house.ts';
import { DELIVERED, PushHouse, quiet, type Clerk } from './push-house.ts';

let at: PushHouse;
let clerk: Clerk;
let counterId: string;
beforeAll(async () => {
  at = await PushHouse.open();
}, 60_000);
afterAll(() => at.close());
beforeEach(async () => {
  await at.empty();
  clerk = await at.clerk();
  counterId = at.house.counterIds[0] ?? '';
}, 30_000);

describe('[WP9] the service', () => {
  it.each([404, 410])('says %i: that browser is gone, and is asked no more', async (status) => {
    await at.signOn(clerk, counterId);
    clerk.browser.answers.push({ status });
    await at.ticket();
    await expect.poll(() => clerk.browser.requests, DELIVERED).toBe(1);
    await expect.poll(() => at.subscriptionsOf(clerk.personId), DELIVERED).toBe(0);
  });

  it('is busy, then takes it; is silent, and holds up nobody else', async () => {
    const other = await at.clerk();
    const [here = '', there = ''] = at.house.counterIds;
    await at.signOn(clerk, here);
    await at.signOn(other, there);
    clerk.browser.answers.push('silent', { status: 429, headers: { 'retry-after': '1' } });
    await at.ticket();
    await expect.poll(() => other.browser.notices, { timeout: 4_000 }).toHaveLength(1);
    await expect.poll(() => clerk.browser.notices, DELIVERED).toHaveLength(1);
    expect(clerk.browser.requests).toBe(3);
  }, 30_000);

  it('refuses for good: it is asked once', async () => {
    await at.signOn(clerk, counterId);
    clerk.browser.answers.push({ status: 413 });
    await at.ticket();
    await expect.poll(() => clerk.browser.requests, DELIVERED).toBe(1);
    await quiet();
    expect(clerk.browser.requests).toBe(1);
    expect(await at.subscriptionsOf(clerk.personId)).toBe(1);
    const { host, pathname } = new URL(clerk.browser.subscription.endpoint);
    await expect.poll(() => at.logged.join('')).toContain(`"service":"${host}","code":"413"`);
    expect(at.logged.join('')).not.toContain(pathname);
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
    const reply = await at.api.send('PUT', '/api/v1/auth/push', { body: { endpoint, keys }, as });
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
  const { carrier, clock } = at;
  const other = await startServer(at.house.databaseUrl, { clock, push: carrier });
  const { parts } = other;
  await parts.engine.read(at.house.locationId, () => null);
  parts.engine.wake = () => undefined;
  const work = pushWorker({
    ...parts,
    push: carrier.withKey(await parts.credentials.secret('push', () => ''), at.house.url),
    subscriptions: new PushStore(new Islands(at.sql), parts.fields),
    onNotTaken: () => undefined,
  });
  await at.signOn(clerk, counterId);
  const mine = await at.ticket();
  const browser = await at.allow(mine);
  await at.must({ session: clerk.session }, 'queue.call', { stageId: mine.stageId, counterId });
  await expect.poll(() => browser.notices.length, DELIVERED).toBeGreaterThan(0);
  const { length } = browser.notices;
  const notice = { kind: 'called', stageId: mine.stageId, callId: await at.callOf(mine.stageId) } as const;
  await work({ streamId: at.house.locationId, notice, at: at.clock.now() });
  expect(browser.notices).toHaveLength(length + 1);
  await other.stop();
}, 60_000);

it('[WP8] the key is made once: every process, and every start, has the same', async () => {
  const other = await startServer(at.house.databaseUrl, { clock: at.clock, push: at.carrier });
  const reply = await new Api(`http://127.0.0.1:${other.port}`).get<{ publicKey: string }>('/api/v1/push');
  expect(reply.body.publicKey).toBe(await at.publicKey());
  expect(Buffer.from(reply.body.publicKey, 'base64url')).toHaveLength(65);
  await other.stop();
});

it('[WP12] a visit’s browsers are swept away two days after its day', async () => {
  const mine = await at.ticket();
  await at.allow(mine);
  await at.house.app.parts.credentials.sweep(at.clock.now());
  expect(await at.subscriptionsOf(mine.visitId)).toBe(1);
  await at.house.app.parts.credentials.sweep(new Date(Date.parse(at.clock.now()) + 73 * HOUR).toISOString());
  expect(await at.subscriptionsOf(mine.visitId)).toBe(0);
});
