/// <reference lib="dom" />
// One's own account: the session that renews itself.
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { people } from '@schalter/drizzle/seed/station.ts';
import { openHouse, type House } from '../support/app.ts';

const TABLET = { width: 1280, height: 800 };

let house: House;
let thrown: string[] = [];

test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());
test.beforeEach(() => {
  thrown = [];
});
test.afterEach(() => {
  expect(thrown).toEqual([]);
});

const personOf = (firstName: string) => {
  const person = people.find((p) => p.name.startsWith(firstName));
  if (person === undefined) throw new Error(`nobody of the demo is called ${firstName}`);
  return person;
};

async function newTablet(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: TABLET,
    locale: 'de-CH',
    timezoneId: 'Europe/Zurich',
  });
  context.on('weberror', (fault) => thrown.push(`${fault.page()?.url()}: ${fault.error().stack}`));
  return context;
}

async function signInAs(context: BrowserContext, firstName: string, password?: string): Promise<Page> {
  const person = personOf(firstName);
  const page = await context.newPage();
  await page.goto(`${house.url}/staff/`);
  await page.getByLabel('E-Mail').fill(person.email);
  await page.getByLabel('Passwort').fill(password ?? person.password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
  return page;
}

const pill = (page: Page) => page.locator('.bar .pill');

test('[SI4] [ID-07] a tablet that was away longer than its access token comes back without a sign-in', async ({
  browser,
}) => {
  const context = await newTablet(browser);
  const page = await signInAs(context, 'Lea');
  await expect(page.getByRole('heading', { name: 'An welchem Schalter?' })).toBeVisible();
  await expect(pill(page)).toContainText('Verbunden');
  // What a browser does with a cookie whose time is over.
  await context.clearCookies({ name: 'schalter_session' });
  await context.setOffline(true);
  // A line that was open is missed once its heartbeats are.
  await expect(pill(page)).toContainText('Ohne Netz', { timeout: 30_000 });
  await context.setOffline(false);
  await expect(pill(page)).toContainText('Verbunden');
  await page.locator('main li').first().getByRole('button').click();
  await expect(page.locator('.counter')).toBeVisible();
  // Over HTTP as well, and with a page that starts anew.
  await context.clearCookies({ name: 'schalter_session' });
  await page.reload();
  await expect(page.locator('.counter')).toBeVisible();
  await expect(pill(page)).toContainText('Verbunden');
  // Where the session is over, somebody signs in again.
  await context.clearCookies();
  await page.reload();
  await expect(page.getByLabel('E-Mail')).toBeVisible();
  await context.close();
});
