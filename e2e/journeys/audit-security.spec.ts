/// <reference lib="dom" />
// An admin looks who tried to get in, follows one person, takes the list along and switches on that reads are recorded.
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { people } from '@schalter/drizzle/seed/station.ts';
import { seriousViolations } from '../support/accessibility.ts';
import { openHouse, type House } from '../support/app.ts';
import { atRest } from '../support/playground.ts';

const admin = people.find(({ role }) => role === 'admin');
let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());

const login = (email: string, password: string) =>
  fetch(`${house.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });

const rows = (page: Page) => page.locator('main li button');

test('[AT-03] [AT-04] [AU17] [AU18] [AU19] who tried to get in, as a report, a history and a file', async ({
  browser,
}) => {
  if (admin === undefined) throw new Error('the demo has no admin');
  await login(admin.email, 'nicht-das-passwort');
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'de-CH' });
  const page = await context.newPage();
  await page.goto(`${house.url}/staff/setup/audit`);
  await page.getByLabel('E-Mail').fill(admin.email);
  await page.getByLabel('Passwort').fill(admin.password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await page.getByText('Sicherheit', { exact: true }).click();
  await expect(rows(page).filter({ hasText: 'Anmeldung misslungen' })).toContainText(admin.name);
  await expect(rows(page).filter({ hasText: 'Angemeldet' }).first()).toContainText('Passwort');
  await atRest(page);
  expect(await seriousViolations(page)).toEqual([]);

  await rows(page).filter({ hasText: 'Anmeldung misslungen' }).click();
  await page.getByRole('button', { name: `Alles zu ${admin.name}` }).click();
  await expect(page.getByRole('heading', { name: `Alles zu ${admin.name}` })).toBeVisible();
  await expect(rows(page).filter({ hasText: 'Person angelegt oder geändert' })).not.toHaveCount(0);
  await page.getByRole('button', { name: 'Zurück zur Liste' }).click();

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Als CSV herunterladen' }).click();
  // What leaves the house asks who is there: not by a wrong password, and by Escape not at all.
  const proof = page.getByRole('dialog', { name: 'Sind Sie es?' });
  await expect(proof).toContainText('Das Protokoll wird heruntergeladen.');
  await atRest(page);
  expect(await seriousViolations(page)).toEqual([]);
  await page.keyboard.type('nicht-das-passwort');
  await page.keyboard.press('Enter');
  await expect(proof.getByRole('alert')).toContainText('Das Passwort ist falsch');
  await page.keyboard.press('Escape');
  await expect(proof).toHaveCount(0);
  await page.getByRole('button', { name: 'Als CSV herunterladen' }).click();
  await proof.getByLabel('Passwort').fill(admin.password);
  await page.keyboard.press('Enter');
  const file = await (await saved).path();
  const lines = readFileSync(file, 'utf8').split('\r\n');
  expect(lines[0]).toContain('seq,occurredAt,at,type,event');
  expect(lines.filter((line) => line.includes('signInFailed'))).toHaveLength(1);

  await page.getByText('Lesen aufzeichnen').click();
  await expect(page.getByRole('switch', { name: /Lesen aufzeichnen/ })).toBeChecked();
  await context.close();
});
