/// <reference lib="dom" />
// Somebody puts a second factor beside the password, signs in with it, loses it, and a manager helps.
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { Secret, TOTP } from 'otpauth';
import { people } from '@schalter/drizzle/seed/station.ts';
import { openHouse, type House } from '../support/app.ts';
import { lookedAt, TABLET } from '../support/look.ts';

/** A code counts once, so the next sign-in waits for the next; half a minute, and the clocks' difference. */
const NEXT_CODE_MS_MAX = 40_000;

let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());

const personOf = (firstName: string) => {
  const person = people.find((p) => p.name.startsWith(firstName));
  if (person === undefined) throw new Error(`nobody of the demo is called ${firstName}`);
  return person;
};
const newTablet = (browser: Browser): Promise<BrowserContext> =>
  browser.newContext({ viewport: TABLET, locale: 'de-CH', timezoneId: 'Europe/Zurich' });

async function typePassword(page: Page, firstName: string): Promise<void> {
  const person = personOf(firstName);
  await page.getByLabel('E-Mail').fill(person.email);
  await page.getByLabel('Passwort').fill(person.password);
  await page.keyboard.press('Enter');
}
async function openAccount(page: Page): Promise<void> {
  await page.goto(`${house.url}/staff/account`);
  await expect(page.getByRole('heading', { name: 'Eigenes Konto' })).toBeVisible();
}
const factor = (page: Page) => page.locator('section', { hasText: 'Zweiter Faktor' });

/** It is still they: by keyboard alone. */
async function prove(page: Page, firstName: string): Promise<void> {
  const proof = page.getByRole('dialog', { name: 'Sind Sie es?' });
  await expect(proof.getByLabel('Passwort')).toBeFocused();
  await page.keyboard.type(personOf(firstName).password);
  await page.keyboard.press('Enter');
  await expect(proof).toHaveCount(0);
}
async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Angemeldet: / }).click();
  await page.getByRole('button', { name: 'Abmelden' }).click();
  await expect(page.getByLabel('E-Mail')).toBeVisible();
}

test('[ID-06] [SI23] [SI24] [SI25] [SI26] a code of the app beside the password, a recovery code, and help', async ({
  browser,
}) => {
  const context = await newTablet(browser);
  const page = await context.newPage();
  await page.goto(`${house.url}/staff/`);
  await typePassword(page, 'Lea');
  await expect(page.getByRole('heading', { name: 'An welchem Schalter?' })).toBeVisible();
  await openAccount(page);
  await factor(page).scrollIntoViewIfNeeded();
  await lookedAt(page, 'account');

  const setUpFactor = factor(page).getByRole('button', { name: 'Zweiten Faktor einrichten' });
  // A key does not wait for the line to the server, as a click here does.
  await expect(setUpFactor).toBeEnabled();
  await setUpFactor.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Sind Sie es?' })).toBeVisible();
  await lookedAt(page, 'proof');
  await prove(page, 'Lea');
  const setUp = page.getByRole('dialog', { name: 'Zweiten Faktor einrichten' });
  await expect(setUp.getByRole('img', { name: 'QR-Code' })).toBeVisible();
  await lookedAt(page, 'set-up');
  const secret = ((await setUp.locator('code').textContent()) ?? '').replaceAll(' ', '');
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  await setUp.getByLabel('Code der App').fill('000000');
  await page.keyboard.press('Enter');
  await expect(setUp.getByRole('alert')).toContainText('Der Code ist falsch');
  await setUp.getByLabel('Code der App').fill(totp.generate());
  await page.keyboard.press('Enter');
  const shown = page.getByRole('dialog', { name: 'Ihre Ersatzcodes' });
  await expect(shown.locator('li')).toHaveCount(10);
  await lookedAt(page, 'recovery-codes');
  const [recoveryCode = ''] = await shown.locator('code').allTextContents();
  const used = totp.generate();
  await shown.getByRole('button', { name: 'Ich habe sie aufgeschrieben' }).click();
  await expect(factor(page)).toContainText('Noch 10 Ersatzcodes');
  await lookedAt(page, 'account-on');

  await signOut(page);
  await typePassword(page, 'Lea');
  await expect(page.getByRole('heading', { name: 'Zweiter Faktor' })).toBeVisible();
  await lookedAt(page, 'sign-in-code');
  await expect.poll(() => totp.generate(), { timeout: NEXT_CODE_MS_MAX }).not.toBe(used);
  await page.getByLabel('Code der App').fill(totp.generate());
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Angemeldet: Lea/ })).toBeVisible();

  await signOut(page);
  await typePassword(page, 'Lea');
  await page.getByRole('button', { name: 'Telefon nicht da?' }).click();
  await page.getByLabel('Ersatzcode').fill(recoveryCode.toLowerCase());
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Angemeldet: Lea/ })).toBeVisible();
  await openAccount(page);
  await expect(factor(page)).toContainText('Noch 9 Ersatzcodes');
  await signOut(page);

  // Both are lost: somebody who may set Lea's sign-in, and has looked at her, takes it away.
  const office = await newTablet(browser);
  const desk = await office.newPage();
  await desk.goto(`${house.url}/staff/setup/people`);
  await typePassword(desk, 'Regula');
  await desk.locator('main li').filter({ hasText: 'Lea Kunz' }).getByRole('button').click();
  const editor = desk.getByRole('dialog', { name: 'Lea Kunz' });
  await expect(editor.getByText('mit einem zweiten Faktor')).toBeVisible();
  await lookedAt(desk, 'reset');
  await editor.getByRole('button', { name: 'Zweiten Faktor entfernen' }).click();
  await prove(desk, 'Regula');
  await expect(editor.getByText('mit einem zweiten Faktor')).toHaveCount(0);
  await typePassword(page, 'Lea');
  await expect(page.getByRole('button', { name: /^Angemeldet: Lea/ })).toBeVisible();
  await Promise.all([office.close(), context.close()]);
});

test('[ID-06] [SI29] a house asks two factors of whoever sets up: until then, that rests', async ({
  browser,
}) => {
  const context = await newTablet(browser);
  const page = await context.newPage();
  await page.goto(`${house.url}/staff/setup/people`);
  await typePassword(page, 'Regula');
  const policy = page.getByRole('switch', { name: /meldet sich mit zwei Faktoren an/ });
  await policy.scrollIntoViewIfNeeded();
  await lookedAt(page, 'policy');
  await page.getByText('Wer einrichtet, meldet sich mit zwei Faktoren an').click();
  await prove(page, 'Regula');

  // Regula has typed a password alone herself.
  await expect(page.getByText('Ihr Haus verlangt einen zweiten Faktor')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Einrichten' })).toHaveCount(0);
  await lookedAt(page, 'asked');
  await page.getByRole('button', { name: 'Zweiten Faktor einrichten' }).click();
  await expect(page.getByRole('heading', { name: 'Eigenes Konto' })).toBeVisible();
  await factor(page).getByRole('button', { name: 'Zweiten Faktor einrichten' }).click();
  await prove(page, 'Regula');
  const setUp = page.getByRole('dialog', { name: 'Zweiten Faktor einrichten' });
  const secret = ((await setUp.locator('code').textContent()) ?? '').replaceAll(' ', '');
  await setUp.getByLabel('Code der App').fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate());
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Ich habe sie aufgeschrieben' }).click();
  await expect(page.getByRole('link', { name: 'Einrichten' })).toBeVisible();
  await context.close();
});
