/// <reference lib="dom" />
// A kiosk whose server is away: it goes on giving numbers, and tells of them later.
import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import postgres from 'postgres';
import { openHouse, type House } from '../support/app.ts';
import { databasesOf } from '../support/stored.ts';
import { PrinterEmulator } from '../support/printer-emulator/emulator.ts';
import { installSerial } from '../support/printer-emulator/install-serial.ts';
import { textLines } from '../support/printer-emulator/render.ts';
import { createSerialHost } from '../support/printer-emulator/serial-host.ts';

const PORTRAIT = { width: 1080, height: 1920 };
const TIMEOUT = 30_000;

let house: House;
let sql: postgres.Sql;
test.beforeAll(async () => {
  house = await openHouse();
  sql = postgres(house.databaseUrl, { max: 2 });
});
test.afterAll(async () => {
  await sql.end();
  await house.close();
});

const tile = (page: Page, letter: string): Locator => page.locator(`button[data-service="${letter}"]`);
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
const away = (page: Page): Locator => page.getByText(/^ohne Verbindung seit \d\d:\d\d$/);

/** A kiosk of the demo with a printer, its worker in control and two blocks of numbers in its memory. */
async function kiosk(browser: Browser, slot: number) {
  const context = await browser.newContext({ viewport: PORTRAIT, locale: 'de-CH', hasTouch: true });
  const printer = new PrinterEmulator();
  const host = createSerialHost(printer);
  host.grant();
  await installSerial(context, host);
  const page = await context.newPage();
  await page.goto(`${house.url}/kiosk/?demo=1&slot=${slot}`);
  await expect(tile(page, 'M')).toBeEnabled();
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await page.reload();
  await expect(tile(page, 'M')).toBeEnabled();
  const blocks = () =>
    page.evaluate(
      (key) => JSON.parse(localStorage.getItem(key) ?? '[]') as { first: number; businessDay: string }[],
      `schalter.kiosk.${slot}.blocks`,
    );
  await expect.poll(async () => (await blocks()).length, { timeout: TIMEOUT }).toBe(2);
  return { page, printer, blocks };
}

/** Without the server nobody is asked for a phone number. */
async function ownNumber(page: Page, letter: string): Promise<string> {
  await tile(page, letter).tap();
  await expect(page.locator('.ticket-number')).toBeVisible({ timeout: TIMEOUT });
  const number = (await page.locator('.ticket-number').innerText()).replace(/\s/g, '');
  await expect(page.getByText('Ihre Nummer gilt.')).toBeVisible();
  return number;
}
async function next(page: Page): Promise<void> {
  await button(page, 'Fertig').tap();
  await expect(tile(page, 'M')).toBeEnabled();
}
interface VisitRow {
  readonly id: string;
  readonly number: number;
  readonly source: string;
  readonly arrived_at: Date;
}
const recorded = () => sql<VisitRow[]>`select * from visits where number >= 800 order by arrived_at`;

test('[KI-07] [RT-05] [KS4] [KS19] [KS21] [KS23] [REG 194694] the server is away: numbers of its own, on paper, also after a new start; each joins once, at its time', async ({
  browser,
}) => {
  const { page, printer, blocks } = await kiosk(browser, 1);
  const [today] = await blocks();
  const first = today?.first ?? 0;
  await house.kill();
  await expect(away(page)).toBeVisible({ timeout: TIMEOUT });
  // No wait is claimed that nobody knows.
  await expect(tile(page, 'M')).not.toContainText('min');
  await expect(tile(page, 'M')).not.toContainText('vor Ihnen');

  const times: number[] = [];
  const take = async (letter: string): Promise<string> => {
    const number = await ownNumber(page, letter);
    times.push(Date.now());
    return number;
  };
  const before = printer.tickets.length;
  expect(await take('M')).toBe(`M${first}`);
  await expect(page.getByText('Bitte nehmen Sie Ihr Ticket.')).toBeVisible();
  const paper = printer.tickets[before];
  const lines = paper === undefined ? [] : textLines(paper);
  expect(lines).toContain(`M${first}`);
  expect(lines.join('\n')).not.toMatch(/vor Ihnen|Min/);
  await next(page);
  // A booking is looked up by the server alone: its service gives a number.
  expect(await take('B')).toBe(`B${first + 1}`);

  // A new start while the ticket is shown, then for the next person: from its own disk.
  await page.reload();
  await expect(page.locator('.ticket-number')).toContainText(String(first + 1), { timeout: TIMEOUT });
  await expect(away(page)).toBeVisible({ timeout: TIMEOUT });
  await next(page);
  expect(await take('M')).toBe(`M${first + 2}`);
  await next(page);
  const outbox = async (): Promise<number> =>
    Object.values(await databasesOf(page)).flatMap(({ outbox: waiting = [] }) => waiting).length;
  expect(await outbox()).toBe(3);

  await house.start();
  await expect(away(page)).toBeHidden({ timeout: TIMEOUT });
  await expect.poll(async () => (await recorded()).length, { timeout: TIMEOUT }).toBe(3);
  const rows = await recorded();
  expect(rows.map(({ number }) => number)).toEqual([first, first + 1, first + 2]);
  rows.forEach(({ arrived_at: at, source }, n) => {
    expect(source).toBe('kiosk');
    expect(Math.abs(at.getTime() - (times[n] ?? 0))).toBeLessThan(10_000);
  });
  await expect.poll(outbox).toBe(0);
  const given = await sql<
    { given: number }[]
  >`select given from number_blocks where first = ${first} and given > 0`;
  expect(given).toEqual([{ given: 3 }]);
  // The server gives on from where it was.
  await tile(page, 'M').tap();
  await button(page, 'Nein, danke').tap();
  await expect(page.locator('.ticket-number')).not.toContainText(String(first + 3));
  await page.context().close();
});

test('[KI-07] [KS22] a server that hears but does not answer: a number of its own, and the server’s goes back', async ({
  browser,
}) => {
  const context = await browser.newContext({ viewport: PORTRAIT, locale: 'de-CH', hasTouch: true });
  let line: 'open' | 'deaf' | 'mended' = 'open';
  await context.routeWebSocket(/socket\.io/, (ws) => {
    const server = ws.connectToServer();
    ws.onMessage((message) => {
      if (line === 'deaf') return;
      server.send(message);
      if (line === 'open' && String(message).includes('queue.issueTicket')) line = 'deaf';
    });
    server.onMessage((message) => {
      if (line !== 'deaf') ws.send(message);
    });
  });
  const page = await context.newPage();
  await page.goto(`${house.url}/kiosk/?demo=1&slot=2`);
  const blocks = () => page.evaluate(() => localStorage.getItem('schalter.kiosk.2.blocks') ?? '[]');
  await expect
    .poll(async () => (JSON.parse(await blocks()) as unknown[]).length, { timeout: TIMEOUT })
    .toBe(2);
  const before = (await recorded()).length;
  await tile(page, 'I').tap();
  await button(page, 'Nein, danke').tap();
  await expect(page.getByText('Die Verbindung ist unterbrochen.')).toBeVisible();
  await expect(page.locator('.ticket-number')).toBeVisible({ timeout: TIMEOUT });
  const number = (await page.locator('.ticket-number').innerText()).replace(/\D/g, '');
  expect(Number(number)).toBeGreaterThan(800);
  line = 'mended';
  await expect.poll(async () => (await recorded()).length, { timeout: TIMEOUT }).toBe(before + 1);
  const open = async () =>
    (
      await sql<{ number: number }[]>`
        select number from visits where series = 'I' and ended_at is null order by arrived_at desc`
    )[0]?.number;
  await expect.poll(open, { timeout: TIMEOUT }).toBe(Number(number));
  const left = await sql`select 1 from stages s join visits v on v.id = s.visit_id
    where v.series = 'I' and v.number < 800 and s.status = 'left'`;
  expect(left.length).toBe(1);
  await context.close();
});

test('[KI-07] [KS19] [KS23] a kiosk that has no number of its own sends people to the counter', async ({
  browser,
}) => {
  const { page } = await kiosk(browser, 3);
  await house.kill();
  await page.evaluate(() => localStorage.removeItem('schalter.kiosk.3.blocks'));
  await expect(page.getByText('Zurzeit ohne Verbindung.')).toBeVisible({ timeout: TIMEOUT });
  await expect(tile(page, 'M')).toHaveAttribute('aria-disabled', 'true');
  await house.start();
  await expect(tile(page, 'M')).toBeEnabled({ timeout: TIMEOUT });
  await page.context().close();
});

test('[KI-07] [KS21] [KS24] two windows of one kiosk: no number from both, and each is told once', async ({
  browser,
}) => {
  const { page } = await kiosk(browser, 2);
  const other = await page.context().newPage();
  await other.goto(`${house.url}/kiosk/?demo=1&slot=2`);
  await expect(tile(other, 'M')).toBeEnabled();
  const before = (await recorded()).length;
  await house.kill();
  for (const window of [page, other]) await expect(away(window)).toBeVisible({ timeout: TIMEOUT });
  const given: string[] = [];
  for (const window of [page, other, other, page]) {
    await window.bringToFront();
    given.push(await ownNumber(window, 'M'));
    await next(window);
  }
  expect(new Set(given).size).toBe(given.length);
  // At the same moment, as if two people stood there.
  given.push(...(await Promise.all([page, other].map((window) => ownNumber(window, 'M')))));
  expect(new Set(given).size).toBe(given.length);
  await house.start();
  await expect.poll(async () => (await recorded()).length, { timeout: TIMEOUT }).toBe(before + given.length);
  for (const window of [page, other]) await expect(away(window)).toBeHidden({ timeout: TIMEOUT });
  const numbers = (await recorded()).slice(before).map(({ number }) => `M${number}`);
  expect(numbers.sort()).toEqual([...given].sort());
  await page.context().close();
});
