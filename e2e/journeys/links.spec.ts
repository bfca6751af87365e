/// <reference lib="dom" />
// A forgotten password and an invitation: the e-mail arrives at a mail server, its link sets a password, and it signs in.
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { people } from '@schalter/drizzle/seed/station.ts';
import { startMailServer, type MailServer } from '@schalter/server/test/mail-server.ts';
import { geometryProblems, seriousViolations } from '../support/accessibility.ts';
import { openHouse, type House } from '../support/app.ts';

const TABLET = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const NEW = 'Neun-Nelken-Nest';

let house: House;
let mailServer: MailServer;
test.beforeAll(async () => {
  mailServer = await startMailServer();
  house = await openHouse({
    environment: { SMTP_URL: mailServer.url, MAIL_FROM: 'Schalter <schalter@limmat.example>' },
  });
});
test.afterAll(async () => {
  await house.close();
  await mailServer.close();
});

const open = (browser: Browser, viewport = TABLET): Promise<BrowserContext> =>
  browser.newContext({ viewport, locale: 'de-CH', timezoneId: 'Europe/Zurich', reducedMotion: 'reduce' });

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-Mail').fill(email);
  await page.getByLabel('Passwort', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
}

async function linkTo(address: string): Promise<string> {
  const link = () =>
    mailServer.received
      .filter(({ to }) => to === address)
      .flatMap(({ text }) => /http:\S+\/staff\/sign-in\/link#[\w-]+/.exec(text) ?? [])
      .at(-1);
  await expect.poll(link, { timeout: 15_000 }).toBeDefined();
  return link() ?? '';
}

async function looksWell(page: Page): Promise<void> {
  expect(await seriousViolations(page)).toEqual([]);
  const problems = await geometryProblems(page, { targetPx: 0 });
  expect(problems.filter((problem) => !problem.endsWith('sticks out'))).toEqual([]);
}

test('[SI10] [ID-04] who has forgotten the password sets a new one by e-mail, and signs in', async ({
  browser,
}) => {
  const context = await open(browser, PHONE);
  const page = await context.newPage();
  await page.goto(`${house.url}/staff/`);
  await page.getByRole('link', { name: 'Passwort vergessen?' }).click();
  await page.getByLabel('E-Mail').fill('lea@limmat.example');
  await looksWell(page);
  await page.getByLabel('E-Mail').press('Enter');
  await expect(page.getByText('Gibt es zu dieser Adresse einen Zugang', { exact: false })).toBeVisible();
  await page.goto(await linkTo('lea@limmat.example'));
  await expect(page.getByText('lea@limmat.example', { exact: false })).toBeVisible();
  // Nobody who looks at the screen reads the secret.
  expect(new URL(page.url()).hash).toBe('');
  await looksWell(page);
  const fill = async (password: string) => {
    await page.getByLabel('Neues Passwort', { exact: true }).fill(password);
    await page.getByLabel('Neues Passwort wiederholen').fill(password);
    await page.getByLabel('Neues Passwort wiederholen').press('Enter');
  };
  await fill('Schalter2026');
  await expect(page.getByText('leicht zu erraten', { exact: false })).toBeVisible();
  await fill(NEW);
  await expect(page.getByText('Ihr Passwort ist gesetzt.', { exact: false })).toBeVisible();
  await page.getByRole('link', { name: 'Zur Anmeldung' }).click();
  await signIn(page, 'lea@limmat.example', NEW);
  await expect(page.getByRole('heading', { name: 'An welchem Schalter?' })).toBeVisible();
  await context.close();
});

test('[SI11] [SI12] [ID-04] who is invited sets the own password, and signs in', async ({ browser }) => {
  const context = await open(browser);
  const page = await context.newPage();
  const admin = people.find(({ role }) => role === 'admin');
  if (admin === undefined) throw new Error('the demo has an admin');
  await page.goto(`${house.url}/staff/`);
  await signIn(page, admin.email, admin.password);
  await expect(page.locator('.bar .pill')).toContainText('Verbunden');
  await page.goto(`${house.url}/staff/setup/people`);
  await page.getByRole('button', { name: 'Person hinzufügen' }).first().click();
  const editor = page.getByRole('dialog');
  await editor.getByLabel('Name', { exact: true }).fill('Ida Steiner');
  await editor.getByLabel('E-Mail', { exact: true }).fill('ida@limmat.example');
  await editor.getByRole('button', { name: 'Speichern' }).click();
  // One proof for the person and the invitation.
  const proof = page.getByRole('dialog').last();
  await proof.getByLabel('Passwort').fill(admin.password);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Ida Steiner')).toBeVisible();
  const link = await linkTo('ida@limmat.example');

  await page.getByText('Ida Steiner').click();
  const access = page.getByRole('dialog').locator('section', { hasText: 'Zugang' });
  await expect(access).toContainText('Hat noch kein Passwort. Link gesendet');
  expect(await seriousViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.goto(`${house.url}/staff/outbox`);
  await expect(page.locator('li', { hasText: 'ida@limmat.example' })).toContainText(
    'Dem Mailserver übergeben',
  );

  const invited = await open(browser, PHONE);
  const theirs = await invited.newPage();
  await theirs.goto(link);
  await expect(theirs.getByRole('heading', { name: 'Willkommen, Ida Steiner' })).toBeVisible();
  await theirs.getByLabel('Neues Passwort', { exact: true }).fill(NEW);
  await theirs.getByLabel('Neues Passwort wiederholen').fill(NEW);
  await theirs.getByRole('button', { name: 'Passwort setzen' }).click();
  await theirs.getByRole('link', { name: 'Zur Anmeldung' }).click();
  await signIn(theirs, 'ida@limmat.example', NEW);
  await expect(theirs.locator('.bar .pill')).toBeVisible();
  // Once.
  await theirs.goto('about:blank');
  await theirs.goto(link);
  await expect(theirs.getByText('Dieser Link gilt nicht mehr.', { exact: false })).toBeVisible();
  await invited.close();
  await context.close();
});
