/// <reference lib="dom" />
// A clerk's day at a counter in the staff app, against the real server.
import { expect, test, type Page } from '@playwright/test';
import postgres from 'postgres';
import { DEMO_LOCATION_ID as LOCATION } from '@schalter/drizzle/seed/station.ts';
import { demoDevice } from '../support/api.ts';
import { soundContextsForAll } from '../support/contexts.ts';
import {
  clear,
  issue,
  large,
  pill,
  press,
  reached,
  row,
  signInAs,
  state,
  stationForAll,
  TABLET,
  visitOf,
} from '../support/counter.ts';
import { serviceId } from '../support/demo.ts';
import { atRest } from '../support/playground.ts';

const PHONE = { width: 390, height: 844 };

const station = stationForAll();
const newTablet = soundContextsForAll();
test.beforeEach(() => clear(station.house));

const numberOnCard = async (page: Page): Promise<string> =>
  (await page.locator('.card .ticket-number').innerText()).replace(/\s/g, '');

test('[ST-04] [Q-08] call, recall, start, hold, resume, complete: one tap each, and the list is live', async ({
  browser,
}) => {
  const context = await newTablet(browser, TABLET);
  const page = await station.lea(context);
  await expect(page.getByText('Es wartet niemand.').first()).toBeVisible();
  const [first, second] = [await issue(station.kiosk, 'M'), await issue(station.kiosk, 'M')];
  await expect(row(page, second)).toContainText('0 min');
  await expect(row(page, first)).toContainText('wartet am längsten');
  await expect.poll(() => numberOnCard(page)).toBe(first);

  await press(page, 'Nächste aufrufen');
  await expect(state(page)).toHaveText('Aufgerufen');
  await page.getByRole('button', { name: 'Erneut aufrufen' }).click();
  await expect(state(page)).toHaveText('Zum 2. Mal aufgerufen');
  await press(page, 'Bedienung beginnen');
  await expect(state(page)).toHaveText('In Bedienung');
  await page.getByRole('button', { name: 'Halten' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Halten' }).click();
  await expect(state(page)).toHaveText('Bereit');
  await page.getByRole('button', { name: `Aufrufen, ${first}` }).click();
  await press(page, 'Bedienung beginnen');
  await press(page, 'Abschliessen');
  await expect(state(page)).toHaveText('Bereit');
  await reached(station, first, ['done']);
  await expect.poll(() => numberOnCard(page)).toBe(second);
});

test('[ST-04] a double tap is one action, and every action has its key', async ({ browser }) => {
  const context = await newTablet(browser, TABLET);
  const page = await station.lea(context);
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await large(page).dblclick();
  await expect(state(page)).toHaveText('Aufgerufen');
  // Only who has been called can be called again: the second half of the tap has begun no service.
  await page.keyboard.press('r');
  await expect(state(page)).toHaveText('Zum 2. Mal aufgerufen');
  await reached(station, number, ['called']);
  await page.keyboard.press('s');
  await expect(state(page)).toHaveText('In Bedienung');
  // A letter that is typed is a letter.
  await page.getByLabel('Notiz').fill('chn');
  await page.getByLabel('Notiz').press('c');
  await expect(state(page)).toHaveText('In Bedienung');
  await page.getByLabel('Notiz').blur();
  await page.getByRole('button', { name: 'Weiterleiten' }).focus();
  await page.keyboard.press('t');
  await expect(page.getByRole('dialog')).toContainText('weiterleiten');
  // The keyboard stays inside, and comes back to where it was.
  for (let tab = 0; tab < 12; tab++) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null)).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Weiterleiten' })).toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toContainText('Nächste aufrufen');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.keyboard.press('c');
  await expect(state(page)).toHaveText('Bereit');
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
});

test('[Q-08] undo takes the call back for ten seconds', async ({ browser }) => {
  const context = await newTablet(browser, TABLET);
  const page = await station.lea(context);
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'Nächste aufrufen');
  await page.getByRole('button', { name: `Rückgängig ${number}` }).click();
  await expect(state(page)).toHaveText('Bereit');
  await reached(station, number, ['waiting']);
  await press(page, 'Nächste aufrufen');
  const undo = page.getByRole('button', { name: /^Rückgängig/ });
  await expect(undo).toBeVisible();
  await expect(undo).toBeHidden({ timeout: 13_000 });
});

test('[ST-04] on a phone the undo covers nothing of the large button', async ({ browser }) => {
  const context = await newTablet(browser, TABLET);
  const page = await station.lea(context);
  await page.setViewportSize(PHONE);
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeAttached();
  await press(page, 'Nächste aufrufen');
  await expect(page.getByRole('button', { name: `Rückgängig ${number}` })).toBeVisible();
  await atRest(page);
  const undo = await page.getByRole('button', { name: `Rückgängig ${number}` }).boundingBox();
  const after = await large(page).boundingBox();
  if (undo === null || after === null) throw new Error('a button has no place');
  expect(undo.y + undo.height).toBeLessThan(after.y);
  // What is at the middle and at both ends of the large button is the large button.
  for (const part of [0.03, 0.5, 0.97]) {
    const at = { x: after.x + after.width * part, y: after.y + after.height / 2 };
    const isLarge = await page.evaluate(
      ({ x, y }) => document.elementFromPoint(x, y)?.closest('.button.large') != null,
      at,
    );
    expect(isLarge).toBe(true);
  }
});

test('[ST-03] a cut network and a reload lose nothing, and each action is done once', async ({ browser }) => {
  const context = await newTablet(browser, TABLET);
  const page = await station.lea(context);
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'Nächste aufrufen');
  await reached(station, number, ['called']);

  await context.setOffline(true);
  await station.house.kill();
  await expect(pill(page)).toContainText('Ohne Netz seit', { timeout: 20_000 });
  await press(page, 'Bedienung beginnen');
  await expect(state(page)).toHaveText('In Bedienung');
  await page.getByLabel('Notiz').fill('Kindersitz, kommt um elf wieder');
  await page.getByLabel('Notiz').blur();
  await press(page, 'Abschliessen');
  await expect(state(page)).toHaveText('Bereit');
  await expect(pill(page)).toContainText('3 Eingaben warten');

  await page.reload();
  await expect(state(page)).toHaveText('Bereit');
  await expect(pill(page)).toContainText('3 Eingaben warten');
  await station.house.start();
  await context.setOffline(false);
  await expect(pill(page)).toContainText('alles gesendet', { timeout: 20_000 });
  await reached(station, number, ['done']);
  expect((await visitOf(station.house.databaseUrl, number)).note).toBe('Kindersitz, kommt um elf wieder');
});

test('[ST-03] what the server no longer allows comes back as a card that says what to do', async ({
  browser,
}) => {
  const context = await newTablet(browser, TABLET);
  const page = await station.lea(context);
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'Nächste aufrufen');
  await reached(station, number, ['called']);
  await context.setOffline(true);
  await page.evaluate(() => dispatchEvent(new Event('offline')));
  await station.house.kill();
  await station.house.start();
  // Meanwhile somebody else has taken the ticket out of the queue.
  await clear(station.house);
  await expect(pill(page)).toContainText(/seit \d\d:\d\d/, { timeout: 20_000 });
  await press(page, 'Bedienung beginnen');
  await context.setOffline(false);
  const card = page.getByRole('alert').filter({ hasText: 'Nicht ausgeführt: Bedienung beginnen' });
  await expect(card).toBeVisible({ timeout: 20_000 });
  await expect(pill(page)).toContainText('1 Eingabe abgelehnt');
  await card.getByRole('button', { name: 'Verstanden' }).click();
  await expect(card).toBeHidden();
  await expect(pill(page)).toContainText('alles gesendet');
});

test('[Q-12] recall, then no-show; who comes back waits with the time of before', async ({ browser }) => {
  const context = await newTablet(browser, TABLET);
  const page = await station.lea(context);
  const [late, other] = [await issue(station.kiosk, 'M'), await issue(station.kiosk, 'M')];
  await expect(row(page, other)).toBeVisible();
  await press(page, 'Nächste aufrufen');
  const noShow = page.getByRole('button', { name: /^Nicht erschienen/ });
  // Too early: it says what has to happen first, and does nothing.
  await noShow.click({ force: true });
  await expect(page.getByRole('status').filter({ hasText: 'weiteren Aufruf' })).toBeVisible();
  await page.getByRole('button', { name: 'Erneut aufrufen' }).click();
  await expect(state(page)).toHaveText('Zum 2. Mal aufgerufen');
  await noShow.click();
  await reached(station, late, ['no_show']);
  await expect(state(page)).toHaveText('Bereit');

  await page.keyboard.press('/');
  await page.getByRole('searchbox').fill(late);
  const found = page.locator('main .row');
  await expect(found).toHaveCount(1);
  await found.getByRole('button').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Wieder öffnen' }).click();
  await reached(station, late, ['waiting']);
  await page.getByRole('link', { name: 'Schalter', exact: true }).click();
  await expect.poll(() => numberOnCard(page)).toBe(late);

  await press(page, 'Nächste aufrufen');
  await page.getByRole('button', { name: 'Wieder einreihen' }).click();
  await page.getByRole('button', { name: /^Zuhinterst/ }).click();
  await expect.poll(() => numberOnCard(page)).toBe(other);
});

test('[Q-13] a transfer keeps number, waiting time and note', async ({ browser }) => {
  const context = await newTablet(browser, TABLET);
  const page = await station.lea(context);
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'Nächste aufrufen');
  await press(page, 'Bedienung beginnen');
  await page.getByLabel('Notiz').fill('Schlüssel fehlt');
  await page.getByLabel('Notiz').blur();
  await page.getByRole('button', { name: 'Weiterleiten' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Auskunft').click();
  await dialog.getByLabel(/^Notiz für/).fill('bitte in der Werkstatt fragen');
  await dialog.getByRole('button', { name: 'Weiterleiten' }).click();
  await reached(station, number, ['transferred', 'waiting']);
  const sql = postgres(station.house.databaseUrl, { max: 1 });
  const rows = await sql<{ arrived_at: Date; service_id: string; note: string }[]>`
    select s.arrived_at, s.service_id, v.note from stages s join visits v on v.id = s.visit_id
    where v.series = ${number.slice(0, 1)} and v.number = ${Number(number.slice(1))} order by s.id`;
  await sql.end();
  expect(new Set(rows.map((r) => String(r.arrived_at))).size).toBe(1);
  expect(rows.map((r) => r.service_id)).toContain(serviceId('I'));
  expect(rows[0]?.note).toContain('Schlüssel fehlt');
  expect(rows[0]?.note).toContain('bitte in der Werkstatt fragen');
});

test('[LO-05] staff sign on to counters, see who is where, and take one over', async ({ browser }) => {
  const [leaContext, nadiaContext] = [await newTablet(browser, TABLET), await newTablet(browser, TABLET)];
  const lea = await station.lea(leaContext);
  const nadia = await signInAs(nadiaContext, { url: station.house.url, firstName: 'Nadia' });
  const third = nadia.locator('main li').filter({ hasText: 'Lea Kunz' });
  await third.getByRole('button').click();
  await nadia.getByRole('dialog').getByRole('button', { name: 'Übernehmen' }).click();
  await expect(nadia.locator('.counter')).toBeVisible();
  await expect(lea.getByRole('heading', { name: 'An welchem Schalter?' })).toBeVisible();
  await nadia.getByRole('button', { name: 'Pause machen' }).click();
  await expect(state(nadia)).toHaveText('Pause');
  await expect(lea.locator('main li').filter({ hasText: 'Nadia' })).toContainText('Pause seit');
  await press(nadia, 'Pause beenden');
  await nadia.getByRole('button', { name: 'Schalter verlassen' }).click();
  await expect(nadia.getByRole('heading', { name: 'An welchem Schalter?' })).toBeVisible();
});

test('[ST-08] a display that stays silent is said at the counter; two ticks when it was shown', async ({
  browser,
}) => {
  const context = await newTablet(browser, TABLET);
  const page = await station.lea(context);
  const display = await demoDevice(station.house.url, 'display');
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'Nächste aufrufen');
  await expect(page.getByText('Bitte rufen Sie die Nummer aus.')).toBeVisible();
  const sql = postgres(station.house.databaseUrl, { max: 1 });
  const [call] = await sql<{ id: string }[]>`select id from calls order by "order" desc limit 1`;
  await sql.end();
  const shown = { callId: call?.id, shownAt: new Date().toISOString(), sound: 'spoken' };
  expect(await display.command(LOCATION, 'queue.reportCall', shown)).toMatchObject({ ok: true });
  await expect(page.getByText('gezeigt und ertönt', { exact: true })).toBeVisible();
  await expect(page.getByText('Bitte rufen Sie die Nummer aus.')).toBeHidden();
});
