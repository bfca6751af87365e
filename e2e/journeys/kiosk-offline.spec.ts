/// <reference lib="dom" />
// A kiosk whose server is away or does not answer: it goes on giving numbers, each once, and tells of them later.
import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import { BLOCK_SIZE, BLOCKS_MAX } from '@schalter/shared/queue/blocks.ts';
import {
  button,
  connectedPrinter,
  kiosksForAll,
  lineThatGoesDeaf,
  numberOn,
  tile,
} from '../support/kiosk.ts';
import { textLines } from '../support/printer-emulator/render.ts';
import { databasesOf } from '../support/stored.ts';

const TIMEOUT = 30_000;
/** Kiosks get their numbers from the end of three digits, the server gives its own from the beginning. */
const OWN_FROM = 1_000 - BLOCKS_MAX * BLOCK_SIZE;

const kiosks = kiosksForAll();

const away = (page: Page): Locator => page.getByText(/^ohne Verbindung seit \d\d:\d\d$/);

/** A kiosk of the demo with a printer, its worker in control and two blocks of numbers in its memory. */
async function ownKiosk(browser: Browser, slot: number) {
  const { printer, connect } = connectedPrinter();
  const page = await kiosks.open(browser, { slot, before: connect });
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
  const number = await numberOn(page);
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
const recorded = () =>
  kiosks.sql<VisitRow[]>`select * from visits where number >= ${OWN_FROM} order by arrived_at`;

test('[KI-07] [RT-05] [KS4] [KS19] [KS21] [KS23] [REG 194694] the server is away: numbers of its own, on paper, also after a new start; each joins once, at its time', async ({
  browser,
}) => {
  const { page, printer, blocks } = await ownKiosk(browser, 1);
  const [today] = await blocks();
  const first = today?.first ?? 0;
  await kiosks.house.kill();
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

  await kiosks.house.start();
  await expect(away(page)).toBeHidden({ timeout: TIMEOUT });
  await expect.poll(async () => (await recorded()).length, { timeout: TIMEOUT }).toBe(3);
  const rows = await recorded();
  expect(rows.map(({ number }) => number)).toEqual([first, first + 1, first + 2]);
  rows.forEach(({ arrived_at: at, source }, n) => {
    expect(source).toBe('kiosk');
    expect(Math.abs(at.getTime() - (times[n] ?? 0))).toBeLessThan(10_000);
  });
  await expect.poll(outbox).toBe(0);
  const given = await kiosks.sql<
    { given: number }[]
  >`select given from number_blocks where first = ${first} and given > 0`;
  expect(given).toEqual([{ given: 3 }]);
  // The server gives on from where it was.
  await tile(page, 'M').tap();
  await button(page, 'Nein, danke').tap();
  await expect(page.locator('.ticket-number')).not.toContainText(String(first + 3));
});

test('[KI-07] [KS22] a server that hears but does not answer: a number of its own, and the server’s goes back', async ({
  browser,
}) => {
  const line = lineThatGoesDeaf('queue.issueTicket');
  const page = await kiosks.open(browser, { slot: 2, before: line.connect });
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
  expect(Number(number)).toBeGreaterThanOrEqual(OWN_FROM);
  line.mend();
  await expect.poll(async () => (await recorded()).length, { timeout: TIMEOUT }).toBe(before + 1);
  const open = async () =>
    (
      await kiosks.sql<{ number: number }[]>`
        select number from visits where series = 'I' and ended_at is null order by arrived_at desc`
    )[0]?.number;
  await expect.poll(open, { timeout: TIMEOUT }).toBe(Number(number));
  const left = await kiosks.sql`select 1 from stages s join visits v on v.id = s.visit_id
    where v.series = 'I' and v.number < ${OWN_FROM} and s.status = 'left'`;
  expect(left.length).toBe(1);
});

test('[KI-07] [KS19] [KS23] a kiosk that has no number of its own sends people to the counter', async ({
  browser,
}) => {
  const { page } = await ownKiosk(browser, 3);
  await kiosks.house.kill();
  await page.evaluate(() => localStorage.removeItem('schalter.kiosk.3.blocks'));
  await expect(page.getByText('Zurzeit ohne Verbindung.')).toBeVisible({ timeout: TIMEOUT });
  await expect(tile(page, 'M')).toHaveAttribute('aria-disabled', 'true');
  await kiosks.house.start();
  await expect(tile(page, 'M')).toBeEnabled({ timeout: TIMEOUT });
});

test('[KI-07] [KS21] [KS24] two windows of one kiosk: no number from both, and each is told once', async ({
  browser,
}) => {
  const { page } = await ownKiosk(browser, 2);
  const other = await page.context().newPage();
  await other.goto(`${kiosks.house.url}/kiosk/?demo=1&slot=2`);
  await expect(tile(other, 'M')).toBeEnabled();
  const before = (await recorded()).length;
  await kiosks.house.kill();
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
  await kiosks.house.start();
  await expect.poll(async () => (await recorded()).length, { timeout: TIMEOUT }).toBe(before + given.length);
  for (const window of [page, other]) await expect(away(window)).toBeHidden({ timeout: TIMEOUT });
  const numbers = (await recorded()).slice(before).map(({ number }) => `M${number}`);
  expect(numbers.sort()).toEqual([...given].sort());
});

test('[KI-01] [KS3] an answer that is lost on its way gives one number, not two', async ({ browser }) => {
  const before = await kiosks.countVisits();
  let lost = 0;
  const page = await kiosks.open(browser, {
    before: (context) =>
      context.routeWebSocket(/socket\.io/, (ws) => {
        const server = ws.connectToServer();
        let asked = false;
        ws.onMessage((message) => {
          if (String(message).includes('queue.issueTicket') && lost === 0) asked = true;
          server.send(message);
        });
        server.onMessage((message) => {
          // "43": an answer of Socket.IO. The first one to the command never arrives, and the line breaks.
          if (asked && String(message).startsWith('43')) {
            lost += 1;
            void ws.close({ code: 4000 });
            void server.close();
            return;
          }
          ws.send(message);
        });
      }),
  });
  await tile(page, 'I').tap();
  await button(page, 'Nein, danke').tap();
  await expect(button(page, 'Fertig')).toBeVisible({ timeout: 20_000 });
  expect(lost).toBe(1);
  expect(await kiosks.countVisits()).toBe(before + 1);
  expect(await kiosks.visitOf(await numberOn(page))).toBeDefined();
});

test('[KS5] a number that comes when nobody is there any more leaves the queue by itself', async ({
  browser,
}) => {
  const before = await kiosks.countVisits();
  const line = lineThatGoesDeaf('booking.checkIn');
  const page = await kiosks.open(browser, { slot: 4, before: line.connect });
  await page.clock.install();
  // A booking: without the server the kiosk gives numbers of its own for everything else.
  const { reference, lastName } = kiosks.booking(6);
  await tile(page, 'B').tap();
  await page.getByLabel('Reservierungsnummer').fill(reference);
  await page.getByLabel('Nachname').fill(lastName);
  await button(page, 'Weiter').tap();
  await button(page, 'Nein, danke').tap();
  await expect(page.getByText('Die Verbindung ist unterbrochen.')).toBeVisible();
  await expect.poll(() => kiosks.countVisits()).toBe(before + 1);
  await page.clock.fastForward(46_000);
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await page.clock.fastForward(16_000);
  await expect(tile(page, 'I')).toBeVisible();
  line.mend();
  const last = async (): Promise<unknown> =>
    (await kiosks.sql`select ended_at from visits order by arrived_at desc limit 1`)[0]?.['ended_at'];
  await expect.poll(last, { timeout: TIMEOUT }).not.toBeNull();
  expect(await kiosks.countVisits()).toBe(before + 1);
});
