/// <reference lib="dom" />
// The staff app as a house sets it up: installed, on a tablet of one's own or at a shared station, with its devices.
import { expect, test, type Page } from '@playwright/test';
import { soundContextsForAll } from '../support/contexts.ts';
import { issue, pill, row, signInAs, state, stationForAll, TABLET } from '../support/counter.ts';
import { personOf } from '../support/demo.ts';
import { databasesOf } from '../support/stored.ts';

const REVOKED_MS_MAX = 5_000;
const SWITCHED_MS_MAX = 5_000;

const station = stationForAll();
const newTablet = soundContextsForAll();

/** Whether the tablet has it on its disk; it shows a row a moment before it has written it. */
async function isKept(page: Page, number: string): Promise<boolean> {
  const rows = (await databasesOf(page))['schalter-staff']?.['rows'] ?? [];
  return (rows as { table: string; row: Record<string, unknown> }[]).some(
    ({ table, row: { series, number: digits } }) =>
      table === 'visits' && series === number.slice(0, 1) && digits === Number(number.slice(1)),
  );
}

const ROUTES = [
  ...['', 'counter', 'today', 'today?search=1', 'overview', 'outbox', 'playground', 'sign-in'],
  ...[
    'setup',
    'setup/services',
    'setup/counters',
    'setup/location',
    'setup/people',
    'setup/devices',
    'setup/audit',
  ],
  ...['setup/open', 'setup/first', 'setup/first#token=dead', 'nowhere'],
];
for (const who of ['nobody', 'Lea', 'Daniel', 'Regula']) {
  test(`[ST-01] every address opens for ${who}, and none throws`, async ({ browser }) => {
    const context = await newTablet(browser, TABLET);
    const page =
      who === 'nobody'
        ? await context.newPage()
        : await signInAs(context, { url: station.house.url, firstName: who });
    if (who !== 'nobody') await expect(page.locator('.rail .me button')).toBeVisible();
    for (const route of ROUTES) {
      await page.goto(`${station.house.url}/staff/${route}`);
      await expect(page.getByRole('heading').or(page.locator('.card')).first()).toBeVisible();
    }
    // And back again: what is not loaded anew comes out of the browser's own memory.
    for (let n = 1; who === 'Regula' && n < ROUTES.length; n++) {
      await page.goBack();
      if (page.url() === 'about:blank') break;
      await expect(page.getByRole('heading').or(page.locator('.card')).first()).toBeVisible();
    }
  });
}

test('[ST-01] it can be installed, and starts without a network', async ({ browser }) => {
  const context = await newTablet(browser, TABLET);
  const page = await station.lea(context);
  const manifest = await page.evaluate(async () => {
    const href = document.querySelector<HTMLLinkElement>('link[rel=manifest]')?.href ?? '';
    return (await (await fetch(href)).json()) as {
      start_url: string;
      scope: string;
      display: string;
      icons: { src: string; sizes: string; purpose?: string }[];
    };
  });
  expect(manifest).toMatchObject({ start_url: '/staff/', scope: '/staff/', display: 'standalone' });
  expect(manifest.icons.map((icon) => [icon.sizes, icon.purpose ?? 'any'])).toEqual([
    ['192x192', 'any'],
    ['512x512', 'any'],
    ['512x512', 'maskable'],
  ]);
  for (const { src } of manifest.icons) {
    expect((await page.request.get(`${station.house.url}${src}`)).headers()['content-type']).toBe(
      'image/png',
    );
  }
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await expect.poll(() => isKept(page, number)).toBe(true);
  await context.setOffline(true);
  await page.goto(`${station.house.url}/staff/`);
  await expect(state(page)).toHaveText('Bereit');
  await expect(row(page, number)).toBeVisible();
  await expect(pill(page)).toContainText(/Ohne Netz seit \d\d:\d\d/);
  await context.setOffline(false);
  await expect(pill(page)).toContainText('alles gesendet', { timeout: 15_000 });
});

test('[ST-05] a shared station changes hands by PIN, and the rights change with it', async ({ browser }) => {
  const context = await newTablet(browser, TABLET);
  const page = await signInAs(context, {
    url: station.house.url,
    firstName: 'Regula',
    path: '/staff/setup/devices',
  });
  await page.getByRole('button', { name: 'Zum Arbeitsplatz machen' }).click();
  await expect(page.getByText('dieses Gerät', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: /^Angemeldet: Regula/ }).click();
  await page.getByRole('button', { name: 'Person wechseln' }).click();
  await page.getByRole('button', { name: 'Lea Kunz' }).click();
  const { pin } = personOf('Lea');
  await page.keyboard.type('000001');
  await expect(page.getByRole('alert')).toContainText('Die PIN stimmt nicht');
  const from = Date.now();
  for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click();
  await expect(page.getByRole('button', { name: /^Angemeldet: Lea/ })).toBeVisible();
  expect(Date.now() - from).toBeLessThan(SWITCHED_MS_MAX);
  await expect(page.getByRole('link', { name: 'Einrichten' })).toHaveCount(0);
  await page.goto(`${station.house.url}/staff/setup/people`);
  await expect(page.getByRole('button', { name: 'Person hinzufügen' })).toHaveCount(0);
  await expect(page.getByText('keine Berechtigung')).toBeVisible();
});

test('[ST-05] [SI14] a shared station that nobody touches locks itself, a tablet of one’s own does not', async ({
  browser,
}) => {
  const context = await newTablet(browser, TABLET);
  await context.clock.install();
  const page = await signInAs(context, {
    url: station.house.url,
    firstName: 'Regula',
    path: '/staff/setup/devices',
  });
  const me = page.getByRole('button', { name: /^Angemeldet: Regula/ });
  await expect(me).toBeVisible();
  await page.clock.fastForward(301_000);
  await expect(me).toBeVisible();
  await page.getByRole('button', { name: 'Zum Arbeitsplatz machen' }).click();
  await expect(page.getByText('dieses Gerät', { exact: true })).toBeVisible();
  await page.clock.fastForward(290_000);
  await page.mouse.click(640, 760);
  await page.clock.fastForward(290_000);
  await expect(me).toBeVisible();
  await page.clock.fastForward(12_000);
  await expect(page.getByText('Gesperrt, weil fünf Minuten lang niemand hier war.')).toBeVisible();
  await page.getByRole('button', { name: 'Regula Amstad' }).click();
  for (const digit of personOf('Regula').pin)
    await page.getByRole('button', { name: digit, exact: true }).click();
  // Back where one was.
  await expect(page.getByRole('heading', { name: 'Geräte' })).toBeVisible();
});

test('[RT-06] a device is paired by its code, and revoked within five seconds', async ({ browser }) => {
  const wallContext = await newTablet(browser, TABLET);
  const asked = await wallContext.request.post(`${station.house.url}/api/v1/pairings`, {
    data: { kind: 'display' },
  });
  const { code, pairingId, secret } = (await asked.json()) as Record<'code' | 'pairingId' | 'secret', string>;

  const context = await newTablet(browser, TABLET);
  const page = await signInAs(context, {
    url: station.house.url,
    firstName: 'Daniel',
    path: '/staff/setup/devices',
  });
  await page.getByRole('button', { name: /^Associer un appareil/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Code').fill('AAAA-0000');
  await dialog.getByRole('button', { name: 'Chercher' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByLabel('Code').fill(code);
  await dialog.getByRole('button', { name: 'Chercher' }).click();
  await dialog.getByLabel('Nom').fill('Paroi test');
  await dialog.getByRole('button', { name: 'Associer' }).click();
  const line = page.locator('main li').filter({ hasText: 'Paroi test' });
  await expect(line).toBeVisible();

  const collected = await wallContext.request.get(`${station.house.url}/api/v1/pairings/${pairingId}`, {
    headers: { Authorization: `Bearer ${secret}` },
  });
  const { deviceId } = (await collected.json()) as { deviceId: string };
  const me = () =>
    wallContext.request.get(`${station.house.url}/api/v1/device`, {
      headers: { 'X-Schalter-Device': deviceId },
    });
  expect((await me()).status()).toBe(200);
  await line.getByRole('button').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Révoquer l’appareil' }).click();
  const from = Date.now();
  await page.getByRole('dialog').getByRole('button', { name: 'Révoquer maintenant' }).click();
  await expect.poll(async () => (await me()).status(), { intervals: [100] }).toBe(401);
  expect(Date.now() - from).toBeLessThan(REVOKED_MS_MAX);
  await expect(line).toHaveCount(0);
});
