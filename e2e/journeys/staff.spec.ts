/// <reference lib="dom" />
// A clerk's and a manager's day in the staff app, against the real server.
import { expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import postgres from 'postgres';
import { DEMO_LOCATION_ID as LOCATION, people, services } from '@schalter/drizzle/seed/station.ts';
import { demoDevice, signIn, type Caller } from '../support/api.ts';
import { openHouse, type House } from '../support/app.ts';
import { issue } from '../support/counter.ts';
import { atRest } from '../support/playground.ts';

const TABLET = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
/** The large button ignores the second half of a double tap. */
const DOUBLE_TAP_MS = 500;
const REVOKED_MS_MAX = 5_000;
const SWITCHED_MS_MAX = 5_000;

let house: House;
let kiosk: Caller;

const personOf = (firstName: string) => {
  const person = people.find((p) => p.name.startsWith(firstName));
  if (person === undefined) throw new Error(`nobody of the demo is called ${firstName}`);
  return person;
};
const serviceId = (letter: string): string =>
  services.find(({ service }) => service.letter === letter)?.serviceId ?? '';

/** Whether the tablet has it on its disk; it shows a row a moment before it has written it. */
const isKept = (page: Page, number: string): Promise<boolean> =>
  page.evaluate(
    ([series, digits]) =>
      new Promise<boolean>((answer, fail) => {
        const opening = indexedDB.open('schalter-staff');
        opening.onerror = () => fail(new Error('no database on this tablet'));
        opening.onsuccess = () => {
          const database = opening.result;
          const reading = database.transaction('rows').objectStore('rows').getAll();
          reading.onsuccess = () => {
            const stored = reading.result as { table: string; row: Record<string, unknown> }[];
            database.close();
            answer(
              stored.some(
                ({ table, row }) =>
                  table === 'visits' && row['series'] === series && row['number'] === digits,
              ),
            );
          };
        };
      }),
    [number.slice(0, 1), Number(number.slice(1))] as const,
  );

/** What any page threw; a journey that ends well on a page that threw has not ended well. */
let thrown: string[] = [];

async function newTablet(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: TABLET,
    locale: 'de-CH',
    timezoneId: 'Europe/Zurich',
  });
  context.on('weberror', (fault) => {
    thrown.push(`${fault.page()?.url()}: ${fault.error().stack}`);
  });
  return context;
}

async function signInAs(context: BrowserContext, firstName: string, path = '/staff/'): Promise<Page> {
  const { email, password } = personOf(firstName);
  const page = await context.newPage();
  await page.goto(`${house.url}${path}`);
  await page.getByLabel('E-Mail').fill(email);
  await page.getByLabel('Passwort').fill(password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
  return page;
}

/** Signs in and stands at the counter: it is in the rows, so whoever was there before is there at once. */
async function atCounter(context: BrowserContext, firstName: string, counter: string): Promise<Page> {
  const page = await signInAs(context, firstName);
  const free = page.getByRole('heading', { name: 'An welchem Schalter?' });
  await expect(free.or(page.locator('.counter'))).toBeVisible();
  if (await free.isVisible()) {
    const place = page.locator('main li').filter({ hasText: new RegExp(`^\\s*${counter}`) });
    await place.getByRole('button').click();
    const takeOver = page.getByRole('dialog').getByRole('button', { name: 'Übernehmen' });
    await expect(takeOver.or(page.locator('.counter'))).toBeVisible();
    if (await takeOver.isVisible()) await takeOver.click();
  }
  await expect(page.locator('.counter')).toBeVisible();
  return page;
}

const large = (page: Page) => page.locator('.card .button.large');
const state = (page: Page) => page.locator('.card .state');
const numberOnCard = async (page: Page): Promise<string> =>
  (await page.locator('.card .ticket-number').innerText()).replace(/\s/g, '');
const pill = (page: Page) => page.locator('.bar .pill');
const row = (page: Page, number: string) =>
  page
    .locator('.list .row')
    .filter({ hasText: number.slice(0, 1) })
    .filter({ hasText: number.slice(1) });

const PRIMARY = {
  call: 'Nächste aufrufen',
  start: 'Bedienung beginnen',
  complete: 'Abschliessen',
  goOn: 'Pause beenden',
} as const;
/** When each page's large button was last pressed. */
const pressedAt = new WeakMap<Page, number>();

/** Reads what the button says now, lets the guard against double taps pass, and presses. */
async function press(page: Page, what: keyof typeof PRIMARY): Promise<void> {
  await expect(large(page)).toContainText(PRIMARY[what]);
  const guardedMs = (pressedAt.get(page) ?? 0) + DOUBLE_TAP_MS - Date.now();
  if (guardedMs > 0) await page.waitForTimeout(guardedMs);
  await large(page).click();
  pressedAt.set(page, Date.now());
}

/** Serves whoever is left, so that the next test starts with an empty house. */
async function clear(): Promise<void> {
  const admin = await signIn(house.url, 'Regula');
  const sql = postgres(house.databaseUrl, { max: 1 });
  const open = await sql<{ id: string; status: string }[]>`
    select id, status from stages where status in ('waiting', 'called', 'serving', 'held')`;
  await sql.end();
  for (const { id, status } of open) {
    const type = status === 'serving' ? 'queue.complete' : 'queue.cancel';
    const input = status === 'serving' ? { stageId: id, outcome: null } : { stageId: id, reason: '' };
    expect(await admin.command(LOCATION, type, input)).toMatchObject({ ok: true });
  }
}

async function statusOf(number: string): Promise<string[]> {
  const sql = postgres(house.databaseUrl, { max: 1 });
  const rows = await sql<{ status: string }[]>`
    select s.status from stages s join visits v on v.id = s.visit_id
    where v.series = ${number.slice(0, 1)} and v.number = ${Number(number.slice(1))} order by s.arrived_at, s.id`;
  await sql.end();
  return rows.map((r) => r.status);
}

test.describe.configure({ mode: 'default' });
test.beforeAll(async () => {
  house = await openHouse();
  kiosk = await demoDevice(house.url, 'kiosk');
});
test.afterAll(async () => house.close());
test.beforeEach(async () => {
  thrown = [];
  await clear();
});
test.afterEach(() => expect(thrown).toEqual([]));

const ROUTES = [
  ...['', 'counter', 'today', 'today?search=1', 'overview', 'outbox', 'playground', 'sign-in'],
  ...[
    'setup',
    'setup/services',
    'setup/counters',
    'setup/location',
    'setup/people',
    'setup/devices',
    'setup/audit',
  ],
  ...['setup/open', 'setup/first', 'setup/first#token=dead', 'nowhere'],
];
for (const who of ['nobody', 'Lea', 'Daniel', 'Regula']) {
  test(`[ST-01] every address opens for ${who}, and none throws`, async ({ browser }) => {
    const context = await newTablet(browser);
    const page = who === 'nobody' ? await context.newPage() : await signInAs(context, who);
    if (who !== 'nobody') await expect(page.locator('.rail .me button')).toBeVisible();
    for (const route of ROUTES) {
      await page.goto(`${house.url}/staff/${route}`);
      await expect(page.getByRole('heading').or(page.locator('.card')).first()).toBeVisible();
    }
    // And back again: what is not loaded anew comes out of the browser's own memory.
    for (let n = 1; who === 'Regula' && n < ROUTES.length; n++) {
      await page.goBack();
      if (page.url() === 'about:blank') break;
      await expect(page.getByRole('heading').or(page.locator('.card')).first()).toBeVisible();
    }
    await context.close();
  });
}

test('[ST-01] it can be installed, and starts without a network', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await atCounter(context, 'Lea', '3');
  const manifest = await page.evaluate(async () => {
    const href = document.querySelector<HTMLLinkElement>('link[rel=manifest]')?.href ?? '';
    return (await (await fetch(href)).json()) as {
      start_url: string;
      scope: string;
      display: string;
      icons: { src: string; sizes: string; purpose?: string }[];
    };
  });
  expect(manifest).toMatchObject({ start_url: '/staff/', scope: '/staff/', display: 'standalone' });
  expect(manifest.icons.map((icon) => [icon.sizes, icon.purpose ?? 'any'])).toEqual([
    ['192x192', 'any'],
    ['512x512', 'any'],
    ['512x512', 'maskable'],
  ]);
  for (const { src } of manifest.icons) {
    expect((await page.request.get(`${house.url}${src}`)).headers()['content-type']).toBe('image/png');
  }
  await page.evaluate(() => navigator.serviceWorker.ready);
  const number = await issue(kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await expect.poll(() => isKept(page, number)).toBe(true);
  await context.setOffline(true);
  await page.goto(`${house.url}/staff/`);
  await expect(state(page)).toHaveText('Bereit');
  await expect(row(page, number)).toBeVisible();
  await expect(pill(page)).toContainText(/Ohne Netz seit \d\d:\d\d/);
  await context.setOffline(false);
  await expect(pill(page)).toContainText('alles gesendet', { timeout: 15_000 });
  await context.close();
});

test('[ST-04] [Q-08] call, recall, start, hold, resume, complete: one tap each, and the list is live', async ({
  browser,
}) => {
  const context = await newTablet(browser);
  const page = await atCounter(context, 'Lea', '3');
  await expect(page.getByText('Es wartet niemand.').first()).toBeVisible();
  const [first, second] = [await issue(kiosk, 'M'), await issue(kiosk, 'M')];
  await expect(row(page, second)).toContainText('0 min');
  await expect(row(page, first)).toContainText('wartet am längsten');
  await expect.poll(() => numberOnCard(page)).toBe(first);

  await press(page, 'call');
  await expect(state(page)).toHaveText('Aufgerufen');
  await page.getByRole('button', { name: 'Erneut aufrufen' }).click();
  await expect(state(page)).toHaveText('Zum 2. Mal aufgerufen');
  await press(page, 'start');
  await expect(state(page)).toHaveText('In Bedienung');
  await page.getByRole('button', { name: 'Halten' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Halten' }).click();
  await expect(state(page)).toHaveText('Bereit');
  await page.getByRole('button', { name: `Aufrufen, ${first}` }).click();
  await press(page, 'start');
  await press(page, 'complete');
  await expect(state(page)).toHaveText('Bereit');
  await expect.poll(() => statusOf(first)).toEqual(['done']);
  await expect.poll(() => numberOnCard(page)).toBe(second);
  await context.close();
});

test('[ST-04] a double tap is one action, and every action has its key', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await atCounter(context, 'Lea', '3');
  const number = await issue(kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await large(page).dblclick();
  await expect(state(page)).toHaveText('Aufgerufen');
  // Only who has been called can be called again: the second half of the tap has begun no service.
  await page.keyboard.press('r');
  await expect(state(page)).toHaveText('Zum 2. Mal aufgerufen');
  await expect.poll(() => statusOf(number)).toEqual(['called']);
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
  await context.close();
});

test('[Q-08] undo takes the call back for ten seconds', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await atCounter(context, 'Lea', '3');
  const number = await issue(kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'call');
  await page.getByRole('button', { name: `Rückgängig ${number}` }).click();
  await expect(state(page)).toHaveText('Bereit');
  await expect.poll(() => statusOf(number)).toEqual(['waiting']);
  await press(page, 'call');
  const undo = page.getByRole('button', { name: /^Rückgängig/ });
  await expect(undo).toBeVisible();
  await expect(undo).toBeHidden({ timeout: 13_000 });
  await context.close();
});

test('[ST-04] on a phone the undo covers nothing of the large button', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await atCounter(context, 'Lea', '3');
  await page.setViewportSize(PHONE);
  const number = await issue(kiosk, 'M');
  await expect(row(page, number)).toBeAttached();
  await press(page, 'call');
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
  await context.close();
});

test('[ST-03] a cut network and a reload lose nothing, and each action is done once', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await atCounter(context, 'Lea', '3');
  const number = await issue(kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await press(page, 'call');
  await expect.poll(() => statusOf(number)).toEqual(['called']);

  await context.setOffline(true);
  await house.kill();
  await expect(pill(page)).toContainText('Ohne Netz seit', { timeout: 20_000 });
  await press(page, 'start');
  await expect(state(page)).toHaveText('In Bedienung');
  await page.getByLabel('Notiz').fill('Kindersitz, kommt um elf wieder');
  await page.getByLabel('Notiz').blur();
  await press(page, 'complete');
  await expect(state(page)).toHaveText('Bereit');
  await expect(pill(page)).toContainText('3 Eingaben warten');

  await page.reload();
  await expect(state(page)).toHaveText('Bereit');
  await expect(pill(page)).toContainText('3 Eingaben warten');
  await house.start();
  await context.setOffline(false);
  await expect(pill(page)).toContainText('alles gesendet', { timeout: 20_000 });
  await expect.poll(() => statusOf(number)).toEqual(['done']);
  const sql = postgres(house.databaseUrl, { max: 1 });
  const [visit] = await sql<{ note: string }[]>`
    select note from visits where series = ${number.slice(0, 1)} and number = ${Number(number.slice(1))}`;
  await sql.end();
  expect(visit?.note).toBe('Kindersitz, kommt um elf wieder');
  await context.close();
});

test('[ST-03] what the server no longer allows comes back as a card that says what to do', async ({
  browser,
}) => {
  const context = await newTablet(browser);
  const page = await atCounter(context, 'Lea', '3');
  const number = await issue(kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'call');
  await expect.poll(() => statusOf(number)).toEqual(['called']);
  await context.setOffline(true);
  await page.evaluate(() => dispatchEvent(new Event('offline')));
  await house.kill();
  await house.start();
  // Meanwhile somebody else has taken the ticket out of the queue.
  await clear();
  await expect(pill(page)).toContainText(/seit \d\d:\d\d/, { timeout: 20_000 });
  await press(page, 'start');
  await context.setOffline(false);
  const card = page.getByRole('alert').filter({ hasText: 'Nicht ausgeführt: Bedienung beginnen' });
  await expect(card).toBeVisible({ timeout: 20_000 });
  await expect(pill(page)).toContainText('1 Eingabe abgelehnt');
  await card.getByRole('button', { name: 'Verstanden' }).click();
  await expect(card).toBeHidden();
  await expect(pill(page)).toContainText('alles gesendet');
  await context.close();
});

test('[Q-12] recall, then no-show; who comes back waits with the time of before', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await atCounter(context, 'Lea', '3');
  const [late, other] = [await issue(kiosk, 'M'), await issue(kiosk, 'M')];
  await expect(row(page, other)).toBeVisible();
  await press(page, 'call');
  const noShow = page.getByRole('button', { name: /^Nicht erschienen/ });
  // Too early: it says what has to happen first, and does nothing.
  await noShow.click({ force: true });
  await expect(page.getByRole('status').filter({ hasText: 'weiteren Aufruf' })).toBeVisible();
  await page.getByRole('button', { name: 'Erneut aufrufen' }).click();
  await expect(state(page)).toHaveText('Zum 2. Mal aufgerufen');
  await noShow.click();
  await expect.poll(() => statusOf(late)).toEqual(['no_show']);
  await expect(state(page)).toHaveText('Bereit');

  await page.keyboard.press('/');
  await page.getByRole('searchbox').fill(late);
  const found = page.locator('main .row');
  await expect(found).toHaveCount(1);
  await found.getByRole('button').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Wieder öffnen' }).click();
  await expect.poll(() => statusOf(late)).toEqual(['waiting']);
  await page.getByRole('link', { name: 'Schalter', exact: true }).click();
  await expect.poll(() => numberOnCard(page)).toBe(late);

  await press(page, 'call');
  await page.getByRole('button', { name: 'Wieder einreihen' }).click();
  await page.getByRole('button', { name: /^Zuhinterst/ }).click();
  await expect.poll(() => numberOnCard(page)).toBe(other);
  await context.close();
});

test('[Q-13] a transfer keeps number, waiting time and note', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await atCounter(context, 'Lea', '3');
  const number = await issue(kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'call');
  await press(page, 'start');
  await page.getByLabel('Notiz').fill('Schlüssel fehlt');
  await page.getByLabel('Notiz').blur();
  await page.getByRole('button', { name: 'Weiterleiten' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Auskunft').click();
  await dialog.getByLabel(/^Notiz für/).fill('bitte in der Werkstatt fragen');
  await dialog.getByRole('button', { name: 'Weiterleiten' }).click();
  await expect.poll(() => statusOf(number)).toEqual(['transferred', 'waiting']);
  const sql = postgres(house.databaseUrl, { max: 1 });
  const rows = await sql<{ arrived_at: Date; service_id: string; note: string }[]>`
    select s.arrived_at, s.service_id, v.note from stages s join visits v on v.id = s.visit_id
    where v.series = ${number.slice(0, 1)} and v.number = ${Number(number.slice(1))} order by s.id`;
  await sql.end();
  expect(new Set(rows.map((r) => String(r.arrived_at))).size).toBe(1);
  expect(rows.map((r) => r.service_id)).toContain(serviceId('I'));
  expect(rows[0]?.note).toContain('Schlüssel fehlt');
  expect(rows[0]?.note).toContain('bitte in der Werkstatt fragen');
  await context.close();
});

test('[LO-05] staff sign on to counters, see who is where, and take one over', async ({ browser }) => {
  const [leaContext, nadiaContext] = [await newTablet(browser), await newTablet(browser)];
  const lea = await atCounter(leaContext, 'Lea', '3');
  const nadia = await signInAs(nadiaContext, 'Nadia');
  const third = nadia.locator('main li').filter({ hasText: 'Lea Kunz' });
  await third.getByRole('button').click();
  await nadia.getByRole('dialog').getByRole('button', { name: 'Übernehmen' }).click();
  await expect(nadia.locator('.counter')).toBeVisible();
  await expect(lea.getByRole('heading', { name: 'An welchem Schalter?' })).toBeVisible();
  await nadia.getByRole('button', { name: 'Pause machen' }).click();
  await expect(state(nadia)).toHaveText('Pause');
  await expect(lea.locator('main li').filter({ hasText: 'Nadia' })).toContainText('Pause seit');
  await press(nadia, 'goOn');
  await nadia.getByRole('button', { name: 'Schalter verlassen' }).click();
  await expect(nadia.getByRole('heading', { name: 'An welchem Schalter?' })).toBeVisible();
  await leaContext.close();
  await nadiaContext.close();
});

test('[ST-05] a shared station changes hands by PIN, and the rights change with it', async ({ browser }) => {
  const context = await newTablet(browser);
  const page = await signInAs(context, 'Regula', '/staff/setup/devices');
  await page.getByRole('button', { name: 'Zum Arbeitsplatz machen' }).click();
  await expect(page.getByText('dieses Gerät', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: /^Angemeldet: Regula/ }).click();
  await page.getByRole('button', { name: 'Person wechseln' }).click();
  await page.getByRole('button', { name: 'Lea Kunz' }).click();
  const { pin } = personOf('Lea');
  await page.keyboard.type('000001');
  await expect(page.getByRole('alert')).toContainText('Die PIN stimmt nicht');
  const from = Date.now();
  for (const digit of pin) await page.getByRole('button', { name: digit, exact: true }).click();
  await expect(page.getByRole('button', { name: /^Angemeldet: Lea/ })).toBeVisible();
  expect(Date.now() - from).toBeLessThan(SWITCHED_MS_MAX);
  await expect(page.getByRole('link', { name: 'Einrichten' })).toHaveCount(0);
  await page.goto(`${house.url}/staff/setup/people`);
  await expect(page.getByRole('button', { name: 'Person hinzufügen' })).toHaveCount(0);
  await expect(page.getByText('keine Berechtigung')).toBeVisible();
  await context.close();
});

test('[ST-05] [SI14] a shared station that nobody touches locks itself, a tablet of one’s own does not', async ({
  browser,
}) => {
  const context = await newTablet(browser);
  await context.clock.install();
  const page = await signInAs(context, 'Regula', '/staff/setup/devices');
  const me = page.getByRole('button', { name: /^Angemeldet: Regula/ });
  await expect(me).toBeVisible();
  await page.clock.fastForward(301_000);
  await expect(me).toBeVisible();
  await page.getByRole('button', { name: 'Zum Arbeitsplatz machen' }).click();
  await expect(page.getByText('dieses Gerät', { exact: true })).toBeVisible();
  await page.clock.fastForward(290_000);
  await page.mouse.click(640, 760);
  await page.clock.fastForward(290_000);
  await expect(me).toBeVisible();
  await page.clock.fastForward(12_000);
  await expect(page.getByText('Gesperrt, weil fünf Minuten lang niemand hier war.')).toBeVisible();
  await page.getByRole('button', { name: 'Regula Amstad' }).click();
  for (const digit of personOf('Regula').pin)
    await page.getByRole('button', { name: digit, exact: true }).click();
  // Back where one was.
  await expect(page.getByRole('heading', { name: 'Geräte' })).toBeVisible();
  await context.close();
});

test('[RT-06] a device is paired by its code, and revoked within five seconds', async ({ browser }) => {
  const wallContext = await browser.newContext({ viewport: TABLET, locale: 'de-CH' });
  const asked = await wallContext.request.post(`${house.url}/api/v1/pairings`, { data: { kind: 'display' } });
  const { code, pairingId, secret } = (await asked.json()) as Record<'code' | 'pairingId' | 'secret', string>;

  const context = await newTablet(browser);
  const page = await signInAs(context, 'Daniel', '/staff/setup/devices');
  await page.getByRole('button', { name: /^Associer un appareil/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Code').fill('AAAA-0000');
  await dialog.getByRole('button', { name: 'Chercher' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByLabel('Code').fill(code);
  await dialog.getByRole('button', { name: 'Chercher' }).click();
  await dialog.getByLabel('Nom').fill('Paroi test');
  await dialog.getByRole('button', { name: 'Associer' }).click();
  const line = page.locator('main li').filter({ hasText: 'Paroi test' });
  await expect(line).toBeVisible();

  const collected = await wallContext.request.get(`${house.url}/api/v1/pairings/${pairingId}`, {
    headers: { Authorization: `Bearer ${secret}` },
  });
  const { deviceId } = (await collected.json()) as { deviceId: string };
  const me = () =>
    wallContext.request.get(`${house.url}/api/v1/device`, { headers: { 'X-Schalter-Device': deviceId } });
  expect((await me()).status()).toBe(200);
  await line.getByRole('button').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Révoquer l’appareil' }).click();
  const from = Date.now();
  await page.getByRole('dialog').getByRole('button', { name: 'Révoquer maintenant' }).click();
  await expect.poll(async () => (await me()).status(), { intervals: [100] }).toBe(401);
  expect(Date.now() - from).toBeLessThan(REVOKED_MS_MAX);
  await expect(line).toHaveCount(0);
  await context.close();
  await wallContext.close();
});

test('[ST-08] a display that stays silent is said at the counter; two ticks when it was shown', async ({
  browser,
}) => {
  const context = await newTablet(browser);
  const page = await atCounter(context, 'Lea', '3');
  const display = await demoDevice(house.url, 'display');
  const number = await issue(kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'call');
  await expect(page.getByText('Bitte rufen Sie die Nummer aus.')).toBeVisible();
  const sql = postgres(house.databaseUrl, { max: 1 });
  const [call] = await sql<{ id: string }[]>`select id from calls order by "order" desc limit 1`;
  await sql.end();
  const shown = { callId: call?.id, shownAt: new Date().toISOString(), sound: 'spoken' };
  expect(await display.command(LOCATION, 'queue.reportCall', shown)).toMatchObject({ ok: true });
  await expect(page.getByText('gezeigt und ertönt', { exact: true })).toBeVisible();
  await expect(page.getByText('Bitte rufen Sie die Nummer aus.')).toBeHidden();
  await context.close();
});
