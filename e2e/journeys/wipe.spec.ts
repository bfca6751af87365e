/// <reference lib="dom" />
// What stays on devices: nothing of anybody, once nobody is signed in, the device is revoked, or the ticket is over.
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import postgres from 'postgres';
import { DEMO_LOCATION_ID as LOCATION, people, services } from '@schalter/drizzle/seed/station.ts';
import { seriousViolations } from '../support/accessibility.ts';
import { demoDevice, newLinkToken, signIn, type Caller } from '../support/api.ts';
import { openHouse, type House } from '../support/app.ts';
import { PrinterEmulator } from '../support/printer-emulator/emulator.ts';
import { installSerial } from '../support/printer-emulator/install-serial.ts';
import { textLines } from '../support/printer-emulator/render.ts';
import { createSerialHost } from '../support/printer-emulator/serial-host.ts';
import { storedBy } from '../support/stored.ts';

const TABLET = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const NAME = 'Xaverine Quendolin';
const NOTE = 'Zwiebackdose unter dem Sitz';
const NUMBER = '+41791234567';

let house: House;
let kiosk: Caller;
let thrown: string[] = [];
test.beforeAll(async () => {
  house = await openHouse();
  kiosk = await demoDevice(house.url, 'kiosk');
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
  const context = await browser.newContext({ viewport, locale: 'de-CH', timezoneId: 'Europe/Zurich' });
  context.on('weberror', (fault) => thrown.push(`${fault.page()?.url()}: ${fault.error().stack}`));
  return context;
}

async function signInOn(page: Page, firstName: string, path = '/staff/'): Promise<void> {
  const { email, password } = personOf(firstName);
  await page.goto(`${house.url}${path}`);
  await page.getByLabel('E-Mail').fill(email);
  await page.getByLabel('Passwort').fill(password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
}

interface Ticket {
  readonly visitId: string;
  readonly linkToken: string;
}
/** Somebody who is known by name, note and number. */
async function plant(): Promise<Ticket> {
  const linkToken = newLinkToken();
  const answer = await kiosk.command(LOCATION, 'queue.issueTicket', {
    serviceId: services.find(({ service }) => service.letter === 'M')?.serviceId ?? '',
    language: 'de',
    linkToken,
    contact: { phone: NUMBER, consentWording: 'ticket-sms-1', consentLanguage: 'de' },
    name: null,
    note: null,
  });
  if (!answer.ok) throw new Error(answer.code);
  const { visitId } = answer.result as { visitId: string };
  const clerk = await signIn(house.url, 'Nadia');
  const named = { visitId, name: NAME, note: NOTE };
  expect(await clerk.command(LOCATION, 'queue.setNote', named)).toMatchObject({ ok: true });
  return { visitId, linkToken };
}

/** At a counter, with the planted customer called. */
async function serve(page: Page, counter = '3'): Promise<void> {
  const place = page.locator('main li').filter({ hasText: new RegExp(`^\\s*${counter}`) });
  const large = page.locator('.card .button.large');
  await expect(place.or(large).first()).toBeVisible();
  if (!(await large.isVisible())) {
    await place.getByRole('button').click();
    const takeOver = page.getByRole('dialog').getByRole('button', { name: 'Übernehmen' });
    await expect(takeOver.or(large)).toBeVisible();
    if (await takeOver.isVisible()) await takeOver.click();
  }
  await expect(large).toBeVisible();
  if ((await large.textContent())?.includes('Nächste aufrufen') === true) await large.click();
  await expect(page.getByLabel('Notiz')).toHaveValue(NOTE);
  await expect.poll(() => storedBy(page)).toContain(NAME);
}

const me = (page: Page) => page.getByRole('button', { name: /^Angemeldet: / });
const pill = (page: Page) => page.locator('.bar .pill');
async function noteOf({ visitId }: Ticket): Promise<string> {
  const sql = postgres(house.databaseUrl, { max: 1 });
  const [visit] = await sql<{ note: string }[]>`select note from visits where id = ${visitId}`;
  await sql.end();
  return visit?.note ?? '';
}
/** The visit ends, and the customer wants to be forgotten. */
async function finish({ visitId }: Ticket): Promise<void> {
  const admin = await signIn(house.url, 'Regula');
  const sql = postgres(house.databaseUrl, { max: 1 });
  const stages = await sql<{ id: string }[]>`select id from stages where visit_id = ${visitId}`;
  await sql.end();
  for (const { id } of stages) {
    const cancelled = await admin.command(LOCATION, 'queue.cancel', { stageId: id, reason: '' });
    expect(cancelled).toMatchObject({ ok: true });
  }
  const everything = { visitIds: [visitId], reservationIds: [], personIds: [], why: 'request' };
  const proof = { of: [{ action: 'privacy.erase', target: visitId }], password: personOf('Regula').password };
  expect((await admin.request('POST', '/api/v1/auth/proofs', proof)).status).toBe(204);
  expect(await admin.command(LOCATION, 'privacy.erase', everything)).toMatchObject({ ok: true });
}
/** Nothing of customers, and nothing of who was here. */
function expectNothingOf(stored: string, firstName: string): void {
  const { email } = personOf(firstName);
  for (const personal of [NAME, NOTE, NUMBER, email]) expect(stored).not.toContain(personal);
}

test('[PD16] [PD17] who signs out leaves nothing of customers on the tablet, and what was typed is sent first', async ({
  browser,
}) => {
  const ticket = await plant();
  const context = await newTablet(browser);
  const page = await context.newPage();
  await signInOn(page, 'Lea');
  await serve(page);
  expect(await storedBy(page)).toContain(personOf('Lea').email);
  await page.getByLabel('Notiz').fill(`${NOTE}, halb geschrieben`);
  await me(page).click();
  await page.getByRole('button', { name: 'Abmelden' }).click();
  await expect(page.getByLabel('E-Mail')).toBeVisible();
  await expect(page.getByText('von früher')).toBeHidden();
  expectNothingOf(await storedBy(page), 'Lea');
  expect(await noteOf(ticket)).toBe(`${NOTE}, halb geschrieben`);
  await finish(ticket);
  await context.close();
});

test('[PD16] [PD17] [REG 203431] [REG S28] without a network what is unsent is asked about, told, sent at the next sign-in, or discarded', async ({
  browser,
}) => {
  const ticket = await plant();
  const context = await newTablet(browser);
  const page = await context.newPage();
  await signInOn(page, 'Lea');
  await serve(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await house.kill();
  await expect(pill(page)).toContainText('Ohne Netz seit', { timeout: 20_000 });
  await page.getByLabel('Notiz').fill('Wartet auf Netz');
  await page.getByLabel('Notiz').blur();
  await expect(pill(page)).toContainText('1 Eingabe wartet');
  await me(page).click();
  await page.getByRole('button', { name: 'Abmelden' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('1 Eingabe ist nicht gesendet');
  expect(await seriousViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Abmelden und behalten' }).click();
  await expect(page.getByText('1 Eingabe von früher ist noch nicht gesendet.')).toBeVisible();
  expect(await seriousViolations(page)).toEqual([]);
  const kept = await storedBy(page);
  for (const gone of [NUMBER, personOf('Lea').email, NOTE]) expect(kept).not.toContain(gone);
  expect(kept).toContain('Wartet auf Netz');

  await house.start();
  await context.setOffline(false);
  await signInOn(page, 'Lea');
  await expect(pill(page)).toContainText('alles gesendet', { timeout: 20_000 });
  await expect.poll(() => noteOf(ticket)).toBe('Wartet auf Netz');

  await expect(page.getByLabel('Notiz')).toHaveValue('Wartet auf Netz');
  await context.setOffline(true);
  await house.kill();
  await expect(pill(page)).toContainText('Ohne Netz seit', { timeout: 20_000 });
  await page.getByLabel('Notiz').fill(NOTE);
  await page.getByLabel('Notiz').blur();
  await expect(pill(page)).toContainText('1 Eingabe wartet');
  await me(page).click();
  await page.getByRole('button', { name: 'Abmelden' }).click();
  await dialog.getByRole('button', { name: 'Verwerfen' }).click();
  await expect(page.getByLabel('E-Mail')).toBeVisible();
  await expect(page.getByText('von früher')).toBeHidden();
  expectNothingOf(await storedBy(page), 'Lea');
  await house.start();
  expect(await noteOf(ticket)).toBe('Wartet auf Netz');
  await finish(ticket);
  await context.close();
});

test('[PD16] a tablet that is revoked is empty within seconds', async ({ browser }) => {
  const ticket = await plant();
  const context = await newTablet(browser);
  const page = await context.newPage();
  await signInOn(page, 'Regula', '/staff/setup/devices');
  await page.getByRole('button', { name: 'Zum Arbeitsplatz machen' }).click();
  await expect(page.getByText('dieses Gerät', { exact: true })).toBeVisible();
  await me(page).click();
  await page.getByRole('button', { name: 'Person wechseln' }).click();
  await page.getByRole('button', { name: 'Lea Kunz' }).click();
  for (const digit of personOf('Lea').pin ?? '')
    await page.getByRole('button', { name: digit, exact: true }).click();
  await expect(me(page)).toBeVisible();
  await serve(page);
  const deviceId = await page.evaluate(() => localStorage.getItem('schalter.staff.deviceId'));
  const manager = await signIn(house.url, 'Daniel');
  expect(await manager.command(LOCATION, 'platform.revokeDevice', { deviceId })).toMatchObject({ ok: true });
  await expect(page.getByLabel('E-Mail')).toBeVisible({ timeout: 6_000 });
  await expect.poll(() => storedBy(page)).not.toContain(NAME);
  expectNothingOf(await storedBy(page), 'Lea');
  await finish(ticket);
  await context.close();
});

test('[PD17] a session that ends in the middle of a sentence loses none of it', async ({ browser }) => {
  const ticket = await plant();
  const context = await newTablet(browser);
  const page = await context.newPage();
  await signInOn(page, 'Lea');
  await serve(page);
  await context.clearCookies();
  await page.getByLabel('Notiz').fill('Halber Satz');
  await page.reload();
  // It went out with the last of the page, or waits for its person.
  await expect(page.getByLabel('E-Mail')).toBeVisible();
  await expect.poll(() => storedBy(page)).not.toContain(NUMBER);
  await signInOn(page, 'Lea');
  await expect.poll(() => noteOf(ticket)).toBe('Halber Satz');
  await finish(ticket);
  await context.close();
});

test('[PD18] a phone whose ticket is over keeps neither the page nor its secret', async ({ browser }) => {
  const ticket = await plant();
  const context = await newTablet(browser, PHONE);
  const page = await context.newPage();
  await page.goto(`${house.url}/kiosk/t#${ticket.linkToken}`);
  await expect(page.locator('.ticket-number')).toBeVisible();
  const stored = await storedBy(page);
  expect(stored).toContain(ticket.linkToken);
  for (const personal of [NAME, NOTE, NUMBER]) expect(stored).not.toContain(personal);
  await finish(ticket);
  await expect(page.getByText('Dieses Ticket gibt es nicht.')).toBeVisible({ timeout: 15_000 });
  expect(await storedBy(page)).not.toContain(ticket.linkToken);
  expect(await page.content()).not.toContain(ticket.linkToken);
  await context.close();
});

test('[PD18] a kiosk and a wall keep nothing of anybody, and nothing of themselves once revoked', async ({
  browser,
}) => {
  const ticket = await plant();
  const manager = await signIn(house.url, 'Daniel');
  for (const app of ['kiosk', 'display']) {
    const context = await newTablet(browser);
    const page = await context.newPage();
    await page.goto(`${house.url}/${app}/`);
    const code = page.locator(app === 'kiosk' ? '.code b' : '.code');
    await expect(code).toHaveText(/\w/);
    const claimed = await manager.request('POST', '/api/v1/pairings/claim', {
      code: await code.innerText(),
    });
    const { pairingId } = claimed.body as { pairingId: string };
    const approved = await manager.request('POST', `/api/v1/pairings/${pairingId}/approve`, {
      locationId: LOCATION,
      name: 'Eingang',
    });
    const { deviceId } = approved.body as { deviceId: string };
    await expect.poll(() => storedBy(page)).toContain(deviceId);
    await expect(code).toBeHidden();
    const stored = await storedBy(page);
    for (const personal of [NAME, NOTE, NUMBER, ticket.linkToken]) expect(stored).not.toContain(personal);
    expect(await manager.command(LOCATION, 'platform.revokeDevice', { deviceId })).toMatchObject({
      ok: true,
    });
    await expect.poll(() => storedBy(page), { timeout: 6_000 }).not.toContain(deviceId);
    await context.close();
  }
  await finish(ticket);
});

test('[PD18] [PD19] who booked and what number was typed stand on no paper, in no kiosk and on no wall', async ({
  browser,
}) => {
  const manager = await signIn(house.url, 'Daniel');
  const booked = { reference: 'QXZ-77431', lastName: 'Wyttenbachgraben', firstName: 'Hildeburga' };
  const reservation = {
    ...{ ...booked, reservationId: crypto.randomUUID(), subject: 'FA-7731-XQ-0099 1931-02-03' },
    serviceId: services.find(({ service }) => service.letter === 'B')?.serviceId ?? '',
    bookedAt: new Date(Date.now() + 600_000).toISOString(),
  };
  const recorded = await manager.command(LOCATION, 'booking.recordReservation', reservation);
  expect(recorded).toMatchObject({ ok: true });
  const printer = new PrinterEmulator();
  const host = createSerialHost(printer);
  host.grant();
  const wallContext = await newTablet(browser);
  const wall = await wallContext.newPage();
  await wall.goto(`${house.url}/display/?demo=1&slot=1`);
  await expect(wall.locator('main aside time')).toBeVisible();
  const context = await newTablet(browser);
  await installSerial(context, host);
  const page = await context.newPage();
  await page.goto(`${house.url}/kiosk/?demo=1&slot=1`);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await expect(page.locator('button[data-service="B"]')).toBeEnabled();
  // The printer has been found.
  await expect.poll(() => storedBy(page)).toMatch(/printer|baud/i);
  await page.locator('button[data-service="B"]').click();
  await page.getByLabel('Reservierungsnummer').fill(booked.reference);
  await page.getByLabel('Nachname').fill(booked.lastName);
  await button('Weiter').click();
  await page.getByLabel('Mobilnummer').fill(NUMBER.replace('+41', '0'));
  await button('Ja, SMS senden').click();
  await expect(button('Fertig')).toBeVisible();
  await expect.poll(() => printer.tickets.length).toBe(1);
  const [ticket] = printer.tickets;
  const paper = `${JSON.stringify(ticket)} ${ticket === undefined ? '' : textLines(ticket).join(' ')}`;
  expect(paper).toMatch(/#[A-Za-z0-9_-]{22}/);
  const planted = [...Object.values(booked), 'FA-7731-XQ-0099', '1931-02-03', NUMBER, NUMBER.slice(3)];
  for (const text of planted.filter((one) => one !== booked.reference)) expect(paper).not.toContain(text);
  await button('Fertig').click();
  await expect(page.locator('button[data-service="B"]')).toBeEnabled();
  const left = [await storedBy(page), await page.content(), await storedBy(wall), await wall.content()];
  for (const text of planted) for (const one of left) expect(one).not.toContain(text);
  await context.close();
  await wallContext.close();
});

test('[PD20] [GD-01] [GD-02] a manager hands out what is held on a customer, and erases it, from the ticket', async ({
  browser,
}) => {
  const ticket = await plant();
  const context = await newTablet(browser);
  const page = await context.newPage();
  await signInOn(page, 'Regula', '/staff/today');
  await page.getByText(NAME).first().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Personendaten')).toBeVisible();
  const prove = async (): Promise<void> => {
    await page.getByLabel('Passwort').fill(personOf('Regula').password);
    await page.getByLabel('Passwort').press('Enter');
  };
  const downloading = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Daten herunterladen' }).click();
  await prove();
  const file = await (await downloading).createReadStream();
  const text = (await file.toArray()).join('');
  for (const theirs of [NAME, NOTE, NUMBER]) expect(text).toContain(theirs);
  await dialog.getByRole('button', { name: 'Daten löschen' }).click();
  await expect(dialog.getByText('bleiben, ohne die Person')).toBeVisible();
  expect(await seriousViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Endgültig löschen' }).click();
  await prove();
  await expect(page.getByText(NAME)).toHaveCount(0);
  await expect.poll(() => storedBy(page)).not.toContain(NAME);
  expect(await noteOf(ticket)).not.toContain(NOTE);
  await context.close();
});
