/// <reference lib="dom" />
// One's own account: the session that renews itself, what people set of themselves, and who is signed in where.
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { people } from '@schalter/drizzle/seed/station.ts';
import { geometryProblems, seriousViolations } from '../support/accessibility.ts';
import { openHouse, type House } from '../support/app.ts';

const TABLET = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

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

async function newTablet(browser: Browser, viewport = TABLET): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport,
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

/** The page scrolls down in its frame: what is below the edge is not lost. */
const cutOff = async (page: Page): Promise<string[]> =>
  (await geometryProblems(page, { targetPx: 0 })).filter((problem) => !problem.endsWith('sticks out'));
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

test('[SI5] [SI6] [SI7] [ID-04] [ID-10] everybody sets the own name, language and password, and ends the own sessions', async ({
  browser,
}) => {
  const phone = await newTablet(browser, PHONE);
  const there = await signInAs(phone, 'Nadia');
  await expect(there.getByRole('heading', { name: 'An welchem Schalter?' })).toBeVisible();
  const context = await newTablet(browser);
  const page = await signInAs(context, 'Nadia');
  await expect(pill(page)).toContainText('Verbunden');
  // By keyboard alone, as far as the page.
  await page.locator('.rail .me button').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Eigenes Konto' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Eigenes Konto' })).toBeVisible();
  expect(await seriousViolations(page)).toEqual([]);
  expect(await cutOff(page)).toEqual([]);

  const sessions = page.locator('section', { hasText: 'Wo Sie angemeldet sind' });
  await expect(sessions.locator('li')).toHaveCount(2);
  await expect(sessions.locator('li').filter({ hasText: 'Dieses Gerät' })).toHaveCount(1);
  await sessions.getByRole('button', { name: /beenden/i }).click();
  await expect(sessions.locator('li')).toHaveCount(1);
  await expect(there.getByLabel('E-Mail')).toBeVisible();

  const person = page.locator('section', { hasText: 'Person' }).first();
  await person.getByLabel('Ihr Name').fill('Nadia Arx');
  await person.getByLabel('Sprache').selectOption({ label: 'Français' });
  await person.getByRole('button', { name: 'Speichern' }).click();
  await expect(page.getByRole('heading', { name: 'Mon compte' })).toBeVisible();
  await expect(page.locator('.rail .me')).toContainText('NA');
  await page.getByLabel('Langue').selectOption({ label: 'Deutsch' });
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await expect(page.getByRole('heading', { name: 'Eigenes Konto' })).toBeVisible();

  await page.setViewportSize(PHONE);
  expect(await seriousViolations(page)).toEqual([]);
  expect(await cutOff(page)).toEqual([]);
  await page.getByLabel('Bisheriges Passwort').fill('nicht das');
  await page.getByLabel('Neues Passwort', { exact: true }).fill('kurz');
  await page.getByLabel('Neues Passwort wiederholen').fill('kürzer');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Die beiden Passwörter sind nicht gleich.')).toBeVisible();
  await page.getByLabel('Neues Passwort', { exact: true }).fill('Neun-Nelken-Nest');
  await page.getByLabel('Neues Passwort wiederholen').fill('Neun-Nelken-Nest');
  await page.keyboard.press('Enter');
  await expect(page.getByText('E-Mail oder Passwort stimmt nicht.', { exact: false })).toBeVisible();
  await page.getByLabel('Bisheriges Passwort').fill(personOf('Nadia').password);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Das Passwort ist geändert.', { exact: false })).toBeVisible();
  await phone.close();
  await context.close();
});
