/// <reference lib="dom" />
// Somebody makes a passkey, signs in with it alone, proves with it, and removes it: with Chromium's own authenticator.
import { expect, test, type Page } from '@playwright/test';
import { people } from '@schalter/drizzle/seed/station.ts';
import { openHouse, type House } from '../support/app.ts';
import { lookedAt, TABLET } from '../support/look.ts';

let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(() => house.close());

const nadia = people.find(({ name }) => name.startsWith('Nadia'));

/** What a phone or a laptop has built in; it touches itself. */
async function authenticatorOf(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
}

test('[ID-06] [SI22] [SI27] [SI28] a passkey signs in without a name and a password, and proves who it is', async ({
  browser,
}) => {
  if (nadia === undefined) throw new Error('nobody of the demo is called Nadia');
  const context = await browser.newContext({
    viewport: TABLET,
    locale: 'de-CH',
    timezoneId: 'Europe/Zurich',
  });
  const page = await context.newPage();
  await authenticatorOf(page);
  await page.goto(`${house.url}/staff/account`);
  await expect(page.getByRole('button', { name: 'Passkey verwenden' })).toBeVisible();
  await lookedAt(page, 'sign-in');
  await page.getByLabel('E-Mail').fill(nadia.email);
  await page.getByLabel('Passwort').fill(nadia.password);
  await page.keyboard.press('Enter');

  const passkeys = page.locator('section', { hasText: 'Passkeys' });
  const proof = page.getByRole('dialog', { name: 'Sind Sie es?' });
  const add = passkeys.getByRole('button', { name: 'Passkey hinzufügen' });
  // It stands there before the line to the server does, and needs it; a key does not wait, as a click here does.
  await expect(add).toBeEnabled();
  await add.focus();
  await page.keyboard.press('Enter');
  const adding = page.getByRole('dialog', { name: 'Passkey hinzufügen' });
  await expect(adding).toBeVisible();
  await lookedAt(page, 'add');
  await adding.getByLabel('Name').fill('Dienst-Laptop');
  await page.keyboard.press('Enter');
  await expect(proof).toContainText('Ein Passkey wird zu Ihrem Konto hinzugefügt.');
  await expect(proof.getByRole('button', { name: 'Mit Passkey' })).toHaveCount(0);
  await expect(proof.getByLabel('Passwort')).toBeFocused();
  await page.keyboard.type(nadia.password);
  await page.keyboard.press('Enter');
  const line = passkeys.locator('li').filter({ hasText: 'Dienst-Laptop' });
  await expect(line).toContainText('noch nie gebraucht');
  await passkeys.scrollIntoViewIfNeeded();
  await lookedAt(page, 'account');

  await page.getByRole('button', { name: /^Angemeldet: / }).click();
  await page.getByRole('button', { name: 'Abmelden' }).click();
  await page.getByRole('button', { name: 'Passkey verwenden' }).click();
  await expect(page.getByRole('button', { name: /^Angemeldet: Nadia/ })).toBeVisible();

  await page.goto(`${house.url}/staff/account`);
  await expect(line).toContainText('zuletzt gebraucht');
  await line.getByRole('button', { name: 'Passkey entfernen: Dienst-Laptop' }).click();
  await expect(proof.getByRole('button', { name: 'Mit Passkey' })).toBeVisible();
  await lookedAt(page, 'proof');
  await proof.getByRole('button', { name: 'Mit Passkey' }).click();
  await expect(line).toHaveCount(0);
  await context.close();
});
