/// <reference lib="dom" />
// Notices to browsers that nobody looks at: the real pages, server and service worker. What can't be had here is the
// browser maker's service: it is made from the RFCs, and what it got is handed to the worker by Chromium itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test, type BrowserContext, type Page } from '@playwright/test';
import { DEMO_LOCATION_ID as LOCATION, services } from '@schalter/drizzle/seed/station.ts';
import {
  startPushService,
  type PushedBrowser,
  type PushedNotice,
  type PushService,
} from '@schalter/server/test/push-service.ts';
import { geometryProblems, seriousViolations } from '../support/accessibility.ts';
import { demoDevice, newLinkToken, type Caller } from '../support/api.ts';
import { openHouse, type House } from '../support/app.ts';
import { chromiumLaunchOptions } from '../support/chromium.ts';
import { lookedAt } from '../support/look.ts';
import { atCounter, issue, press, TABLET } from '../support/counter.ts';

const PHONE = { width: 390, height: 844 };
/** Within this what is not told has not been told. */
const QUIET_MS = 2_500;

let house: House;
let service: PushService;
let kiosk: Caller;
let folder: string;
let context: BrowserContext;
test.beforeAll(async () => {
  service = await startPushService();
  house = await openHouse({ environment: { PUSH_SERVICES: service.origin } });
  kiosk = await demoDevice(house.url, 'kiosk');
});
test.afterAll(async () => {
  await house.close();
  await service.close();
});
test.beforeEach(async () => {
  // With a profile on the disk: a private window is told nothing.
  folder = mkdtempSync(join(tmpdir(), 'schalter-profile-'));
  context = await chromium.launchPersistentContext(folder, { ...chromiumLaunchOptions(), ...TABLET });
});
test.afterEach(async () => {
  await context.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The browser subscribes at this service instead of its maker's, as often as a page asks it to. */
async function subscribeHere(): Promise<PushedBrowser> {
  const { publicKey } = (await (await fetch(`${house.url}/api/v1/push`)).json()) as { publicKey: string };
  const browser = service.subscribe(publicKey);
  await context.grantPermissions(['notifications'], { origin: house.url });
  await context.addInitScript((subscription) => {
    const KEPT = 'test.subscribed';
    const here = (applicationServerKey: ArrayBufferLike) => ({
      ...{ endpoint: subscription.endpoint, options: { applicationServerKey } },
      toJSON: () => subscription,
      unsubscribe: () => Promise.resolve(localStorage.removeItem(KEPT)).then(() => true),
    });
    PushManager.prototype.subscribe = (options) => {
      const key = options?.applicationServerKey;
      if (options?.userVisibleOnly !== true || !(key instanceof Uint8Array) || key.length !== 65)
        return Promise.reject(new TypeError('not what a browser takes'));
      localStorage.setItem(KEPT, JSON.stringify([...key]));
      return Promise.resolve(here(key.buffer) as unknown as PushSubscription);
    };
    PushManager.prototype.getSubscription = () => {
      const kept = localStorage.getItem(KEPT);
      const key = kept === null ? null : new Uint8Array(JSON.parse(kept) as number[]).buffer;
      return Promise.resolve(key && (here(key) as unknown as PushSubscription));
    };
  }, browser.subscription);
  return browser;
}

const account = async (page: Page) => {
  await page.goto(`${house.url}/staff/account`);
  const section = page.locator('section').filter({ hasText: 'Benachrichtigungen auf diesem Gerät' });
  await expect(section).toBeVisible();
  return section;
};

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly lang: string;
}
/** A page of the house that is none of the app's: from there the app is closed. */
async function elsewhere(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${house.url}/healthz`);
  return page;
}
const shownIn = (page: Page, scope: string): Promise<Shown[]> =>
  page.evaluate(async (of) => {
    const registration = (await navigator.serviceWorker.getRegistrations()).find(({ scope: at }) =>
      at.endsWith(of),
    );
    const notices = (await registration?.getNotifications()) ?? [];
    return notices.map(({ title, body, lang }) => ({ title, body, lang }));
  }, scope);

/**
 * As the browser does with what its maker's service brings, until the worker is done with it: Chromium forgets a notice
 * that is just being shown while somebody asks which ones there are.
 */
async function deliver(page: Page, scope: string, { title, body, tag, path, language }: PushedNotice) {
  const cdp = await context.newCDPSession(page);
  const registrations: { registrationId: string; scopeURL: string }[] = [];
  cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations: some }) => registrations.push(...some));
  await cdp.send('ServiceWorker.enable');
  const found = () => registrations.find(({ scopeURL }) => scopeURL.endsWith(scope))?.registrationId;
  await expect.poll(found).toBeTruthy();
  const events: string[] = [];
  cdp.on('BackgroundService.backgroundServiceEventReceived', ({ backgroundServiceEvent: { eventName } }) =>
    events.push(eventName),
  );
  const service = 'pushMessaging';
  // Those of the notice before would be told again.
  await cdp.send('BackgroundService.clearEvents', { service });
  await cdp.send('BackgroundService.startObserving', { service });
  await cdp.send('BackgroundService.setRecording', { service, shouldRecord: true });
  await cdp.send('ServiceWorker.deliverPushMessage', {
    origin: house.url,
    registrationId: found() ?? '',
    data: JSON.stringify({ title, body, tag, path, language }),
  });
  await expect.poll(() => events).toContain('Push event completed');
  await cdp.detach();
}

async function serve(page: Page): Promise<void> {
  for (const step of ['Nächste aufrufen', 'Bedienung beginnen', 'Abschliessen']) await press(page, step);
}

test('[ST-11] [WP1] [WP3] [WP11] a clerk switches notices on, and is told of the first in an empty line', async () => {
  const browser = await subscribeHere();
  const page = await atCounter(context, { url: house.url, firstName: 'Lea', counter: '3' });
  const section = await account(page);
  await section.getByRole('button', { name: 'Benachrichtigungen einschalten' }).click();
  await expect(section).toContainText('Eingeschaltet, solange Sie in diesem Browser angemeldet sind.');
  await section.scrollIntoViewIfNeeded();
  await lookedAt(page, 'account');

  const number = await issue(kiosk, 'M');
  await expect.poll(() => browser.notices).toHaveLength(1);
  const [notice] = browser.notices as [PushedNotice];
  expect(notice).toMatchObject({ title: 'Jemand wartet', path: '/staff/counter' });
  expect(notice.body).toContain(number);

  // While a page of the app is looked at, it says so itself.
  const other = await elsewhere();
  await page.bringToFront();
  await deliver(page, '/staff/', notice);
  await page.waitForTimeout(QUIET_MS);
  expect(await shownIn(other, '/staff/')).toEqual([]);

  // A press on a notice brings the open window to the page that it is about, without loading it anew.
  await page.evaluate(() => Object.assign(globalThis, { isSameLoad: true }));
  const worker = context.serviceWorkers().find((one) => one.url().endsWith('/staff/sw.js'));
  await worker?.evaluate(async (path) => {
    const { registration } = globalThis as unknown as { registration: ServiceWorkerRegistration };
    await registration.showNotification('x', { tag: 'x', data: { path } });
    const [notification] = await registration.getNotifications({ tag: 'x' });
    const Event = (globalThis as unknown as { NotificationEvent: new (type: string, init: object) => Event })
      .NotificationEvent;
    dispatchEvent(new Event('notificationclick', { notification }));
  }, notice.path);
  await expect(page).toHaveURL(/\/staff\/counter$/);
  expect(await page.evaluate(() => 'isSameLoad' in globalThis)).toBe(true);
  await expect.poll(() => shownIn(other, '/staff/')).toEqual([]);

  // Closed: the browser shows it, in the person's language.
  await page.close();
  await deliver(other, '/staff/', notice);
  expect(await shownIn(other, '/staff/')).toEqual([{ title: notice.title, body: notice.body, lang: 'de' }]);

  // Signed out: nothing more. Signed in here again: it goes on, without a press.
  const back = await atCounter(context, { url: house.url, firstName: 'Lea', counter: '3' });
  await serve(back);
  await back.getByRole('button', { name: /^Angemeldet: / }).click();
  await back.getByRole('button', { name: 'Abmelden' }).click();
  await expect(back.getByLabel('Passwort')).toBeVisible();
  const { length } = browser.notices;
  await issue(kiosk, 'M');
  await back.waitForTimeout(QUIET_MS);
  expect(browser.notices).toHaveLength(length);
  await back.close();
  const again = await atCounter(context, { url: house.url, firstName: 'Lea', counter: '3' });
  await serve(again);
  await issue(kiosk, 'M');
  await expect.poll(() => browser.notices.length).toBe(length + 1);
  await expect(await account(again)).toContainText('Eingeschaltet');
  await again.getByRole('button', { name: 'Ausschalten' }).first().click();
  await expect(again.getByRole('button', { name: 'Benachrichtigungen einschalten' })).toBeVisible();
  await again.goto(`${house.url}/staff/counter`);
  await serve(again);
});

test('[WP5] [WP6] [WP11] a customer is told of the call with the page closed, and takes it back', async () => {
  const browser = await subscribeHere();
  const clerk = await atCounter(context, { url: house.url, firstName: 'Lea', counter: '3' });
  const linkToken = newLinkToken();
  const answer = await kiosk.command(LOCATION, 'queue.issueTicket', {
    serviceId: services.find(({ service: of }) => of.letter === 'M')?.serviceId ?? '',
    ...{ language: 'en', linkToken, contact: null, name: 'Anna Muster', note: null },
  });
  expect(answer).toMatchObject({ ok: true });
  const page = await context.newPage();
  await page.setViewportSize(PHONE);
  await page.goto(`${house.url}/t#${linkToken}`);
  await page.getByRole('button', { name: 'Notify me when the page is closed too' }).click();
  await expect(page.getByText('This phone tells you when it is your turn')).toBeVisible();
  expect(await seriousViolations(page)).toEqual([]);
  expect(await geometryProblems(page, { targetPx: 0 })).toEqual([]);
  await page.screenshot({ path: test.info().outputPath('phone.png'), fullPage: true });
  // Loaded anew it knows it still.
  await page.reload();
  await expect(page.getByRole('button', { name: 'Stop notifying me' })).toBeVisible();
  await page.close();

  await press(clerk, 'Nächste aufrufen');
  const called = () => browser.notices.find(({ title }) => title.includes('please go to counter 3'));
  await expect.poll(called).toBeTruthy();
  const notice = called() as PushedNotice;
  expect(notice.path).toBe(`/t#${linkToken}`);
  expect(JSON.stringify(browser.notices)).not.toContain('Muster');
  const other = await elsewhere();
  await deliver(other, '/kiosk/push/', notice);
  expect(await shownIn(other, '/kiosk/push/')).toEqual([
    { title: notice.title, body: notice.body, lang: 'en' },
  ]);
  await press(clerk, 'Bedienung beginnen');
  await press(clerk, 'Abschliessen');
  await expect(clerk.locator('.card .button.large')).toContainText('Nächste aufrufen');
});

test('[WP5] a customer takes it back', async () => {
  const browser = await subscribeHere();
  const linkToken = newLinkToken();
  const serviceId = services.find(({ service: of }) => of.letter === 'M')?.serviceId ?? '';
  const wish = { serviceId, language: 'de', linkToken, contact: null, name: null, note: null };
  expect(await kiosk.command(LOCATION, 'queue.issueTicket', wish)).toMatchObject({ ok: true });
  const page = await context.newPage();
  await page.setViewportSize(PHONE);
  await page.goto(`${house.url}/t#${linkToken}`);
  await page.getByRole('button', { name: 'Auch bei geschlossener Seite benachrichtigen' }).click();
  await page.getByRole('button', { name: 'Nicht mehr benachrichtigen' }).click();
  await expect(
    page.getByRole('button', { name: 'Auch bei geschlossener Seite benachrichtigen' }),
  ).toBeVisible();
  const clerk = await atCounter(context, { url: house.url, firstName: 'Lea', counter: '3' });
  await press(clerk, 'Nächste aufrufen');
  await clerk.waitForTimeout(QUIET_MS);
  expect(browser.notices.filter(({ path }) => path.includes(linkToken))).toEqual([]);
  expect(service.refusals).toEqual([]);
});

test('[WP13] where notices can’t be had the page says why', async () => {
  const page = await atCounter(context, { url: house.url, firstName: 'Lea', counter: '1' });
  const section = await account(page);
  await context.grantPermissions(['notifications'], { origin: house.url });
  // The real thing: this Chromium's service can't be reached from here.
  await section.getByRole('button', { name: 'Benachrichtigungen einschalten' }).click();
  await expect(section.getByRole('alert')).toContainText('antwortet nicht', { timeout: 30_000 });
  await section.scrollIntoViewIfNeeded();
  await lookedAt(page, 'no-service');
  await page.addInitScript(() => {
    Object.defineProperty(Notification, 'permission', { get: () => 'denied' });
  });
  await expect(await account(page)).toContainText('Der Browser sperrt sie für diese Seite.');
  await page.addInitScript(() => {
    Reflect.deleteProperty(window, 'PushManager');
    Object.defineProperty(navigator, 'standalone', { get: () => false });
  });
  await expect(await account(page)).toContainText(
    'Auf iPhone und iPad geht das nur in der installierten App',
  );
});
