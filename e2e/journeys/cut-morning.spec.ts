/// <reference lib="dom" />
// A morning of eighty tickets over three counters, each device with a browser, a profile and a network of its own, and the
// networks really cut. CUT_MINUTES=20 makes the long cut as long as a bad one is (npm test: one minute).
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, type Locator, type Page } from '@playwright/test';
import postgres from 'postgres';
import { counters, DEMO_LOCATION_ID as LOCATION, people, services } from '@schalter/drizzle/seed/station.ts';
import { AccountBook, journalDeeds, walkInsOf } from '../support/account-book.ts';
import { signIn, type Caller } from '../support/api.ts';
import { openHouse, type House } from '../support/app.ts';
import { Clerk } from '../support/clerk.ts';
import { OwnBrowser } from '../support/own-browser.ts';

const TICKETS = 80;
const LONG_CUT_MS = Number(process.env['CUT_MINUTES'] ?? '0.8') * 60_000;
const MORNING_MS_MAX = 420_000 + LONG_CUT_MS;
const TABLET = { width: 1280, height: 800 };
const LETTERS = ['M', 'R', 'I'] as const;
const TIMEOUT = 45_000;
/** A reset line is noticed at once. */
const NOTICED_MS = 1_500;

let house: House;
let sql: postgres.Sql;
const thrown: string[] = [];
const devices: OwnBrowser[] = [];
test.beforeAll(async () => {
  house = await openHouse();
  sql = postgres(house.databaseUrl, { max: 2 });
});
test.afterAll(async () => {
  for (const device of devices) await device.close();
  await sql.end();
  await house.close();
});

async function device(path: string, size: { width: number; height: number }): Promise<OwnBrowser> {
  const opened = await OwnBrowser.open(house.url, { path, size, onFault: (fault) => thrown.push(fault) });
  devices.push(opened);
  return opened;
}

const personOf = (firstName: string) => people.find((p) => p.name.startsWith(firstName));

async function atCounter(firstName: string, counterName: string): Promise<OwnBrowser> {
  const tablet = await device('/staff/', TABLET);
  const { page } = tablet;
  await page.getByLabel('E-Mail').fill(personOf(firstName)?.email ?? '');
  await page.getByLabel('Passwort').fill(personOf(firstName)?.password ?? '');
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await page.getByRole('button', { name: new RegExp(`^${counterName}\\b`) }).click();
  await page.locator('.counter').waitFor();
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  return tablet;
}

/** Every counter serves everything today, so that no service waits for one counter alone. */
async function openAll(admin: Caller): Promise<void> {
  const serviceIds = services.map((s) => s.serviceId);
  for (const { counterId, counter } of counters) {
    const input = { counterId, counter: { ...counter, serviceIds } };
    expect(await admin.command(LOCATION, 'directory.setCounter', input)).toMatchObject({ ok: true });
  }
}

const tile = (page: Page, letter: string): Locator => page.locator(`button[data-service="${letter}"]`);

/** Somebody takes a number; without the server it is one of the kiosk's own. */
async function takeNumber(kiosk: Page, n: number): Promise<string> {
  const letter = LETTERS[n % LETTERS.length] ?? 'M';
  await tile(kiosk, letter).click();
  const number = kiosk.locator('.ticket-number').first();
  const noThanks = kiosk.getByRole('button', { name: 'Nein, danke' });
  await expect(number.or(noThanks).first()).toBeVisible({ timeout: TIMEOUT });
  if (await noThanks.isVisible()) await noThanks.click();
  await expect(number).toBeVisible({ timeout: TIMEOUT });
  const said = (await number.innerText()).replace(/\s/g, '');
  await kiosk.getByRole('button', { name: 'Fertig', exact: true }).click();
  await expect(tile(kiosk, 'M')).toBeEnabled({ timeout: TIMEOUT });
  return said;
}

const pill = (of: OwnBrowser, kind: string): Locator => of.page.locator(`.bar .pill.${kind}`);
const isSaidToBeAway = (of: OwnBrowser) =>
  expect(of.page.locator('.bar .pill').and(of.page.locator('.notLive, .offline, .halfOpen'))).toBeVisible({
    timeout: TIMEOUT,
  });

interface Morning {
  readonly clerks: readonly [Clerk, Clerk, Clerk];
  readonly kiosk: OwnBrowser;
  readonly wall: OwnBrowser;
  readonly admin: Caller;
  /** Resolves once so many numbers are out. */
  readonly tickets: (n: number) => Promise<void>;
}

/** Two seconds, for everybody: nobody need notice. */
async function briefCut({ clerks, kiosk, wall }: Morning): Promise<void> {
  const all = [...clerks.map((clerk) => clerk.device), kiosk, wall];
  for (const one of all) one.network.cut();
  await delay(2_000);
  for (const one of all) await one.network.mend();
}

/** The long one: reloaded while it is away, and meanwhile somebody in the back office settles its customer. */
async function longCut({ clerks: [, clerk], admin }: Morning): Promise<void> {
  const begin = Date.now();
  await clerk.aside(async () => {
    const number = await clerk.untilServing();
    clerk.device.network.cut();
    await isSaidToBeAway(clerk.device);
    const [stage] = await sql<{ id: string }[]>`
      select s.id from stages s join visits v on v.id = s.visit_id
      where s.status = 'serving' and v.series = ${number.slice(0, 1)} and v.number = ${Number(number.slice(1))}`;
    expect(
      await admin.command(LOCATION, 'queue.complete', { stageId: stage?.id, outcome: null }),
    ).toMatchObject({
      ok: true,
    });
  });
  // Something is done that is still to be sent, and then the page begins anew, from the disk alone.
  await delay(6_000);
  await clerk.aside(async () => {
    const before = await clerk.look();
    await clerk.device.page.reload();
    await clerk.device.page.locator('.counter').waitFor({ timeout: TIMEOUT });
    await expect.poll(async () => (await clerk.look()).at, { timeout: TIMEOUT }).toBe(before.at);
  });
  await delay(Math.max(0, LONG_CUT_MS - (Date.now() - begin)));
  await clerk.device.network.mend();
}

/** No room on the disk, and no network: what can't be kept is not done, and the person is told. */
async function fullCut({ clerks: [clerk] }: Morning): Promise<void> {
  // The browser notices only at its next reckoning, half a minute later; the line is still there then.
  await clerk.device.fillDisk();
  await expect(pill(clerk.device, 'full')).toBeVisible({ timeout: 2 * TIMEOUT });
  await clerk.aside(async () => {
    await clerk.untilServing();
    clerk.device.network.cut();
    await expect(clerk.device.page.locator('.bar .pill.live')).toBeHidden({ timeout: TIMEOUT });
    await delay(NOTICED_MS);
    await clerk.step();
    await expect(clerk.device.page.locator('.zone .notice.fault')).toBeVisible({ timeout: TIMEOUT });
  });
  await delay(8_000);
  await clerk.aside(() => clerk.device.emptyDisk());
  await clerk.device.network.mend();
}

/** Nobody says that the line is gone. In the middle of it the browser is killed, and starts again from its disk. */
async function silentCut({ clerks: [, , clerk] }: Morning): Promise<void> {
  clerk.device.network.silence();
  await isSaidToBeAway(clerk.device);
  await delay(4_000);
  await clerk.aside(async () => {
    await clerk.device.kill();
    await clerk.device.start();
    await clerk.device.page.locator('.counter').waitFor({ timeout: TIMEOUT });
  });
  await delay(8_000);
  await clerk.device.network.mend();
}

/** The kiosk gives numbers of its own; the wall says since when it knows nothing new. */
async function kioskCut({ kiosk, wall }: Morning): Promise<void> {
  for (const one of [kiosk, wall]) one.network.cut();
  await expect(wall.page.getByText(/Nicht aktuell seit/i)).toBeVisible({ timeout: TIMEOUT });
  await delay(15_000);
  for (const one of [kiosk, wall]) await one.network.mend();
}

test('[TE-02] [RT-05] [RT-08] [ST-03] [KI-07] [DI-02] a morning of eighty tickets, the network really cut five times', async () => {
  test.setTimeout(MORNING_MS_MAX);
  const admin = await signIn(house.url, 'Regula');
  await openAll(admin);
  const kiosk = await device('/kiosk/?demo=1&slot=1', { width: 1080, height: 1920 });
  const wall = await device('/display/?demo=1&slot=1', { width: 1920, height: 1080 });
  await wall.page.locator('body').click();
  const book = new AccountBook();
  const plan = { holdEvery: 7, noteEvery: 5, walkInEvery: 9 };
  const clerks = [
    new Clerk('Lea', await atCounter('Lea', '1'), book, plan),
    new Clerk('Marco', await atCounter('Marco', '2'), book, plan),
    new Clerk('Nadia', await atCounter('Nadia', '3'), book, plan),
  ] as const;
  await expect(tile(kiosk.page, 'M')).toBeEnabled({ timeout: TIMEOUT });

  const numbers: string[] = [];
  const tickets = async (n: number): Promise<void> => {
    while (numbers.length < n) await delay(100);
  };
  const morning: Morning = { clerks, kiosk, wall, admin, tickets };
  let over = false;
  const work = clerks.map((clerk) => clerk.work(() => over));
  const give = async (): Promise<void> => {
    while (numbers.length < TICKETS) numbers.push(await takeNumber(kiosk.page, numbers.length));
  };
  const fail = async (): Promise<void> => {
    await tickets(6);
    await briefCut(morning);
    await tickets(12);
    await Promise.all([
      longCut(morning),
      fullCut(morning).then(() => silentCut(morning)),
      tickets(34).then(() => kioskCut(morning)),
    ]);
  };
  await Promise.all([give(), fail()]);

  const open = async (): Promise<number> =>
    Number(
      (
        await sql`select count(*) as n from stages where status in ('waiting', 'called', 'serving', 'held')`
      )[0]?.['n'],
    );
  await expect.poll(open, { timeout: 180_000 }).toBe(0);
  for (const clerk of clerks) await expect(pill(clerk.device, 'live')).toBeVisible({ timeout: TIMEOUT });
  over = true;
  await Promise.all(work);

  // Every number that somebody holds is one visit, and nobody has a second one.
  expect(new Set(numbers).size).toBe(TICKETS);
  const visits = await sql<{ said: string }[]>`
    select series || lpad(number::text, 3, '0') as said from visits where source = 'kiosk'`;
  expect(visits.map(({ said }) => said).sort()).toEqual([...numbers].sort());
  expect(numbers.filter((said) => Number(said.slice(1)) > 800).length).toBeGreaterThan(3);
  // What people did is what the journal says that they did.
  const names = new Map(people.map(({ personId, name }) => [personId, name.split(' ')[0] ?? '']));
  const journal = await journalDeeds(sql, names);
  const ours = journal.filter(({ who }) => clerks.some(({ name }) => name === who));
  expect(book.compare(ours, await walkInsOf(sql))).toEqual([]);
  expect(book.cards.length).toBeGreaterThan(1);
  expect(book.deeds.length).toBeGreaterThan(3 * TICKETS);
  expect(thrown).toEqual([]);
  console.log(
    `${numbers.length} numbers, ${book.deeds.length} deeds, ${ours.length} of them in the journal, ` +
      `${book.cards.length} refusals shown: ${book.cards.map(({ who, title }) => `${who}: ${title}`).join('; ')}`,
  );
});
