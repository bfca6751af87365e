/// <reference lib="dom" />
// Customers at the kiosks of the demo station, in a browser.
import { expect, test, type Browser, type BrowserContext, type Locator, type Page } from '@playwright/test';
import postgres from 'postgres';
import { demoReservations } from '@schalter/drizzle/seed/reservations.ts';
import { businessDay } from '@schalter/shared/kernel/time.ts';
import { openHouse, type House } from './app.ts';
import { contextsForAll } from './contexts.ts';
import { PrinterEmulator } from './printer-emulator/emulator.ts';
import { installSerial } from './printer-emulator/install-serial.ts';
import { createSerialHost } from './printer-emulator/serial-host.ts';

export const PORTRAIT = { width: 1080, height: 1920 };

export const tile = (page: Page, letter: string): Locator => page.locator(`button[data-service="${letter}"]`);
export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
/** Of the ticket that is shown: "M007". */
export const numberOn = async (page: Page): Promise<string> =>
  (await page.locator('.ticket-number').innerText()).replace(/\s/g, '');

type Prepare = (context: BrowserContext) => Promise<unknown>;

/** A printer that the kiosk may use without asking. */
export function connectedPrinter(): { readonly printer: PrinterEmulator; readonly connect: Prepare } {
  const printer = new PrinterEmulator();
  const host = createSerialHost(printer);
  host.grant();
  return { printer, connect: (context) => installSerial(context, host) };
}

/** A line that still carries the first command of this type, and from then on nothing in both directions. */
export function lineThatGoesDeaf(commandType: string): {
  readonly connect: Prepare;
  readonly mend: () => void;
} {
  let line: 'open' | 'deaf' | 'mended' = 'open';
  return {
    connect: (context) =>
      context.routeWebSocket(/socket\.io/, (ws) => {
        const server = ws.connectToServer();
        ws.onMessage((message) => {
          if (line === 'deaf') return;
          server.send(message);
          if (line === 'open' && String(message).includes(commandType)) line = 'deaf';
        });
        server.onMessage((message) => {
          if (line !== 'deaf') ws.send(message);
        });
      }),
    mend: () => void (line = 'mended'),
  };
}

interface OpenOptions {
  readonly slot?: number;
  readonly before?: Prepare;
}
interface VisitRow {
  readonly id: string;
  readonly name: string | null;
  readonly language: string;
  readonly link_token: string;
  readonly reservation_reference: string | null;
  readonly sms_opt_in: boolean;
}

/** One house for all tests of a file, and its kiosks. */
export interface Kiosks {
  readonly house: House;
  readonly sql: postgres.Sql;
  /** A kiosk in a browser of its own, once its tiles stand. */
  open(browser: Browser, options?: OpenOptions): Promise<Page>;
  visitOf(number: string): Promise<VisitRow | undefined>;
  countVisits(): Promise<number>;
  /** A booking of today that nobody has checked in, of the demo's seed: of the day on which the house was opened. */
  booking(n: number): { readonly reference: string; readonly lastName: string };
}

export function kiosksForAll(): Kiosks {
  const newContext = contextsForAll();
  let opened: { house: House; sql: postgres.Sql; openedOn: string } | null = null;
  const now = () => {
    if (opened === null) throw new Error('kiosks are there within a test alone');
    return opened;
  };
  test.beforeAll(async () => {
    const openedOn = businessDay(new Date().toISOString(), 'Europe/Zurich', '04:00');
    const house = await openHouse();
    opened = { house, sql: postgres(house.databaseUrl, { max: 2 }), openedOn };
  });
  test.afterAll(async () => {
    await opened?.sql.end();
    await opened?.house.close();
  });
  return {
    get house() {
      return now().house;
    },
    get sql() {
      return now().sql;
    },
    async open(browser, { slot = 1, before } = {}) {
      const context = await newContext(browser, { viewport: PORTRAIT, locale: 'de-CH', hasTouch: true });
      await before?.(context);
      const page = await context.newPage();
      await page.goto(`${now().house.url}/kiosk/?demo=1&slot=${slot}`);
      await expect(tile(page, 'M')).toBeEnabled();
      return page;
    },
    async visitOf(number) {
      const rows = await now().sql<VisitRow[]>`
        select * from visits where series = ${number.slice(0, 1)} and number = ${Number(number.slice(1))}`;
      return rows[0];
    },
    async countVisits() {
      return Number((await now().sql<{ n: string }[]>`select count(*) as n from visits`)[0]?.n);
    },
    booking(n) {
      const found = demoReservations(now().openedOn)[n]?.input;
      if (found === undefined) throw new Error(`the demo has no booking ${n}`);
      return found;
    },
  };
}
