/// <reference lib="dom" />
// Somebody sets up a colleague: what they may and how they sign in asks who is there, once for what belongs together.
import { expect, test } from '@playwright/test';
import { people } from '@schalter/drizzle/seed/station.ts';
import { openHouse, type House } from '../support/app.ts';
import { lookedAt, TABLET } from '../support/look.ts';

let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());

const owner = people.find(({ role }) => role === 'admin');

test('[SI20] [SI21] [SI22] whoever changes a person proves who they are; who does not changes nothing', async ({
  browser,
}) => {
  if (owner === undefined) throw new Error('the demo has no owner');
  const context = await browser.newContext({
    viewport: TABLET,
    locale: 'de-CH',
    timezoneId: 'Europe/Zurich',
  });
  const page = await context.newPage();
  await page.goto(`${house.url}/staff/setup/people`);
  await page.getByLabel('E-Mail').fill(owner.email);
  await page.getByLabel('Passwort').fill(owner.password);
  await page.keyboard.press('Enter');

  const proof = page.getByRole('dialog', { name: 'Sind Sie es?' });
  await page.getByRole('button', { name: 'Person hinzufügen' }).click();
  const editor = page.getByRole('dialog', { name: 'Person hinzufügen' });
  await editor.getByLabel('Name').fill('Ines Frei');
  await editor.getByLabel('E-Mail', { exact: true }).fill('ines@limmat.example');
  await editor.getByLabel('PIN').fill('736251');
  await editor.getByRole('button', { name: 'Speichern' }).click();
  await expect(proof).toBeVisible();
  await lookedAt(page, 'proof');
  await page.keyboard.press('Escape');
  // The form is still there, with all that was typed, and nothing has happened.
  await expect(editor.getByRole('alert')).toContainText('bestätigen, dass Sie es sind');
  await expect(editor.getByLabel('Name')).toHaveValue('Ines Frei');
  await editor.getByRole('button', { name: 'Speichern' }).click();
  await expect(proof.getByLabel('Passwort')).toBeFocused();
  await page.keyboard.type(owner.password);
  await page.keyboard.press('Enter');
  // The person and the PIN are two requests, and one question.
  await expect(editor).toHaveCount(0);
  await expect(proof).toHaveCount(0);
  const line = page.locator('main li').filter({ hasText: 'Ines Frei' });
  await expect(line).toBeVisible();

  await line.getByRole('button').click();
  const again = page.getByRole('dialog', { name: 'Ines Frei' });
  await again.getByLabel('Rolle', { exact: true }).selectOption({ label: 'Leitung' });
  await again.getByRole('button', { name: 'Speichern' }).click();
  await expect(proof).toContainText('Die Angaben und Rechte einer Person werden geändert.');
  await expect(proof.getByLabel('Passwort')).toBeFocused();
  await page.keyboard.type(owner.password);
  await page.keyboard.press('Enter');
  await expect(again).toHaveCount(0);
  await expect(line).toContainText('Leitung');
  await context.close();
});
