// Who is told by a notice of what, over HTTP, through jobs, to a service of a browser's maker made from the RFCs.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '@schalter/shared/kernel/time.ts';
import { signedIn } from './house.ts';
import { DELIVERED, PushHouse, quiet, type Clerk } from './push-house.ts';
import type { PushedBrowser } from './push-service.ts';
import { DEVICE_SETTINGS } from './samples.ts';

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

const titles = ({ notices }: PushedBrowser) => notices.map(({ title }) => title);

describe('[ST-11] staff', () => {
  it('[WP3] [WP8] the first in an empty line is told to whoever is free there, in their language, and the second is not', async () => {
    const away = await at.clerk();
    await at.signOn(clerk, counterId);
    await at.ticket();
    await expect.poll(() => clerk.browser.notices, DELIVERED).toHaveLength(1);
    const [notice] = clerk.browser.notices;
    expect(notice).toMatchObject({
      title: 'Jemand wartet',
      language: 'de',
      path: '/staff/counter',
      ttlS: 300,
    });
    expect(notice?.body).toMatch(/^[A-Z]\d{3}, ./);
    await at.ticket();
    await quiet();
    expect(clerk.browser.notices).toHaveLength(1);
    expect(away.browser.notices).toEqual([]);
    expect(at.service.refusals).toEqual([]);
  });

  it('[WP3] whoever serves somebody, is on a break or does not serve it is left alone', async () => {
    const [busy, resting] = [clerk, await at.clerk()];
    const [first = '', second = ''] = at.house.counterIds;
    await at.signOn(busy, first);
    await at.signOn(resting, second);
    await at.must({ session: resting.session }, 'directory.setBreak', { counterId: second, onBreak: true });
    await at.ticket();
    await expect.poll(() => busy.browser.notices, DELIVERED).toHaveLength(1);
    await at.callNext(busy, first);
    await at.ticket();
    await quiet();
    expect(busy.browser.notices).toHaveLength(1);
    expect(resting.browser.notices).toEqual([]);
  });

  it('[WP2] a customer who is handed over is told to the counter, or to the person', async () => {
    const other = await at.clerk();
    const [here = '', there = ''] = at.house.counterIds;
    await at.signOn(clerk, here);
    await at.signOn(other, there);
    const { stageId } = await at.ticket();
    await at.callNext(clerk, here);
    await at.must({ session: clerk.session }, 'queue.start', { stageId });
    const to = { serviceId: at.house.serviceIds[0], counterId: there, personId: null, note: 'Frau Muster' };
    await at.must({ session: clerk.session }, 'queue.transfer', { stageId, ...to });
    await expect
      .poll(() => titles(other.browser), DELIVERED)
      .toContainEqual(expect.stringMatching(/übergeben$/));
    expect(titles(clerk.browser)).not.toContainEqual(expect.stringMatching(/übergeben$/));
    // What the colleague wrote is not for a locked screen.
    expect(JSON.stringify(other.browser.notices)).not.toContain('Muster');
  });

  it('[WP4] a kiosk without paper is told at the counters and to who looks after devices, and once', async () => {
    const manager = await at.clerk('manager');
    const elsewhere = await at.clerk();
    await at.signOn(clerk, counterId);
    const deviceId = randomUUID();
    const { organisationId, locationId } = at.house;
    const device = { deviceId, kind: 'kiosk', name: 'Kiosk 1', settings: DEVICE_SETTINGS };
    await at.must(null, 'platform.registerDevice', device);
    const actor = { kind: 'device', organisationId, locationId, deviceId, deviceKind: 'kiosk' } as const;
    const report = (printer: string) =>
      at.house.app.parts.engine.execute({
        envelope: {
          commandId: randomUUID(),
          streamId: locationId,
          type: 'platform.reportHealth',
          input: { printer, sound: null, version: '1' },
          occurredAt: at.clock.now(),
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
    const { sessions } = at.house.app.parts;
    const { organisationId } = at.house;
    await at.signOn(clerk, counterId);
    await sessions.endAll(organisationId, personId, at.clock.now());
    const first = await at.ticket();
    await quiet();
    expect(browser.notices).toEqual([]);
    await at.must(null, 'queue.cancel', { stageId: first.stageId, reason: 'Irrtum' });

    const { access: session } = await sessions.open(
      { organisationId, personId, deviceId: null },
      at.clock.now(),
    );
    const here = { body: { endpoint: browser.subscription.endpoint }, as: { session } };
    expect((await at.api.send('POST', '/api/v1/auth/push/here', here)).body).toEqual({ on: true });
    await at.ticket();
    await expect.poll(() => browser.notices, DELIVERED).toHaveLength(1);

    // Somebody else at the same browser is not told in the first one's name, and switches nothing on by signing in.
    const next = await signedIn(at.house, 'clerk');
    const theirs = { ...here, as: { session: next.session } };
    expect((await at.api.send('POST', '/api/v1/auth/push/here', theirs)).body).toEqual({ on: false });
    expect((await at.api.send('DELETE', '/api/v1/auth/push', here)).status).toBe(204);
    expect((await at.api.send('POST', '/api/v1/auth/push/here', here)).body).toEqual({ on: false });
  });
});

describe('[WP5] a customer', () => {
  it('[WP6] is told of each call in the own language, with a number and a counter and nothing else', async () => {
    await at.signOn(clerk, counterId);
    const mine = await at.ticket();
    await at.must(null, 'queue.setNote', { visitId: mine.visitId, name: 'Anna Muster', note: 'Kaution' });
    const browser = await at.allow(mine);
    await at.callNext(clerk, counterId);
    await expect.poll(() => titles(browser), DELIVERED).toContainEqual(expect.stringMatching(/ : guichet /));
    const called = browser.notices.find(({ title }) => title.includes('guichet'));
    expect(called).toMatchObject({ urgency: 'high', path: `/t#${mine.ticket}`, language: 'fr' });
    expect(JSON.stringify(browser.notices)).not.toMatch(/Muster|Kaution/);
    at.clock.advance(MINUTE);
    await at.must({ session: clerk.session }, 'queue.recall', { stageId: mine.stageId });
    await expect
      .poll(() => titles(browser).filter((title) => title.includes('guichet')), DELIVERED)
      .toHaveLength(2);
    // The later replaces the earlier, also while it waits for a phone that is off.
    expect(new Set(browser.notices.map(({ topic }) => topic)).size).toBe(1);
  });

  it('is told once that the turn approaches, and nothing more after taking it back', async () => {
    await at.signOn(clerk, counterId);
    await at.ticket();
    const mine = await at.ticket();
    const browser = await at.allow(mine);
    // Two who come later move the line, and tell nobody anew.
    await at.ticket();
    await expect
      .poll(() => titles(browser), DELIVERED)
      .toEqual([expect.stringContaining('votre tour approche')]);
    await at.ticket();
    await quiet();
    expect(browser.notices).toHaveLength(1);
    expect((await at.api.send('DELETE', '/api/v1/ticket/push', { as: { ticket: mine.ticket } })).status).toBe(
      204,
    );
    await at.must({ ticket: mine.ticket }, 'queue.allowPush', { allowed: false });
    await at.callNext(clerk, counterId);
    await quiet();
    expect(browser.notices).toHaveLength(1);
  });

  it('[WP12] is forgotten with the visit', async () => {
    const mine = await at.ticket();
    await at.allow(mine);
    const left = () => at.subscriptionsOf(mine.visitId);
    expect(await left()).toBe(1);
    await at.must(null, 'queue.cancel', { stageId: mine.stageId, reason: 'Irrtum' });
    const erased = { visitIds: [mine.visitId], reservationIds: [], personIds: [], why: 'request' };
    await at.must(null, 'privacy.erase', erased);
    await expect.poll(left, DELIVERED).toBe(0);
  });
});

describe('[WP7] what is not so any more', () => {
  it('is not told: called, and taken back before the worker came', async () => {
    await at.signOn(clerk, counterId);
    const mine = await at.ticket();
    const browser = await at.allow(mine);
    await at.must({ session: clerk.session }, 'queue.call', { stageId: mine.stageId, counterId });
    await expect.poll(() => browser.notices.length, DELIVERED).toBeGreaterThan(0);
    const { length } = browser.notices;
    // A notice of a call that was withdrawn since, as a worker that was held up would find it.
    const job = async (decidedAt: string) =>
      at.house.app.parts.later({
        queue: 'push',
        data: {
          streamId: at.house.locationId,
          notice: { kind: 'called', stageId: mine.stageId, callId: await at.callOf(mine.stageId) },
          at: decidedAt,
        },
      });
    await job(new Date(Date.parse(at.clock.now()) - 3 * MINUTE).toISOString());
    await quiet();
    expect(browser.notices).toHaveLength(length);
    await job(at.clock.now());
    await expect.poll(() => browser.notices, DELIVERED).toHaveLength(length + 1);
    await at.must(null, 'queue.cancel', { stageId: mine.stageId, reason: 'Irrtum' });
    await job(at.clock.now());
    await quiet();
    expect(browser.notices).toHaveLength(length + 1);
  });
});
