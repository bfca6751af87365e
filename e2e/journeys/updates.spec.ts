/// <reference lib="dom" />
// Another build takes the place of the one that is served, under pages that people are working with.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { demoDevice } from '../support/api.ts';
import { openHouse, type House } from '../support/app.ts';
import { atCounter, issue, press, TABLET, visitOf } from '../support/counter.ts';
import { replaceByNextBuild } from '../support/next-build.ts';
import { copyApps, ROOT } from '../support/previous-release.ts';
import { databasesOf } from '../support/stored.ts';

/** As in display/src/lib/session.svelte.ts: a wall takes nothing so soon after a call. */
const AFTER_CALL_MS = 30_000;
/** Pages look for a quiet moment every five seconds; those in the middle of something let this pass. */
const LOOKED_MS = 7_000;
const TIMEOUT = { timeout: 60_000 };

let appsDir: string;
let house: House;
test.beforeAll(async () => {
  appsDir = mkdtempSync(join(tmpdir(), 'schalter-updates-'));
  copyApps(ROOT, appsDir);
  house = await openHouse({ environment: { APPS_DIR: appsDir } });
});
test.afterAll(async () => {
  await house.close();
  rmSync(appsDir, { recursive: true, force: true });
});

/** Which build a page is of: the name of its first script, which carries a hash. */
const ENTRY = /entry\/start\.[\w-]+\.js/;
const entryIn = (html: string): string => ENTRY.exec(html)?.[0] ?? 'none yet';
const served = (app: string): string =>
  entryIn(readFileSync(join(appsDir, app, 'build', 'index.html'), 'utf8'));
/** A page that is just being loaded anew says nothing. */
const shown = async (page: Page): Promise<string> => entryIn(await page.content().catch(() => ''));
/** When the page was loaded, by the clock of this machine. */
const loadedAt = (page: Page): Promise<number> => page.evaluate(() => performance.timeOrigin);

async function open(browser: Browser, path: string, width: number, height: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'de-CH' });
  const page = await context.newPage();
  await page.goto(`${house.url}${path}`);
  return page;
}
const tablet = async (browser: Browser, firstName: string, counter: string): Promise<Page> =>
  atCounter(await browser.newContext(TABLET), { url: house.url, firstName, counter });

/** The first load of each: a page that is opened once belongs to its worker as well. */
const belongs = (page: Page) =>
  expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null), TIMEOUT).toBe(true);
/** They look twice an hour; here they look now. */
const look = (page: Page) =>
  page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()));
const waits = (page: Page): Promise<boolean> =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting != null);

const unsentOn = async (page: Page): Promise<number> =>
  Object.values(await databasesOf(page))
    .flatMap(({ outbox = [] }) => outbox as { command: { type: string } }[])
    .filter(({ command }) => command.type === 'queue.complete').length;

test('[UP10] [UP11] [UP12] [ST-07] each screen takes a new build in its own time, and works with the old one until then', async ({
  browser,
}) => {
  const caller = await demoDevice(house.url, 'kiosk', 2);
  const wall = await open(browser, '/display/?demo=1&slot=1', 1280, 720);
  const kiosk = await open(browser, '/kiosk/?demo=1&slot=1', 1080, 1920);
  const lea = await tablet(browser, 'Lea', '3');
  const nadia = await tablet(browser, 'Nadia', '1');
  const tile = kiosk.locator('button[data-service="M"]');
  await expect(tile).toBeEnabled(TIMEOUT);
  for (const page of [wall, kiosk, lea, nadia]) await belongs(page);
  const before = { wall: served('display'), kiosk: served('kiosk'), staff: served('staff-pwa') };

  // A call on the wall, a customer at the counter, another one before the kiosk, and nobody at Nadia's.
  const number = await issue(caller, 'M');
  await tile.click();
  await expect(kiosk.getByRole('button', { name: 'Nein, danke' })).toBeVisible();
  await press(lea, 'Nächste aufrufen');
  await expect(wall.locator('body')).toContainText(number.slice(1), TIMEOUT);
  const calledAt = Date.now();
  await press(lea, 'Bedienung beginnen');

  replaceByNextBuild(appsDir);
  expect(existsSync(join(appsDir, 'staff-pwa', 'build', '_app', 'immutable', before.staff))).toBe(false);
  await Promise.all([wall, kiosk, lea, nadia].map(look));
  for (const page of [kiosk, lea]) await expect.poll(() => waits(page), TIMEOUT).toBe(true);
  await expect.poll(() => shown(nadia), TIMEOUT).toBe(served('staff-pwa'));
  await expect(nadia.locator('.counter')).toBeVisible(TIMEOUT);
  await lea.waitForTimeout(LOOKED_MS);
  expect(await shown(kiosk)).toBe(before.kiosk);
  expect(await shown(lea)).toBe(before.staff);

  // Parts that are loaded late come from the old page's worker; on the server they are gone.
  const leaLoadedAt = await loadedAt(lea);
  await lea.getByRole('button', { name: /Lea Kunz$/ }).click();
  await lea.getByRole('button', { name: 'Konto' }).click();
  await expect(lea).toHaveURL(/\/account$/);
  await lea.goBack();
  await expect(lea.locator('.counter')).toBeVisible();
  expect(await loadedAt(lea)).toBe(leaLoadedAt);
  await kiosk.getByRole('button', { name: 'Nein, danke' }).click();
  await expect(kiosk.locator('.ticket-number').first()).toBeVisible(TIMEOUT);
  expect(await shown(kiosk)).toBe(before.kiosk);
  await kiosk.getByRole('button', { name: 'Fertig' }).click();
  await expect.poll(() => shown(kiosk), TIMEOUT).toBe(served('kiosk'));
  await expect(tile).toBeEnabled(TIMEOUT);

  // Pressed without the server: nothing takes the page away, and it is there after a reload by hand.
  await house.kill();
  await press(lea, 'Abschliessen');
  await expect.poll(() => unsentOn(lea)).toBe(1);
  await lea.waitForTimeout(LOOKED_MS);
  expect(await loadedAt(lea)).toBe(leaLoadedAt);
  await lea.reload();
  await expect(lea.locator('.counter')).toBeVisible();
  expect([await shown(lea), await unsentOn(lea)]).toEqual([before.staff, 1]);
  await lea.getByRole('button', { name: /Lea Kunz$/ }).click();
  const take = lea.getByRole('button', { name: 'Neue Version laden' });
  await expect(take).toContainText('Zuerst wird gesendet, was noch wartet.');

  await house.start();
  await expect
    .poll(async () => (await visitOf(house.databaseUrl, number)).statuses, TIMEOUT)
    .toEqual(['done']);
  await expect.poll(() => unsentOn(lea), TIMEOUT).toBe(0);
  // A dialog is open: it waits for the press.
  expect(await shown(lea)).toBe(before.staff);
  await take.click();
  await expect.poll(() => shown(lea), TIMEOUT).toBe(served('staff-pwa'));
  await expect(lea.locator('.counter')).toBeVisible(TIMEOUT);
  expect((await visitOf(house.databaseUrl, number)).statuses).toEqual(['done']);

  await expect.poll(() => shown(wall), TIMEOUT).toBe(served('display'));
  expect((await loadedAt(wall)) - calledAt).toBeGreaterThan(AFTER_CALL_MS - 1_000);
  await expect(wall.getByText(/Nicht aktuell seit/i)).toBeHidden(TIMEOUT);
  // The new build runs, with what it calls next.
  await press(nadia, 'Nächste aufrufen');
  await expect(wall.locator('body')).toContainText('002', TIMEOUT);
  await Promise.all([wall, kiosk, lea, nadia].map((page) => page.context().close()));
});
