/// <reference lib="dom" />
// Two releases at once: devices of the previous release at this server, this release's at the previous server, and
// the morning on which a server is replaced. MORNING_ROUNDS=12 makes it as long as a real one is, 84 customers and twelve
// cuts (npm test: one round).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import postgres from 'postgres';
import { v7 as uuid } from 'uuid';
import { counters, DEMO_LOCATION_ID as LOCATION, people, services } from '@schalter/drizzle/seed/station.ts';
import { NEWER } from '@schalter/shared/dialects.ts';
import { BLOCK_SIZE, BLOCKS_MAX } from '@schalter/shared/queue/blocks.ts';
import { DIALECT } from '@schalter/shared/kernel/protocol.ts';
import { signIn } from '../support/api.ts';
import { openHouse, type House, type Release } from '../support/app.ts';
import { commandSchemas, narrowings, newFields } from '../support/command-schemas.ts';
import { databasesOf } from '../support/stored.ts';
import { BUILD_MS_MAX, copyApps, PREVIOUS, previousRelease, ROOT } from '../support/previous-release.ts';

/** What the server's return, a busy machine and the spreading of devices may take together. */
const BACK_MS_MAX = 60_000;
/** Seven customers and a cut in each. */
const ROUNDS = Number(process.env['MORNING_ROUNDS'] ?? '1');
const ROUND_TICKETS = 7;
/** A round takes half a minute; on a busy machine, several. */
const MORNING_MS_MAX = 600_000 * ROUNDS;
const TIMEOUT = { timeout: BACK_MS_MAX };
/** A kiosk's own: from the end of the three digits. */
const OWN_NUMBERS_FROM = 1_000 - BLOCKS_MAX * BLOCK_SIZE;

test.use({ actionTimeout: 60_000 });

let previous: string;
let dataDir: string;
test.beforeAll(() => {
  test.setTimeout(BUILD_MS_MAX);
  previous = previousRelease();
});
test.beforeEach(() => {
  test.setTimeout(MORNING_MS_MAX);
  dataDir = mkdtempSync(join(tmpdir(), 'schalter-releases-'));
});
test.afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

const own = (): string => join(previous, 'own-apps');

/** Which release's page it is: the name of its first script, which carries a hash. */
const ENTRY = /entry\/start\.[\w-]+\.js/;
const builtEntry = (folder: string, app: string): string =>
  ENTRY.exec(readFileSync(join(folder, app, 'build', 'index.html'), 'utf8'))?.[0] ?? 'no entry';
/** A page that is just being loaded anew says nothing. */
const entryOf = async (page: Page): Promise<string> =>
  ENTRY.exec(await page.content().catch(() => ''))?.[0] ?? 'none yet';

interface Morning {
  readonly house: House;
  readonly sql: postgres.Sql;
  readonly wall: Page;
  readonly kiosk: Page;
  readonly clerks: readonly Page[];
  readonly phone: Page;
  readonly numbers: string[];
}

const tile = (kiosk: Page): Locator => kiosk.locator('button[data-service="M"]');
const awaySign = (wall: Page): Locator => wall.getByText(/Nicht aktuell seit/i);

async function open(house: House, browser: Browser, path: string, width: number, height: number) {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: 'de-CH',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(`${house.url}${path}`);
  return page;
}
/** A page of the previous release belongs to its worker from its second load on. */
async function loadControlled(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload();
  await expect
    .poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null), TIMEOUT)
    .toBe(true);
}

/** What a person did there and the server has not heard of; a device's own reports come and go. */
const unsentOn = async (page: Page): Promise<number> =>
  Object.values(await databasesOf(page))
    .flatMap(({ outbox = [] }) => outbox as { command: { type: string } }[])
    .filter(({ command }) => ['queue.complete', 'queue.recordTicket'].includes(command.type)).length;

async function takeNumber({ kiosk, numbers }: Pick<Morning, 'kiosk' | 'numbers'>): Promise<void> {
  await tile(kiosk).click();
  const number = kiosk.locator('.ticket-number').first();
  const without = kiosk.getByRole('button', { name: 'Nein, danke' });
  // A kiosk without its server asks for no phone number.
  await expect(number.or(without).first()).toBeVisible(TIMEOUT);
  if (await without.isVisible()) await without.click();
  await expect(number).toBeVisible(TIMEOUT);
  numbers.push((await number.innerText()).replace(/\s/g, ''));
  await kiosk.getByRole('button', { name: 'Fertig' }).click();
}

async function atCounter(house: House, browser: Browser, firstName: string, counter: string): Promise<Page> {
  const person = people.find((p) => p.name.startsWith(firstName));
  const page = await open(house, browser, '/staff/', 1280, 800);
  await page.getByLabel('E-Mail').fill(person?.email ?? '');
  await page.getByLabel('Passwort').fill(person?.password ?? '');
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await page.getByRole('button', { name: new RegExp(`^${counter}\\b`) }).click();
  await page.locator('.counter').waitFor();
  await loadControlled(page);
  await page.locator('.counter').waitFor();
  return page;
}

const counterId = (n: number): string => counters[n]?.counterId ?? '';
const statusAt = async ({ sql }: Pick<Morning, 'sql'>, n: number): Promise<string> =>
  (
    await sql<{ status: string }[]>`
      select status from stages where counter_id = ${counterId(n)} and status in ('called', 'serving')`
  )[0]?.status ?? 'free';

function clerkOf({ clerks }: Morning, n: number): Page {
  const clerk = clerks[n];
  if (clerk === undefined) throw new Error(`there is no clerk ${n}`);
  return clerk;
}
/** One key at a time, the next when the server has taken the one before, and the screen shows it. */
async function press(morning: Morning, n: number, key: string, status: string): Promise<void> {
  const clerk = clerkOf(morning, n);
  await clerk.keyboard.press(key);
  await expect.poll(() => statusAt(morning, n), TIMEOUT).toBe(status);
  for (const one of ['called', 'serving'])
    await expect(clerk.locator(`.card .state.${one}`)).toHaveCount(one === status ? 1 : 0, TIMEOUT);
}
async function serveOne(morning: Morning, n: number): Promise<void> {
  await press(morning, n, 'n', 'called');
  await press(morning, n, 's', 'serving');
  await press(morning, n, 'c', 'free');
}

async function begin(browser: Browser, release: Release | undefined): Promise<Morning> {
  const house = await openHouse({
    ...(release === undefined ? {} : { release }),
    environment: { DATA_DIR: dataDir },
  });
  const admin = await signIn(house.url, 'Regula');
  for (const { counterId: id, counter } of counters) {
    const input = { counterId: id, counter: { ...counter, serviceIds: services.map((s) => s.serviceId) } };
    expect(await admin.command(LOCATION, 'directory.setCounter', input, uuid())).toMatchObject({ ok: true });
  }
  const sql = postgres(house.databaseUrl, { max: 2 });
  const wall = await open(house, browser, '/display/?demo=1&slot=1', 1280, 720);
  const kiosk = await open(house, browser, '/kiosk/?demo=1&slot=1', 1080, 1920);
  await expect(tile(kiosk)).toBeEnabled(TIMEOUT);
  for (const page of [wall, kiosk]) await loadControlled(page);
  await expect(tile(kiosk)).toBeEnabled(TIMEOUT);
  const clerks = [await atCounter(house, browser, 'Lea', '1'), await atCounter(house, browser, 'Marco', '2')];
  const numbers: string[] = [];
  await takeNumber({ kiosk, numbers });
  const [visit] = await sql<{ link_token: string }[]>`select link_token from visits where number = 1`;
  const phone = await open(house, browser, `/t#${visit?.link_token ?? ''}`, 390, 844);
  await expect(phone.locator('body')).toContainText(numbers[0]?.slice(1) ?? 'a number');
  // A kiosk gives numbers of its own as soon as it holds a block of them.
  const blocks = () => sql`select 1 from number_blocks`;
  await expect.poll(async () => (await blocks()).length, TIMEOUT).toBeGreaterThan(0);
  return { house, sql, wall, kiosk, clerks, phone, numbers };
}

/** Some customers are served; then the line is cut while one stands at a counter, and `meanwhile` happens. */
async function playCut(morning: Morning, meanwhile: () => void = () => undefined): Promise<void> {
  const { house, sql, wall, clerks, phone, kiosk, numbers } = morning;
  const [lea = wall] = clerks;
  const recordedBefore = Math.floor(numbers.length / ROUND_TICKETS);
  // The last two of a round come without the server, and after it.
  while (numbers.length % ROUND_TICKETS < ROUND_TICKETS - 2) await takeNumber(morning);
  await Promise.all([serveOne(morning, 0), serveOne(morning, 1)]);
  await expect(phone.locator('body')).toContainText(/Danke|Wie war/i, TIMEOUT);
  await press(morning, 0, 'n', 'called');
  await press(morning, 0, 's', 'serving');

  await house.kill();
  await expect(awaySign(wall)).toBeVisible(TIMEOUT);
  await expect(kiosk.getByText(/^ohne Verbindung seit/)).toBeVisible(TIMEOUT);
  await lea.keyboard.press('c');
  const pressedAt = Date.now();
  await takeNumber(morning);
  // What was pressed waits on the tablet, and so does what the kiosk gave.
  for (const page of [lea, kiosk]) await expect.poll(() => unsentOn(page)).toBe(1);
  meanwhile();
  await house.start();

  await expect.poll(() => statusAt(morning, 0), TIMEOUT).toBe('free');
  for (const page of [lea, kiosk]) await expect.poll(() => unsentOn(page), TIMEOUT).toBe(0);
  await expect(awaySign(wall)).toBeHidden(TIMEOUT);
  const recorded = () =>
    sql<{ arrived_at: Date }[]>`
      select arrived_at from visits where number >= ${OWN_NUMBERS_FROM} order by arrived_at desc`;
  await expect.poll(async () => (await recorded()).length, TIMEOUT).toBe(recordedBefore + 1);
  expect(Math.abs(((await recorded())[0]?.arrived_at.getTime() ?? 0) - pressedAt)).toBeLessThan(15_000);
  await expect(tile(kiosk)).toBeEnabled(TIMEOUT);
  await expect(kiosk.getByText(/^ohne Verbindung seit/)).toBeHidden(TIMEOUT);
}

/** One more comes, and nobody waits any more. */
async function playOn(morning: Morning): Promise<void> {
  await takeNumber(morning);
  for (const n of [0, 1]) await serveOne(morning, n);
  for (const n of [0, 1]) await serveOne(morning, n);
}

/** The rounds that are left; then everybody was served, nothing twice, nothing lost, and nobody was refused anything. */
async function end(morning: Morning): Promise<void> {
  const { house, sql, wall, clerks, numbers } = morning;
  while (numbers.length < ROUNDS * ROUND_TICKETS) {
    await playCut(morning);
    await playOn(morning);
  }
  const all = ROUNDS * ROUND_TICKETS;
  expect(new Set(numbers).size).toBe(all);
  const stages = await sql<{ status: string; n: number }[]>`
    select status, count(*)::int as n from stages group by status`;
  expect(stages).toEqual([{ status: 'done', n: all }]);
  const calls = (await sql<{ order: number }[]>`select "order" from calls order by "order"`).map(
    (c) => c.order,
  );
  expect(calls).toEqual(Array.from({ length: all }, (_, n) => n + 1));
  const shown = () => sql<{ order: number }[]>`select "order" from call_receipts order by "order"`;
  await expect.poll(async () => (await shown()).map((r) => r.order), TIMEOUT).toEqual(calls);
  for (const clerk of clerks) await expect(clerk.locator('.zone')).toHaveCount(0);
  await sql.end();
  await Promise.all([wall, morning.kiosk, morning.phone, ...clerks].map((page) => page.context().close()));
  await house.close();
}

test('[UP4] [UP5] what the previous release says is understood, and what is new is listed with its dialect', () => {
  const before = commandSchemas(previous);
  const now = commandSchemas(ROOT);
  const problems: string[] = [];
  for (const [type, { input }] of Object.entries(before)) {
    const after = now[type];
    if (after === undefined) problems.push(`${type} is gone: devices of ${PREVIOUS.version} still say it`);
    else problems.push(...narrowings(input, after.input, type));
  }
  const problem = (what: string) =>
    `${what} is new since ${PREVIOUS.version}: list it in shared/src/dialects.ts`;
  for (const [type, { input, kind }] of Object.entries(now)) {
    const listed = NEWER[type];
    const was = before[type];
    if (was === undefined) {
      if (listed?.since === undefined || (listed.record === true) !== (kind === 'record'))
        problems.push(`${problem(type)} (a ${kind})`);
      continue;
    }
    for (const field of newFields(was.input, input))
      if (listed?.fields?.[field] === undefined) problems.push(problem(`${type} ${field}`));
  }
  for (const [type, { since = 1, fields = {} }] of Object.entries(NEWER))
    if (Math.max(since, ...Object.values(fields)) > DIALECT)
      problems.push(`${type}: its dialect is not there yet`);
  expect(problems).toEqual([]);
});

test('[UP1] [ST-07] devices of the previous release at this server, through a cut with an outbox', async ({
  browser,
}) => {
  const morning = await begin(browser, { root: ROOT, appsDir: own() });
  expect(await entryOf(morning.wall)).toBe(builtEntry(own(), 'display'));
  await playCut(morning);
  await playOn(morning);
  await end(morning);
});

test('[UP2] [ST-07] this release’s devices at the previous server, through a cut with an outbox', async ({
  browser,
}) => {
  copyApps(ROOT, previous);
  const morning = await begin(browser, { root: previous });
  expect(await entryOf(morning.wall)).toBe(builtEntry(ROOT, 'display'));
  await playCut(morning);
  await playOn(morning);
  await end(morning);
});

test('[UP3] [UP10] [ST-07] the server is replaced while tablet and kiosk are cut off; then they take the new version', async ({
  browser,
}) => {
  copyApps(own(), previous);
  const morning = await begin(browser, { root: previous });
  const { house, wall, kiosk, clerks } = morning;
  const pages = [
    { page: wall, app: 'display' },
    { page: kiosk, app: 'kiosk' },
    ...clerks.map((page) => ({ page, app: 'staff-pwa' })),
  ];
  for (const { page, app } of pages) expect(await entryOf(page)).toBe(builtEntry(own(), app));
  await playCut(morning, () => house.replaceBy({ root: ROOT }));
  // They look for it within half an hour; here they look now.
  for (const { page } of pages)
    await page.evaluate(async () => void (await navigator.serviceWorker.getRegistration())?.update());
  for (const { page, app } of pages)
    await expect.poll(() => entryOf(page), { timeout: 90_000 }).toBe(builtEntry(ROOT, app));
  await expect(tile(kiosk)).toBeEnabled(TIMEOUT);
  for (const clerk of clerks) await clerk.locator('.counter').waitFor();
  await playOn(morning);
  await end(morning);
});
