/// <reference lib="dom" />
// What a tablet says of itself: its line, its clock, its storage.
import { expect, test, type Page } from '@playwright/test';
import { issue, stationForAll, pill, press, row, state, TABLET, reached } from '../support/counter.ts';

const HOUR_MS = 3_600_000;
const SILENT_MS_MAX = 20_000;
const BACK_MS_MAX = 20_000;
const QUOTA_BYTES = 30_000_000;

const station = stationForAll();

/** Fills what the browser gives this origin to the last bytes, as another page of it might; or gives it back. */
const setFull = (page: Page, isFull: boolean): Promise<void> =>
  page.evaluate(async (fill) => {
    const asked = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, fail) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => fail(new Error(String(request.error)));
      });
    if (!fill) return void (await asked(indexedDB.deleteDatabase('filler')));
    const opening = indexedDB.open('filler', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('bytes', { autoIncrement: true });
    const database = await asked(opening);
    const random = crypto.getRandomValues(new Uint8Array(65_536));
    const put = (size: number): Promise<boolean> =>
      new Promise((took) => {
        const writing = database.transaction('bytes', 'readwrite');
        const bytes = new Uint8Array(size).map((_, n) => random[n % random.length] ?? 0);
        writing.objectStore('bytes').put(bytes);
        writing.oncomplete = () => took(true);
        writing.onabort = () => took(false);
      });
    for (let size = 4_000_000; size > 50;) if (!(await put(size))) size = Math.floor(size / 4);
    database.close();
  }, isFull);

const time = (at: Date): string =>
  at.toLocaleTimeString('de-CH', { hour: '2-digit', minute: '2-digit', timeZone: 'Europe/Zurich' });

test('[Y15] [RT-07] [REG S30] a tablet whose clock is an hour fast shows the right time and the right waits', async ({
  browser,
}) => {
  const context = await browser.newContext(TABLET);
  await context.addInitScript((ms) => {
    const Real = Date;
    globalThis.Date = new Proxy(Real, {
      construct: (_, given) =>
        given.length === 0 ? new Real(Real.now() + ms) : (Reflect.construct(Real, given) as object),
      get: (of, key) => (key === 'now' ? () => Real.now() + ms : (Reflect.get(of, key) as unknown)),
    });
  }, HOUR_MS);
  const page = await station.lea(context);
  expect(await page.evaluate(() => Date.now())).toBeGreaterThan(Date.now() + HOUR_MS / 2);
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await expect(row(page, number).locator('.end')).toContainText(/\b[012]\b/);
  await expect(row(page, number).locator('.end')).not.toContainText(/[56]\d|1 h/);
  const around = [-60_000, 0, 60_000].map((ms) => time(new Date(Date.now() + ms)));
  expect(around).toContain((await page.locator('.bar .clock').first().innerText()).trim());
  await press(page, 'Nächste aufrufen');
  await press(page, 'Bedienung beginnen');
  await press(page, 'Abschliessen');
  await reached(station, number, ['done']);
  await context.close();
});

test('[Y39] [RT-05] [ST-08] [REG 179505] a line over which nothing comes back is said as such, with what waits', async ({
  browser,
}) => {
  const context = await browser.newContext(TABLET);
  let isDeaf = false;
  await context.routeWebSocket(/socket\.io/, (ws) => {
    const server = ws.connectToServer();
    ws.onMessage((message) => {
      // The line itself is kept alive; what is asked over it gets lost.
      if (!isDeaf || String(message) === '3') server.send(message);
    });
    server.onMessage((message) => {
      if (!isDeaf || String(message) === '2') ws.send(message);
    });
  });
  const page = await station.lea(context);
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'Nächste aufrufen');
  await reached(station, number, ['called']);
  isDeaf = true;
  await press(page, 'Bedienung beginnen');
  expect(await page.evaluate(() => navigator.onLine)).toBe(true);
  await expect(pill(page)).toContainText(/Keine Antwort seit \d\d:\d\d, 1 Eingabe wartet/, {
    timeout: SILENT_MS_MAX,
  });
  await pill(page).click();
  await expect(page.getByRole('dialog')).toContainText('Die Leitung steht, aber seit');
  await expect(page.getByRole('dialog')).toContainText(/1 Eingabe wartet seit \d\d:\d\d/);
  await page.screenshot({ path: test.info().outputPath('half-open.png') });
  await page.getByRole('dialog').getByRole('button', { name: 'Schliessen' }).last().click();
  isDeaf = false;
  await expect(pill(page)).toContainText('alles gesendet', { timeout: BACK_MS_MAX });
  await expect(state(page)).toHaveText('In Bedienung');
  await reached(station, number, ['serving']);
  await press(page, 'Abschliessen');
  await context.close();
});

test('[Y35] a full disk while the server is away: what it did not take is said, and what to do', async ({
  browser,
}) => {
  const context = await browser.newContext(TABLET);
  // From the start: a browser asks how much is left only now and then.
  const devtools = await context.newCDPSession(await context.newPage());
  await devtools.send('Storage.overrideQuotaForOrigin', {
    origin: station.house.url,
    quotaSize: QUOTA_BYTES,
  });
  const page = await station.lea(context);
  const number = await issue(station.kiosk, 'M');
  await expect(row(page, number)).toBeVisible();
  await press(page, 'Nächste aufrufen');
  await reached(station, number, ['called']);
  await station.house.kill();
  await expect(pill(page)).toContainText(/seit \d\d:\d\d/, { timeout: SILENT_MS_MAX });
  await setFull(page, true);
  await press(page, 'Bedienung beginnen');
  const card = page.getByRole('alert').filter({ hasText: 'Nicht ausgeführt: Bedienung beginnen' });
  await expect(card).toContainText('Schaffen Sie Platz');
  await card.getByRole('button', { name: 'Verstanden' }).click();
  await expect(pill(page)).toContainText('Speicher dieses Geräts voll');
  await pill(page).click();
  await expect(page.getByRole('dialog')).toContainText('Der Speicher ist voll');
  await page.screenshot({ path: test.info().outputPath('full.png') });
  await page.getByRole('dialog').getByRole('button', { name: 'Schliessen' }).last().click();
  await setFull(page, false);
  await press(page, 'Bedienung beginnen');
  await expect(state(page)).toHaveText('In Bedienung');
  await expect(pill(page)).toContainText('1 Eingabe wartet');
  await station.house.start();
  await expect(pill(page)).toContainText('alles gesendet', { timeout: BACK_MS_MAX });
  await reached(station, number, ['serving']);
  await press(page, 'Abschliessen');
  await context.close();
});

test('[Y36] [REG 60939] a database that the browser threw away is noticed at the next start, and told once', async ({
  browser,
}) => {
  const context = await browser.newContext(TABLET);
  let page = await station.lea(context);
  await issue(station.kiosk, 'M').then((number) => expect(row(page, number)).toBeVisible());
  await press(page, 'Nächste aufrufen');
  await expect(state(page)).toHaveText('Aufgerufen');
  await station.house.kill();
  await expect(pill(page)).toContainText(/seit \d\d:\d\d/, { timeout: SILENT_MS_MAX });
  await press(page, 'Bedienung beginnen');
  await expect(pill(page)).toContainText('1 Eingabe wartet');
  await page.waitForTimeout(1_000);
  await page.goto(`${station.house.url}/staff/icon-192.png`);
  await page.evaluate(
    () =>
      new Promise<void>((done, fail) => {
        const deleting = indexedDB.deleteDatabase('schalter-staff');
        deleting.onsuccess = () => done();
        deleting.onerror = () => fail(new Error('not deleted'));
      }),
  );
  await station.house.start();
  page = await station.lea(context);
  const notice = page.getByRole('alert').filter({ hasText: 'Der Browser hat gelöscht' });
  await expect(notice).toContainText(/1 Eingabe war um \d\d:\d\d noch nicht gesendet/);
  await page.screenshot({ path: test.info().outputPath('lost.png') });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.screenshot({ path: test.info().outputPath('lost-phone.png') });
  await page.reload();
  await expect(page.locator('.counter')).toBeVisible();
  await expect(pill(page)).toContainText('alles gesendet', { timeout: BACK_MS_MAX });
  await expect(notice).toBeHidden();
  await context.close();
});
