/// <reference lib="dom" />
// Whether a browser would install the three apps, asked of the browser; and what an installed one can do.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test, type BrowserContext, type CDPSession, type Page } from '@playwright/test';
import postgres from 'postgres';
import { DEMO_LOCATION_ID as LOCATION, people, services } from '@schalter/drizzle/seed/station.ts';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { demoDevice, newLinkToken, type Caller } from '../support/api.ts';
import { seriousViolations } from '../support/accessibility.ts';
import { openHouse, type House } from '../support/app.ts';
import { chromiumLaunchOptions } from '../support/chromium.ts';

let house: House;
let sql: postgres.Sql;
let kiosk: Caller;
let folder: string;
/** With a profile on the disk: a private window installs nothing. */
let context: BrowserContext;
test.beforeAll(async () => {
  house = await openHouse();
  sql = postgres(house.databaseUrl, { max: 1 });
  kiosk = await demoDevice(house.url, 'kiosk');
});
test.afterAll(async () => {
  await sql.end();
  await house.close();
});
test.beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'schalter-profile-'));
  context = await chromium.launchPersistentContext(folder, {
    ...chromiumLaunchOptions(),
    viewport: { width: 1280, height: 800 },
    locale: 'de-CH',
  });
});
test.afterEach(async () => {
  await context.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Icon {
  readonly src: string;
  readonly sizes: string;
  readonly purpose?: string;
}
interface Manifest {
  readonly id: string;
  readonly lang: string;
  readonly name: string;
  readonly short_name: string;
  readonly description: string;
  readonly start_url: string;
  readonly scope: string;
  readonly display: string;
  readonly theme_color: string;
  readonly background_color: string;
  readonly icons: readonly Icon[];
  readonly shortcuts?: readonly {
    readonly name: string;
    readonly url: string;
    readonly icons: readonly Icon[];
  }[];
}

async function controlled(path: string): Promise<{ page: Page; cdp: CDPSession }> {
  const page = await context.newPage();
  await page.goto(`${house.url}${path}`);
  // From its first load on, as a wall that is opened once and never again.
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await page.reload();
  return { page, cdp: await context.newCDPSession(page) };
}

/** What the picture is, not what the manifest says of it. */
const pixelsOf = (page: Page, src: string): Promise<string> =>
  page.evaluate(async (url) => {
    const picture = await createImageBitmap(await (await fetch(url)).blob());
    return `${picture.width}x${picture.height}`;
  }, src);

const APPS = [
  { base: '/staff/', path: '/staff/', display: 'standalone', title: 'Schalter' },
  { base: '/kiosk/', path: '/kiosk/?demo=1&slot=3', display: 'fullscreen', title: 'Kiosk' },
  { base: '/display/', path: '/display/?demo=1&slot=3', display: 'fullscreen', title: 'Anzeige' },
] as const;
for (const { base, path, display, title } of APPS) {
  test(`[ST-01] [IN1] [IN4] [UP11] a browser would install ${base}`, async () => {
    const { page, cdp } = await controlled(path);
    const { data = '', errors } = await cdp.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const { installabilityErrors } = await cdp.send('Page.getInstallabilityErrors');
    expect(installabilityErrors).toEqual([]);
    const manifest = JSON.parse(data) as Manifest;
    expect(manifest).toMatchObject({ id: base, start_url: base, scope: base, display });
    expect(manifest.short_name).toBe(title);
    expect(manifest.name.length).toBeLessThanOrEqual(45);
    expect(manifest.description).not.toBe('');
    for (const colour of [manifest.theme_color, manifest.background_color])
      expect(colour).toMatch(/^#\w{6}$/);
    const icons = [...manifest.icons, ...(manifest.shortcuts ?? []).flatMap((s) => s.icons)];
    for (const { src, sizes } of icons) expect(`${src} ${await pixelsOf(page, src)}`).toBe(`${src} ${sizes}`);
    expect(manifest.icons.filter((icon) => icon.purpose === undefined).map((icon) => icon.sizes)).toEqual([
      '192x192',
      '512x512',
    ]);
    expect(manifest.icons.some((icon) => icon.purpose === 'maskable')).toBe(true);
    // What an iPad reads instead.
    const head = (selector: string, attribute: string) =>
      page.locator(`head ${selector}`).first().getAttribute(attribute);
    const touch = (await head('link[rel=apple-touch-icon]', 'href')) ?? '';
    expect(await pixelsOf(page, touch)).toBe('180x180');
    expect(await head('meta[name=apple-mobile-web-app-title]', 'content')).toBe(title);
    expect(await head('meta[name=apple-mobile-web-app-capable]', 'content')).toBe('yes');
    expect(await head('meta[name=viewport]', 'content')).toContain('width=device-width');
    expect(await head('meta[name=theme-color]', 'content')).toBe(manifest.theme_color);
  });
}

test('[ST-01] [IN2] the start address is answered by the worker without a network', async () => {
  const { page } = await controlled('/staff/');
  await context.setOffline(true);
  const answer = await page.goto(`${house.url}/staff/`);
  expect([answer?.status(), answer?.fromServiceWorker()]).toEqual([200, true]);
  await expect(page.getByLabel('E-Mail')).toBeVisible();
  await context.setOffline(false);
});

test('[ST-01] [IN3] each language has a manifest of the same app, and the page links to its own', async () => {
  const { page } = await controlled('/staff/');
  const hrefs = new Set<string>();
  const names = new Set<string>();
  for (const language of LANGUAGES) {
    await page.evaluate((code) => localStorage.setItem('schalter.staff.language', code), language);
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('lang', new RegExp(`^${language}`));
    const href = (await page.locator('link[rel=manifest]').getAttribute('href')) ?? '';
    const manifest = (await (await page.request.get(new URL(href, page.url()).href)).json()) as Manifest;
    expect(manifest).toMatchObject({ id: '/staff/', lang: language, start_url: '/staff/' });
    hrefs.add(href);
    names.add(manifest.shortcuts?.[0]?.name ?? '');
  }
  expect([hrefs.size, names.size]).toEqual([4, 4]);
});

async function issue(): Promise<void> {
  const serviceId = services.find(({ service }) => service.letter === 'M')?.serviceId;
  const input = {
    serviceId,
    language: 'de',
    linkToken: newLinkToken(),
    contact: null,
    name: null,
    note: null,
  };
  expect(await kiosk.command(LOCATION, 'queue.issueTicket', input)).toMatchObject({ ok: true });
}
const calls = async (): Promise<number> => (await sql`select 1 from calls`).length;

async function atCounterOne(): Promise<Page> {
  const page = await context.newPage();
  const lea = people.find((p) => p.name.startsWith('Lea'));
  await page.goto(`${house.url}/staff/`);
  await page.getByLabel('E-Mail').fill(lea?.email ?? '');
  await page.getByLabel('Passwort').fill(lea?.password ?? '');
  await page.getByRole('button', { name: 'Anmelden' }).click();
  const free = page.getByRole('heading', { name: 'An welchem Schalter?' });
  await expect(free.or(page.locator('.counter'))).toBeVisible();
  if (await free.isVisible()) await page.getByRole('button', { name: /^1\b/ }).click();
  await page.locator('.counter').waitFor();
  return page;
}

test('[ST-04] [IN5] [IN6] the shortcut calls the next customer, once; the icon says how many wait', async () => {
  await context.addInitScript(() => {
    const told: number[] = [];
    Object.assign(window, { told });
    navigator.setAppBadge = (n = 0) => Promise.resolve(void told.push(n));
    navigator.clearAppBadge = () => Promise.resolve(void told.push(0));
    // The system's own launches can't be had in a test: what the page would be told is told by hand.
    Object.defineProperty(window, 'launchQueue', {
      value: { setConsumer: (consumer: unknown) => Object.assign(window, { launch: consumer }) },
    });
  });
  const page = await atCounterOne();
  const badge = () => page.evaluate(() => (window as unknown as { told: number[] }).told.at(-1));
  await issue();
  await issue();
  await expect.poll(badge).toBe(2);

  await page.goto(`${house.url}/staff/counter?do=callNext`);
  await expect.poll(calls).toBe(1);
  await expect(page).toHaveURL(`${house.url}/staff/counter`);
  await expect(page.locator('.card .state')).toBeVisible();
  await expect.poll(badge).toBe(1);
  // Somebody stands there: a second press, a reload, the way back and a second window call nobody.
  await page.reload();
  await page.goto(`${house.url}/staff/counter?do=callNext`);
  await expect(page).toHaveURL(`${house.url}/staff/counter`);
  await page.goBack();
  const second = await context.newPage();
  await second.goto(`${house.url}/staff/counter?do=callNext`);
  await expect(second).toHaveURL(`${house.url}/staff/counter`);
  await second.locator('.counter').waitFor();
  expect(await calls()).toBe(1);
  await second.close();

  // The window that is open is told of it, and loads nothing anew.
  await page.goto(`${house.url}/staff/counter`);
  await page.locator('.counter').waitFor();
  await page.keyboard.press('s');
  await expect.poll(async () => (await sql`select 1 from stages where status = 'serving'`).length).toBe(1);
  await page.keyboard.press('c');
  await expect.poll(async () => (await sql`select 1 from stages where status = 'done'`).length).toBe(1);
  const loadedAt = await page.evaluate(() => performance.timeOrigin);
  await page.evaluate((targetURL) => {
    (window as unknown as { launch: (to: { targetURL: string }) => void }).launch({ targetURL });
  }, `${house.url}/staff/counter?do=callNext`);
  await expect.poll(calls).toBe(2);
  await expect(page).toHaveURL(`${house.url}/staff/counter`);
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(loadedAt);

  await page.getByRole('button', { name: /^Angemeldet: / }).click();
  await page.getByRole('button', { name: 'Abmelden' }).click();
  await expect.poll(badge).toBe(0);
});

test('[IN7] the account page installs the app, and says what this browser cannot do', async () => {
  await context.addInitScript(() => {
    Reflect.deleteProperty(Navigator.prototype, 'serial');
    Reflect.deleteProperty(Navigator.prototype, 'setAppBadge');
    navigator.storage.persisted = () => Promise.resolve(false);
  });
  const page = await atCounterOne();
  await page.goto(`${house.url}/staff/account`);
  const section = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Auf diesem Gerät', exact: true }) });
  // The browser's own offer: it would install the app.
  await expect(section.getByRole('button', { name: 'App installieren' })).toBeVisible();
  await expect(section.locator('li')).toHaveText([/^Daten sicher behalten/, /^Drucker/, /^Die Zahl/]);
  await page.evaluate(() => {
    const offer = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
      prompt: () => Promise.resolve(document.body.setAttribute('data-asked', 'yes')),
    });
    dispatchEvent(offer);
  });
  expect(await seriousViolations(page)).toEqual([]);
  await section.getByRole('button', { name: 'App installieren' }).click();
  await expect(page.locator('body')).toHaveAttribute('data-asked', 'yes');
  await page.evaluate(() => dispatchEvent(new Event('appinstalled')));
  await expect(section).toContainText('ist auf diesem Gerät installiert');
  for (const [name, size] of [
    ['desk', { width: 1280, height: 800 }],
    ['phone', { width: 390, height: 844 }],
  ] as const) {
    await page.setViewportSize(size);
    await section.scrollIntoViewIfNeeded();
    await page.screenshot({ path: test.info().outputPath(`account-${name}.png`) });
  }
});
