/// <reference lib="dom" />
// The displays of the demo station in a browser, and what is called on them: by clerks without a screen.
import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import postgres from 'postgres';
import { DEMO_LOCATION_ID as LOCATION } from '@schalter/drizzle/seed/station.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { Listener } from '../../bench/lib/listener.ts';
import { demoDevice, newLinkToken, signIn, type Caller } from './api.ts';
import { openHouse, type House } from './app.ts';
import { contextsForAll } from './contexts.ts';
import { clear } from './counter.ts';
import { counterId, serviceId } from './demo.ts';

/** Short, so that a burst of calls is over in seconds. */
const TAKEOVER_MS = 1_500;
const WALL = { width: 1920, height: 1080 };

export function resultOf<T>(answer: Answer): T {
  if (!answer.ok) throw new Error(`refused: ${answer.code}`);
  return answer.result as T;
}

export interface Issued {
  readonly series: string;
  readonly number: number;
  readonly stageId: string;
}
export const label = ({ series, number }: Issued): string => `${series}${String(number).padStart(3, '0')}`;

/** Somebody at a counter who works through the line; on a line of their own, else the house takes them for cut off. */
export class CallingClerk {
  readonly #caller: Caller;
  readonly #counter: string;
  readonly #line: Listener;
  #stageId = '';

  private constructor(caller: Caller, counter: string) {
    this.#caller = caller;
    this.#counter = counterId(counter);
    const proof = () => ({ auth: {}, headers: { cookie: caller.cookie } });
    this.#line = new Listener({ url: caller.url, proof, streamId: LOCATION, audience: 'staff' });
  }
  static async at(house: House, counter: string, name: string): Promise<CallingClerk> {
    const clerk = new CallingClerk(await signIn(house.url, name), counter);
    await clerk.#line.ready();
    const input = { counterId: clerk.#counter, takeOver: true };
    resultOf(await clerk.#caller.command(LOCATION, 'directory.signOn', input));
    return clerk;
  }
  async callNext(): Promise<string> {
    const answer = await this.#caller.command(LOCATION, 'queue.callNext', { counterId: this.#counter });
    const { stageId } = resultOf<{ stageId: string }>(answer);
    this.#stageId = stageId;
    return stageId;
  }
  async finish(): Promise<void> {
    const input = { stageId: this.#stageId };
    resultOf(await this.#caller.command(LOCATION, 'queue.start', input));
    resultOf(await this.#caller.command(LOCATION, 'queue.complete', { ...input, outcome: null }));
  }
  leave = (): void => this.#line.close();
  undo = (version: number): Promise<Answer> =>
    this.#caller.command(LOCATION, 'queue.undo', { stageId: this.#stageId, version });
}

/** Writes down every number that filled the wall, in order. */
const watchTakeovers = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { takeovers: seen });
    let shown: Element | null = null;
    new MutationObserver(() => {
      const number = document.querySelector('.takeover .number');
      if (number !== null && number !== shown) seen.push(number.textContent.trim());
      shown = number;
    }).observe(document, { childList: true, subtree: true });
  });
export const takeoversOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { takeovers: string[] }).takeovers);

export const rowsOf = (page: Page): Locator => page.locator('.now ol li');
export const takeover = (page: Page): Locator => page.locator('.takeover');
export const deviceIdOf = (page: Page, slot: number): Promise<string> =>
  page.evaluate(
    (key) => (JSON.parse(localStorage.getItem(key) ?? '{}') as { deviceId: string }).deviceId,
    `schalter.display.${slot}.identity`,
  );

interface Receipt {
  readonly device_id: string;
  readonly order: number;
  readonly sound: string;
}

/** One house for all tests of a file, its displays, and an empty line at the beginning of each test. */
export interface Walls {
  readonly house: House;
  readonly manager: Caller;
  /** A browser as large as a display. */
  page(browser: Browser): Promise<Page>;
  /** Resolves once the wall is live. */
  show(page: Page, slot: number): Promise<void>;
  /** Both: a wall in a browser of its own. */
  open(browser: Browser, slot: number): Promise<Page>;
  /**
   * The demo knows its displays by name: the same slot is the same device again. Each test has slots of its own: a
   * new display announces nothing of before it was paired, whatever the tests before have left.
   */
  set(page: Page, slot: number, settings: object): Promise<void>;
  issue(letter: string, language?: string): Promise<Issued>;
  clerkAt(counter: string, name: string): Promise<CallingClerk>;
  receiptsOf(deviceId: string): Promise<Receipt[]>;
  /** Another house takes the place of this one. */
  reopen(environment: Readonly<Record<string, string>>): Promise<void>;
}

const BASE_SETTINGS = {
  serviceIds: [],
  languages: ['de', 'fr', 'it', 'en'],
  takeoverMs: TAKEOVER_MS,
  speech: true,
  paperMm: 80,
  media: 'none',
  mediaText: { de: '', fr: '', it: '', en: '' },
};

export function wallsForAll(): Walls {
  const newContext = contextsForAll();
  let opened: { house: House; manager: Caller; kiosk: Caller } | null = null;
  const now = () => {
    if (opened === null) throw new Error('walls are there within a test alone');
    return opened;
  };
  async function openAll(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const house = await openHouse({ environment });
    const manager = await signIn(house.url, 'Daniel');
    opened = { house, manager, kiosk: await demoDevice(house.url, 'kiosk') };
  }
  test.beforeAll(() => openAll());
  test.afterAll(() => opened?.house.close());
  test.beforeEach(() => clear(now().house));
  const clerks: CallingClerk[] = [];
  test.afterEach(() => clerks.splice(0).forEach((clerk) => clerk.leave()));
  const walls: Walls = {
    get house() {
      return now().house;
    },
    get manager() {
      return now().manager;
    },
    page: async (browser) => (await newContext(browser, { viewport: WALL })).newPage(),
    async show(page, slot) {
      await watchTakeovers(page);
      await page.goto(`${now().house.url}/display/?demo=1&slot=${slot}`);
      await expect(page.locator('main aside time')).toBeVisible();
    },
    async open(browser, slot) {
      const page = await walls.page(browser);
      await walls.show(page, slot);
      return page;
    },
    async set(page, slot, settings) {
      const deviceId = await deviceIdOf(page, slot);
      const input = { deviceId, name: `Anzeige ${slot}`, settings: { ...BASE_SETTINGS, ...settings } };
      resultOf(await now().manager.command(LOCATION, 'platform.setDevice', input));
    },
    async issue(letter, language = 'de') {
      const input = {
        ...{ serviceId: serviceId(letter), language, linkToken: newLinkToken() },
        ...{ contact: null, name: null, note: null },
      };
      return resultOf<Issued>(await now().kiosk.command(LOCATION, 'queue.issueTicket', input));
    },
    async clerkAt(counter, name) {
      const clerk = await CallingClerk.at(now().house, counter, name);
      clerks.push(clerk);
      return clerk;
    },
    async receiptsOf(deviceId) {
      const sql = postgres(now().house.databaseUrl, { max: 1 });
      const rows = await sql<
        Receipt[]
      >`select * from call_receipts where device_id = ${deviceId} order by "order"`;
      await sql.end();
      return rows;
    },
    async reopen(environment) {
      await now().house.close();
      await openAll(environment);
    },
  };
  return walls;
}
