/// <reference lib="dom" />
// A clerk at a counter of the demo station, in a browser.
import { expect, test, type BrowserContext, type Locator, type Page } from '@playwright/test';
import postgres from 'postgres';
import { DEMO_LOCATION_ID as LOCATION } from '@schalter/drizzle/seed/station.ts';
import { demoDevice, newLinkToken, signIn, type Caller } from './api.ts';
import { openHouse, type House } from './app.ts';
import { personOf, serviceId } from './demo.ts';

export const TABLET = {
  viewport: { width: 1280, height: 800 },
  locale: 'de-CH',
  timezoneId: 'Europe/Zurich',
};
/** The large button ignores the second half of a double tap. */
const DOUBLE_TAP_MS = 500;

export const pill = (page: Page): Locator => page.locator('.bar .pill');
export const state = (page: Page): Locator => page.locator('.card .state');
export const row = (page: Page, number: string): Locator =>
  page
    .locator('.list .row')
    .filter({ hasText: number.slice(0, 1) })
    .filter({ hasText: number.slice(1) });

export const large = (page: Page): Locator => page.locator('.card .button.large');

/** When each page's large button was last pressed. */
const pressedAt = new WeakMap<Page, number>();

/** Reads what the large button says now, lets the guard against double taps pass, and presses. */
export async function press(page: Page, text: string): Promise<void> {
  await expect(large(page)).toContainText(text);
  const guardedMs = (pressedAt.get(page) ?? 0) + DOUBLE_TAP_MS - Date.now();
  if (guardedMs > 0) await page.waitForTimeout(guardedMs);
  await large(page).click();
  pressedAt.set(page, Date.now());
}

async function fillSignIn(page: Page, firstName: string): Promise<void> {
  const { email, password } = personOf(firstName);
  await page.getByLabel('E-Mail').fill(email);
  await page.getByLabel('Passwort').fill(password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
}

/** Signs in on a tablet on which nobody is, and is then where the path leads. */
export async function signInAs(
  context: BrowserContext,
  at: { readonly url: string; readonly firstName: string; readonly path?: string },
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${at.url}${at.path ?? '/staff/'}`);
  await fillSignIn(page, at.firstName);
  return page;
}

/** Signs in where nobody is, and stands at the counter. */
export async function atCounter(
  context: BrowserContext,
  at: { readonly url: string; readonly firstName: string; readonly counter: string },
): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${at.url}/staff/`);
  const password = page.getByLabel('Passwort');
  const free = page.getByRole('heading', { name: 'An welchem Schalter?' });
  const counter = page.locator('.counter');
  await expect(password.or(free).or(counter)).toBeVisible();
  if (await password.isVisible()) await fillSignIn(page, at.firstName);
  await expect(free.or(counter)).toBeVisible();
  if (await free.isVisible()) {
    const place = page.locator('main li').filter({ hasText: new RegExp(`^\\s*${at.counter}`) });
    await place.getByRole('button').click();
    const takeOver = page.getByRole('dialog').getByRole('button', { name: 'Übernehmen' });
    await expect(takeOver.or(counter)).toBeVisible();
    if (await takeOver.isVisible()) await takeOver.click();
  }
  await expect(counter).toBeVisible();
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  return page;
}

/** One house for all tests of a file, with a kiosk that gives numbers, and a clerk. */
export interface Station {
  readonly house: House;
  readonly kiosk: Caller;
  readonly lea: (context: BrowserContext, counter?: string) => Promise<Page>;
}

export function stationForAll(): Station {
  let opened: Pick<Station, 'house' | 'kiosk'> | null = null;
  const station = () => {
    if (opened === null) throw new Error('a station is there within a test alone');
    return opened;
  };
  test.beforeAll(async () => {
    const house = await openHouse();
    opened = { house, kiosk: await demoDevice(house.url, 'kiosk') };
  });
  test.afterAll(() => opened?.house.close());
  return {
    get house() {
      return station().house;
    },
    get kiosk() {
      return station().kiosk;
    },
    lea: (context, counter = '3') =>
      atCounter(context, { url: station().house.url, firstName: 'Lea', counter }),
  };
}

/** A number from the kiosk: "M007". */
export async function issue(kiosk: Caller, letter: string): Promise<string> {
  const answer = await kiosk.command(LOCATION, 'queue.issueTicket', {
    serviceId: serviceId(letter),
    language: 'de',
    linkToken: newLinkToken(),
    contact: null,
    name: null,
    note: null,
  });
  if (!answer.ok) throw new Error(`no number: ${answer.code}`);
  const { series, number } = answer.result as { series: string; number: number };
  return `${series}${String(number).padStart(3, '0')}`;
}

/** What the server has of a number: the status of its stages, and the note. */
export async function visitOf(
  databaseUrl: string,
  number: string,
): Promise<{ readonly statuses: string[]; readonly note: string | null }> {
  const sql = postgres(databaseUrl, { max: 1 });
  const rows = await sql<{ status: string; note: string | null }[]>`
    select s.status, v.note from stages s join visits v on v.id = s.visit_id
    where v.series = ${number.slice(0, 1)} and v.number = ${Number(number.slice(1))} order by s.arrived_at, s.id`;
  await sql.end();
  return { statuses: rows.map(({ status }) => status), note: rows[0]?.note ?? null };
}

/** Until the server has the stages of a number in these statuses. */
export async function reached(station: Station, number: string, statuses: readonly string[]): Promise<void> {
  const statusesNow = async () => (await visitOf(station.house.databaseUrl, number)).statuses;
  await expect.poll(statusesNow).toEqual(statuses);
}

/** Whoever is left of the test before is served or goes, so that the next one begins with an empty house. */
export async function clear({ url, databaseUrl }: House): Promise<void> {
  const admin = await signIn(url, 'Regula');
  const sql = postgres(databaseUrl, { max: 1 });
  const open = await sql<{ id: string; status: string }[]>`
    select id, status from stages where status in ('waiting', 'called', 'serving', 'held')`;
  await sql.end();
  for (const { id: stageId, status } of open) {
    const [type, input] =
      status === 'serving'
        ? ['queue.complete', { stageId, outcome: null }]
        : ['queue.cancel', { stageId, reason: '' }];
    expect(await admin.command(LOCATION, type, input)).toMatchObject({ ok: true });
  }
}
