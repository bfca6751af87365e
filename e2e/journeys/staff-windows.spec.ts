/// <reference lib="dom" />
// One browser of a clerk: two windows of it, and what is left when it is killed. The server is really away.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, expect, test, type BrowserContext, type Page } from '@playwright/test';
import postgres from 'postgres';
import { DEMO_LOCATION_ID as LOCATION } from '@schalter/drizzle/seed/station.ts';
import { chromiumLaunchOptions } from '../support/chromium.ts';
import {
  issue,
  stationForAll,
  pill,
  press,
  row,
  state,
  TABLET,
  reached,
  visitOf,
} from '../support/counter.ts';

const BACK_MS_MAX = 20_000;
/** A window that is closed or killed is followed by the next within this time. */
const TAKEN_OVER_MS_MAX = 2_000;

const station = stationForAll();

const locksIn = (page: Page) =>
  page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const ours = (lock: LockInfo) => lock.name?.startsWith('schalter-staff/') === true;
    return { held: held.filter(ours).map((lock) => lock.clientId), waiting: pending.filter(ours).length };
  });

/** What people did since, as often as the server has taken it. */
async function entriesSince(seq: number): Promise<string[]> {
  const sql = postgres(station.house.databaseUrl, { max: 1 });
  const rows = await sql<{ type: string }[]>`
    select type from journal where stream_id = ${LOCATION} and seq > ${seq}
    and actor->>'kind' = 'person' order by seq`;
  await sql.end();
  return rows.map(({ type }) => type);
}
async function head(): Promise<number> {
  const sql = postgres(station.house.databaseUrl, { max: 1 });
  const [row] = await sql<{ seq: number }[]>`
    select max(seq)::int as seq from journal where stream_id = ${LOCATION}`;
  await sql.end();
  return row?.seq ?? 0;
}

test('[Y31] [Y32] [Y33] [ST-03] [REG 152259] two windows act while the server is away and one is closed: each action once, in order', async ({
  browser,
}) => {
  const context = await browser.newContext(TABLET);
  const first = await station.lea(context);
  const second = await station.lea(context);
  const number = await issue(station.kiosk, 'M');
  for (const page of [first, second]) await expect(row(page, number)).toBeVisible();
  expect(await locksIn(first)).toMatchObject({ held: [expect.any(String)], waiting: 1 });
  await press(first, 'Nächste aufrufen');
  await reached(station, number, ['called']);
  await expect(state(second)).toHaveText('Aufgerufen');
  const before = await head();

  await station.house.kill();
  for (const page of [first, second])
    await expect(pill(page)).toContainText(/seit \d\d:\d\d/, { timeout: BACK_MS_MAX });
  await press(first, 'Bedienung beginnen');
  // The other window shows it as its own, and goes on from there.
  await expect(state(second)).toHaveText('In Bedienung');
  await second.getByLabel('Notiz').fill('Aus dem zweiten Fenster');
  await second.getByLabel('Notiz').blur();
  for (const page of [first, second]) await expect(pill(page)).toContainText('2 Eingaben warten');
  await press(second, 'Abschliessen');
  await expect(state(first)).toHaveText('Bereit');
  await expect(pill(first)).toContainText('3 Eingaben warten');

  // The one that has the turn is closed; the other has it at once.
  const [holder] = (await locksIn(first)).held;
  await first.close();
  await expect
    .poll(async () => (await locksIn(second)).held.filter((id) => id !== holder).length, {
      timeout: TAKEN_OVER_MS_MAX,
    })
    .toBe(1);
  await station.house.start();
  await expect(pill(second)).toContainText('alles gesendet', { timeout: BACK_MS_MAX });
  expect(await entriesSince(before)).toEqual(['queue.start', 'queue.setNote', 'queue.complete']);
  expect(await visitOf(station.house.databaseUrl, number)).toEqual({
    statuses: ['done'],
    note: 'Aus dem zweiten Fenster',
  });
  await context.close();
});

test('[Y16] [ST-03] [REG S27] the browser is killed right after an action was shown as kept: it is sent by the next start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'schalter-browser-'));
  const open = (): Promise<BrowserContext> =>
    chromium.launchPersistentContext(folder, { ...chromiumLaunchOptions(), ...TABLET });
  // Signed in earlier: a browser writes cookies and small things down seconds later, and at its end.
  let context = await open();
  await station.lea(context);
  await context.close();
  context = await open();
  let page = await station.lea(context);
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'Nächste aufrufen');
  await reached(station, number, ['called']);
  await station.house.kill();
  await expect(pill(page)).toContainText(/seit \d\d:\d\d/, { timeout: BACK_MS_MAX });
  await press(page, 'Bedienung beginnen');
  await expect(pill(page)).toContainText('1 Eingabe wartet');
  // Not a moment later than the screen says that it is kept.
  await killed(context);

  context = await open();
  page = await context.newPage();
  await page.goto(`${station.house.url}/staff/`);
  await expect(state(page)).toHaveText('In Bedienung');
  await expect(pill(page)).toContainText('1 Eingabe wartet');
  const before = await head();
  await station.house.start();
  await expect(pill(page)).toContainText('alles gesendet', { timeout: BACK_MS_MAX });
  await reached(station, number, ['serving']);
  expect(await entriesSince(before)).toEqual(['queue.start']);
  await press(page, 'Abschliessen');
  await reached(station, number, ['done']);
  await context.close();
  await rm(folder, { recursive: true, force: true });
});

/** kill -9 of the whole browser. */
async function killed(context: BrowserContext): Promise<void> {
  const browser = context.browser();
  if (browser === null) throw new Error('no browser behind this context');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const gone = new Promise((done) => context.once('close', done));
  for (const { id } of processInfo.filter(({ type }) => type === 'browser')) process.kill(id, 'SIGKILL');
  await gone;
}
