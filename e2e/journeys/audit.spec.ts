/// <reference lib="dom" />
// A manager finds out who did what, in the staff app, against the real server.
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { DEMO_LOCATION_ID as LOCATION, counters, people, services } from '@schalter/drizzle/seed/station.ts';
import { LANGUAGE_NAMES } from '@schalter/shared/i18n/language.ts';
import { seriousViolations } from '../support/accessibility.ts';
import { demoDevice, newLinkToken, signIn, type Caller } from '../support/api.ts';
import { openHouse, type House } from '../support/app.ts';
import { atRest } from '../support/playground.ts';

const TABLET = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
/** What a finger finds. */
const TARGET_PX = 44;
const LANGUAGES = {
  de: { title: 'Protokoll', called: 'Nummer aufgerufen' },
  fr: { title: 'Journal', called: 'Numéro appelé' },
  it: { title: 'Registro', called: 'Numero chiamato' },
  en: { title: 'Audit log', called: 'Number called' },
} as const;

let house: House;
let lea: Caller;
let number: string;
let thrown: string[] = [];

const personOf = (firstName: string) => {
  const person = people.find((p) => p.name.startsWith(firstName));
  if (person === undefined) throw new Error(`nobody of the demo is called ${firstName}`);
  return person;
};
const counterId = (name: string): string =>
  counters.find(({ counter }) => counter.name === name)?.counterId ?? '';

async function issue(contact: object | null) {
  const kiosk = await demoDevice(house.url, 'kiosk');
  const issued = await kiosk.command(LOCATION, 'queue.issueTicket', {
    serviceId: services.find(({ service }) => service.letter === 'M')?.serviceId,
    language: 'de',
    linkToken: newLinkToken(),
    contact,
    name: null,
    note: null,
  });
  if (!issued.ok) throw new Error(issued.code);
  return issued.result as { series: string; number: number; visitId: string; stageId: string };
}

test.beforeAll(async () => {
  house = await openHouse();
  const contact = { phone: '079 123 45 67', consentWording: 'sms-1', consentLanguage: 'de' };
  const ticket = await issue(contact);
  const { stageId } = ticket;
  number = `${ticket.series}${String(ticket.number).padStart(3, '0')}`;
  lea = await signIn(house.url, 'Lea');
  const signOn = { counterId: counterId('3'), takeOver: true };
  expect(await lea.command(LOCATION, 'directory.signOn', signOn)).toMatchObject({ ok: true });
  const call = { stageId, counterId: counterId('3') };
  expect(await lea.command(LOCATION, 'queue.call', call)).toMatchObject({ ok: true });
  expect(await lea.command(LOCATION, 'queue.start', { stageId })).toMatchObject({ ok: true });
});
test.afterAll(async () => house.close());
test.beforeEach(() => {
  thrown = [];
});
test.afterEach(() => expect(thrown).toEqual([]));

async function newTablet(browser: Browser, viewport = TABLET): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport, locale: 'de-CH', timezoneId: 'Europe/Zurich' });
  context.on('weberror', (fault) => {
    thrown.push(`${fault.page()?.url()}: ${fault.error().stack}`);
  });
  return context;
}

/** Signs in and opens the page of the audit, in the language that the person reads. */
async function audit(context: BrowserContext, firstName: string): Promise<Page> {
  const { email, password } = personOf(firstName);
  const page = await context.newPage();
  await page.goto(`${house.url}/staff/setup/audit`);
  await page.getByLabel('E-Mail').fill(email);
  await page.getByLabel('Passwort').fill(password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
  return page;
}

/** What goes beyond the screen sideways, and what of this page is too small to touch. */
const layoutProblems = (page: Page): Promise<string[]> =>
  page.evaluate((leastPx) => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push('scrolls sideways');
    for (const element of document.querySelectorAll(
      'main .page button, main .page input, main .page select',
    )) {
      if (element.closest('.visually-hidden') !== null || element.classList.contains('visually-hidden'))
        continue;
      const { width, height, right } = element.getBoundingClientRect();
      const name = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 30);
      if (width === 0) continue;
      if (right > innerWidth + 1) found.push(`${name} sticks out`);
      if (width < leastPx || height < leastPx) found.push(`${name} is ${width} x ${height}`);
    }
    return found;
  }, TARGET_PX);

const rows = (page: Page) => page.locator('main li button');

test('[AT-01] [AT-03] a manager finds who called a number, and what that changed', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await audit(context, 'Daniel');
  const words = LANGUAGES.fr;
  await expect(page.getByRole('heading', { level: 1, name: words.title })).toBeVisible();
  // Who looks for one number sees its whole day, the newest first.
  await page.getByRole('searchbox').fill(number);
  await expect(rows(page).filter({ hasText: 'Service commencé' })).toHaveCount(1);
  await expect(rows(page).last()).toContainText('Numéro délivré');
  await page.getByLabel('Quoi').selectOption(words.called);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText(number);
  await expect(rows(page)).toContainText('Guichet 3');
  await expect(rows(page)).toContainText('Lea Kunz');

  await rows(page).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { name: words.called })).toBeVisible();
  const stage = dialog.getByRole('region', { name: `Numéro dans la file ${number}` });
  const status = stage.locator('.fields > div').filter({ hasText: 'Statut' });
  await expect(status).toContainText(/avant:\s*Attend/);
  await expect(status).toContainText(/après:\s*Appelé/);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  // Of somebody else there is nothing, and that is said.
  await page.getByLabel('Qui').selectOption('Nadia Hofer');
  await expect(page.getByText('Aucune entrée')).toBeVisible();
  await page.getByLabel('Qui').selectOption('Lea Kunz');
  await expect(rows(page)).toHaveCount(1);
  await context.close();
});

test('[AU6] a customer’s phone number stands there by its last three digits', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await audit(context, 'Daniel');
  await page.getByRole('searchbox').fill(number);
  await rows(page).filter({ hasText: 'Numéro délivré' }).click();
  await expect(page.getByRole('dialog')).toContainText('••• 567');
  expect(await page.content()).not.toContain('1234567');
  await context.close();
});

test('[AU2] a clerk is not offered it, and is refused', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await audit(context, 'Lea');
  await expect(page.getByText('keine Berechtigung')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Protokoll' })).toHaveCount(0);
  await context.close();
});

test('[AU9] without a network it says so, and goes on once there is one', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await audit(context, 'Regula');
  await expect(rows(page).first()).toBeVisible();
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Tag davor' }).click();
  await expect(page.getByRole('alert')).toContainText('Das Protokoll liegt auf dem Server.');
  await expect(page.getByText('Keine Einträge')).toHaveCount(0);
  await context.setOffline(false);
  // A page that has noticed that it was away asks again by itself, maybe under the finger.
  await expect(async () => {
    const again = page.getByRole('button', { name: 'Erneut versuchen' });
    if (await again.isVisible()) await again.click({ timeout: 1_000 });
    await expect(page.getByText('Keine Einträge')).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  await context.close();
});

test('[ST-10] all of it can be done by keyboard alone', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await audit(context, 'Regula');
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole('searchbox').focus();
  await page.keyboard.type(number);
  // What the server has written down meanwhile is about other things.
  await expect(rows(page).filter({ hasNotText: number })).toHaveCount(0);
  await expect(rows(page).first()).toContainText('Bedienung begonnen');
  await page.keyboard.press('Tab');
  await expect(rows(page).first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toContainText('Was sich geändert hat');
  await expect(page.getByRole('dialog').locator('.fields').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(rows(page).first()).toBeFocused();
  await context.close();
});

for (const [size, viewport] of [
  ['a tablet', TABLET],
  ['a phone', PHONE],
] as const) {
  test(`[ST-10] [TN-02] no serious finding of axe in four languages on ${size}`, async ({ browser }) => {
    const context = await newTablet(browser, viewport);
    const page = await audit(context, 'Regula');
    await expect(rows(page).first()).toBeVisible();
    const problems: string[] = [];
    for (const [language, { title, called }] of Object.entries(LANGUAGES)) {
      await page.getByRole('button', { name: 'Regula Amstad' }).click();
      const own = LANGUAGE_NAMES[language as keyof typeof LANGUAGES];
      await page.getByRole('dialog').getByRole('button', { name: own }).click();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
      // The newest entry may be one of the server's own; this one has changed rows.
      const call = rows(page).filter({ hasText: called }).filter({ hasText: number });
      await expect(call).toBeVisible();
      for (const isOpen of [false, true]) {
        if (isOpen) {
          await call.click();
          await expect(page.getByRole('dialog').locator('.fields').first()).toBeVisible();
        }
        await atRest(page);
        const found = [...(await seriousViolations(page)), ...(await layoutProblems(page))];
        problems.push(...found.map((what) => `${language}${isOpen ? ', entry' : ''}: ${what}`));
        const picture = `${language}-${isOpen ? 'entry' : 'list'}.png`;
        await page.screenshot({ path: test.info().outputPath(picture) });
      }
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
    }
    expect(problems).toEqual([]);
    await context.close();
  });
}

test('[AU3] more is loaded page by page, and every day can be looked at', async ({ browser }) => {
  // A second number, on which a clerk writes more than a page holds.
  const { visitId } = await issue(null);
  for (let n = 0; n < 55; n++) {
    const note = { visitId, name: null, note: `Notiz ${n}` };
    expect(await lea.command(LOCATION, 'queue.setNote', note)).toMatchObject({ ok: true });
  }
  const context = await newTablet(browser);
  const page = await audit(context, 'Regula');
  await page.getByRole('button', { name: 'Alle Tage' }).click();
  await expect(rows(page)).toHaveCount(50);
  await page.getByRole('button', { name: 'Weitere laden' }).click();
  await expect.poll(() => rows(page).count()).toBeGreaterThan(50);
  await page.getByRole('button', { name: 'Tag davor' }).click();
  await expect(page.getByText('Keine Einträge')).toBeVisible();
  await page.getByRole('button', { name: 'Tag danach' }).click();
  await expect(rows(page).first()).toBeVisible();
  // The organisation's own: people and their rights.
  await page.getByText('Organisation', { exact: true }).click();
  await expect(rows(page).filter({ hasText: 'Person angelegt oder geändert' }).first()).toBeVisible();
  await expect(rows(page).filter({ hasText: number })).toHaveCount(0);
  await context.close();
});

test('[AU5] [AU21] a counter that lost its line is called so, with since when', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await audit(context, 'Regula');
  const lost = rows(page).filter({ hasText: 'Schalter ohne Netz' });
  // Lea has signed on over HTTP alone: half a minute after its start the server knows that nobody is there.
  await expect(rows(page).first()).toBeVisible();
  await expect(async () => {
    await page.reload();
    await page.getByLabel('Was', { exact: true }).selectOption('Schalter ohne Netz oder wieder am Netz');
    await expect(lost).toContainText('Schalter 3', { timeout: 3_000 });
  }).toPass({ timeout: 60_000 });
  await lost.click();
  const presence = page.getByRole('region', { name: 'Wer am Schalter ist 3' });
  const change = (field: string) => presence.locator('.fields > div').filter({ hasText: field });
  await expect(change('Ohne Netz seit')).toContainText(/vorher:\s*–\s*nachher:\s*\d\d:\d\d/);
  await expect(change('Anteil gehalten bis')).toContainText(/nachher:\s*\d\d:\d\d/);
  await expect(change('Damals offene Schalter')).toContainText(/nachher:\s*3/);
  await page.screenshot({ path: test.info().outputPath('line-lost.png') });
  await context.close();
});
