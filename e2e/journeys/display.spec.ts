/// <reference lib="dom" />
import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import postgres from 'postgres';
import { counters, DEMO_LOCATION_ID as LOCATION, services } from '@schalter/drizzle/seed/station.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { demoDevice, newLinkToken, signIn, type Caller } from '../support/api.ts';
import { openHouse, type House } from '../support/app.ts';

/** Short, so that a burst of calls is over in seconds. */
const TAKEOVER_MS = 1_500;
/** Long enough to read all of it on a busy machine. */
const READ_MS = 5_000;
/** A call this old is listed, never announced. */
const OLD_MS = 61_000;
const WALL = { width: 1920, height: 1080 };

let house: House;
let manager: Caller;
let kiosk: Caller;

const serviceId = (letter: string): string =>
  services.find(({ service }) => service.letter === letter)?.serviceId ?? '';
const counterId = (name: string): string =>
  counters.find(({ counter }) => counter.name === name)?.counterId ?? '';

function resultOf<T>(answer: Answer): T {
  if (!answer.ok) throw new Error(`refused: ${answer.code}`);
  return answer.result as T;
}
interface Issued {
  readonly series: string;
  readonly number: number;
  readonly stageId: string;
}
const label = ({ series, number }: Issued): string => `${series}${String(number).padStart(3, '0')}`;

async function issue(letter: string, language = 'de'): Promise<Issued> {
  const input = {
    serviceId: serviceId(letter),
    language,
    linkToken: newLinkToken(),
    contact: null,
    name: null,
    note: null,
  };
  return resultOf<Issued>(await kiosk.command(LOCATION, 'queue.issueTicket', input));
}

/** Somebody at a counter who works through the line. */
class Clerk {
  readonly #caller: Caller;
  readonly #counter: string;
  #stageId = '';

  constructor(caller: Caller, counter: string) {
    this.#caller = caller;
    this.#counter = counterId(counter);
  }
  static async at(counter: string, name: string): Promise<Clerk> {
    const clerk = new Clerk(await signIn(house.url, name), counter);
    resultOf(
      await clerk.#caller.command(LOCATION, 'directory.signOn', {
        counterId: clerk.#counter,
        takeOver: true,
      }),
    );
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
const takeoversOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { takeovers: string[] }).takeovers);

/** Resolves once the wall is live. */
async function showWall(page: Page, slot: number): Promise<void> {
  await watchTakeovers(page);
  await page.goto(`${house.url}/display/?demo=1&slot=${slot}`);
  await expect(page.locator('main aside time')).toBeVisible();
}
async function openWall(browser: Browser, slot: number): Promise<Page> {
  const context = await browser.newContext({ viewport: WALL });
  const page = await context.newPage();
  await showWall(page, slot);
  return page;
}
const rowsOf = (page: Page): Locator => page.locator('.now ol li');
const takeover = (page: Page): Locator => page.locator('.takeover');
const deviceIdOf = (page: Page, slot: number): Promise<string> =>
  page.evaluate(
    (key) => (JSON.parse(localStorage.getItem(key) ?? '{}') as { deviceId: string }).deviceId,
    `schalter.display.${slot}.identity`,
  );

/**
 * The demo knows its displays by name: the same slot is the same device again. Each test has slots of its own: a
 * new display announces nothing of before it was paired, whatever the tests before have left.
 */
async function setDisplay(page: Page, slot: number, settings: object): Promise<void> {
  const deviceId = await deviceIdOf(page, slot);
  const base = {
    serviceIds: [],
    languages: ['de', 'fr', 'it', 'en'],
    takeoverMs: TAKEOVER_MS,
    speech: true,
    paperMm: 80,
    media: 'none',
    mediaText: { de: '', fr: '', it: '', en: '' },
  };
  const input = { deviceId, name: `Anzeige ${slot}`, settings: { ...base, ...settings } };
  resultOf(await manager.command(LOCATION, 'platform.setDevice', input));
}

/** Whoever is left of the test before goes, so that each begins with an empty house. */
async function clear(): Promise<void> {
  const admin = await signIn(house.url, 'Regula');
  const sql = postgres(house.databaseUrl, { max: 1 });
  const open = await sql<{ id: string; status: string }[]>`
    select id, status from stages where status in ('waiting', 'called', 'serving', 'held')`;
  await sql.end();
  for (const { id: stageId, status } of open) {
    const [type, input] =
      status === 'serving'
        ? ['queue.complete', { stageId, outcome: null }]
        : ['queue.cancel', { stageId, reason: '' }];
    resultOf(await admin.command(LOCATION, type, input));
  }
}

interface Receipt {
  readonly device_id: string;
  readonly order: number;
  readonly sound: string;
}
async function receiptsOf(deviceId: string): Promise<Receipt[]> {
  const sql = postgres(house.databaseUrl, { max: 1 });
  const rows = await sql<
    Receipt[]
  >`select * from call_receipts where device_id = ${deviceId} order by "order"`;
  await sql.end();
  return rows;
}

/** The orders of the last so many calls. */
async function lastOrders(count: number): Promise<number[]> {
  const sql = postgres(house.databaseUrl, { max: 1 });
  const rows = await sql<{ order: number }[]>`select "order" from calls order by "order"`;
  await sql.end();
  return rows.map(({ order }) => order).slice(-count);
}

async function open(environment: Readonly<Record<string, string>> = {}): Promise<void> {
  house = await openHouse({ environment });
  manager = await signIn(house.url, 'Daniel');
  kiosk = await demoDevice(house.url, 'kiosk');
}
test.beforeAll(() => open());
test.afterAll(async () => house.close());
test.beforeEach(clear);

test('[DI-01] [DI-03] a call fills the wall within a second, then stands in the list; it is reported', async ({
  browser,
}) => {
  const wall = await openWall(browser, 1);
  const deviceId = await deviceIdOf(wall, 1);
  const reported = (await receiptsOf(deviceId)).length;
  await setDisplay(wall, 1, { takeoverMs: READ_MS });
  const ticket = await issue('M', 'fr');
  await expect(wall.locator('.next')).toContainText(String(ticket.number).padStart(3, '0'));
  const lea = await Clerk.at('3', 'Lea');
  await lea.callNext();
  await expect(takeover(wall)).toBeVisible({ timeout: 1_000 });
  await expect(takeover(wall).locator('.number')).toHaveText(label(ticket));
  await expect(takeover(wall).locator('.counter')).toContainText('3');
  // In the customer's language, with the house's beside it.
  await expect(takeover(wall)).toContainText('Au guichet');
  await expect(takeover(wall)).toContainText('Bitte zum Schalter');
  await expect(takeover(wall)).toBeHidden({ timeout: 2 * READ_MS });
  await expect(rowsOf(wall).first()).toHaveClass(/expected/);
  await expect(rowsOf(wall).first()).toContainText(label(ticket));
  await lea.finish();
  await expect(rowsOf(wall).first()).toHaveClass(/past/);
  await expect.poll(async () => (await receiptsOf(deviceId)).length).toBe(reported + 1);
  await wall.context().close();
});

test('[DI-02] [DI-07] a burst comes one after another, in one order on every wall, each with its services', async ({
  browser,
}) => {
  const walls = [await openWall(browser, 2), await openWall(browser, 5)] as const;
  await setDisplay(walls[0], 2, {});
  await setDisplay(walls[1], 5, { serviceIds: [serviceId('R')] });
  await expect(walls[1].locator('.waits li')).toHaveCount(1);
  const ordersOf = async (deviceId: string): Promise<number[]> =>
    (await receiptsOf(deviceId)).map((receipt) => receipt.order);
  const [first, second] = [await deviceIdOf(walls[0], 2), await deviceIdOf(walls[1], 5)];
  const tickets: Issued[] = [];
  for (const letter of ['M', 'R', 'M', 'R', 'M', 'R']) tickets.push(await issue(letter));
  const clerks = [await Clerk.at('3', 'Lea'), await Clerk.at('2', 'Marco'), await Clerk.at('1', 'Nadia')];
  const called: string[] = [];
  const callAll = async (): Promise<void> => {
    for (let turn = 0; turn < 2; turn++) {
      for (const clerk of clerks) {
        const stageId = await clerk.callNext();
        const ticket = tickets.find((t) => t.stageId === stageId);
        called.push(ticket === undefined ? stageId : label(ticket));
      }
      for (const clerk of clerks) await clerk.finish();
    }
  };
  // The announcement of what comes next stands only while something does.
  await Promise.all([
    expect(takeover(walls[0])).toContainText('Gleich danach:', { timeout: 30_000 }),
    callAll(),
  ]);
  await expect.poll(() => takeoversOf(walls[0]), { timeout: 30_000 }).toEqual(called);
  await expect.poll(() => takeoversOf(walls[1])).toEqual(called.filter((number) => number.startsWith('R')));
  // Each call once, without a gap, and none of before the walls were there.
  const orders = (await lastOrders(called.length)).map((_, n, all) => (all[0] ?? 0) + n);
  await expect.poll(() => ordersOf(first)).toEqual(orders);
  await expect.poll(async () => (await ordersOf(second)).length).toBe(3);
  await walls[0].context().close();
  await walls[1].context().close();
});

test('[Q-08] an undo takes the call off the wall at once, in the middle of it', async ({ browser }) => {
  const wall = await openWall(browser, 6);
  await setDisplay(wall, 6, { takeoverMs: 20_000 });
  const ticket = await issue('M');
  const lea = await Clerk.at('3', 'Lea');
  await lea.callNext();
  await expect(takeover(wall).locator('.number')).toHaveText(label(ticket));
  // Issued is version 1 or later; the call is the next one.
  const undone = await Promise.all([1, 2, 3].map((version) => lea.undo(version)));
  expect(undone.filter((answer) => answer.ok)).toHaveLength(1);
  await expect(takeover(wall)).toBeHidden({ timeout: 1_000 });
  await expect(rowsOf(wall).filter({ hasText: label(ticket) })).toHaveCount(0);
  await lea.callNext();
  await setDisplay(wall, 6, {});
  await lea.finish();
  await wall.context().close();
});

test('[RT-05] [D21] the server is killed: the wall says since when, and is back without a stale call', async ({
  browser,
}) => {
  const wall = await openWall(browser, 7);
  await setDisplay(wall, 7, {});
  const [before, after] = [await issue('M'), await issue('M')];
  const lea = await Clerk.at('3', 'Lea');
  await lea.callNext();
  await expect.poll(() => takeoversOf(wall)).toEqual([label(before)]);
  await expect(takeover(wall)).toBeHidden();
  await lea.finish();
  await house.kill();
  const sign = wall.locator('footer.not-live');
  await expect(sign).toContainText(/Nicht aktuell seit \d\d:\d\d/, { timeout: 20_000 });
  await expect(wall.locator('.waits li')).toHaveCount(0);
  await house.start();
  await expect(sign).toBeHidden({ timeout: 10_000 });
  await expect(wall.locator('.waits li')).not.toHaveCount(0);
  // What is announced is announced in order: with the next call there, a stale one would have been.
  await lea.callNext();
  await expect.poll(() => takeoversOf(wall)).toEqual([label(before), label(after)]);
  await lea.finish();
  await wall.context().close();
});

test('[DI-06] it starts without a network once it has been there, and nothing is announced twice after a reload', async ({
  browser,
}) => {
  const wall = await openWall(browser, 9);
  await setDisplay(wall, 9, {});
  const [once, next] = [await issue('M'), await issue('M')];
  const lea = await Clerk.at('3', 'Lea');
  await lea.callNext();
  await expect.poll(() => takeoversOf(wall)).toEqual([label(once)]);
  await lea.finish();
  await wall.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await wall.reload();
  await expect(wall.locator('main aside time')).toBeVisible();
  // In order: with the next call announced, one of before would have been.
  await lea.callNext();
  await expect.poll(() => takeoversOf(wall)).toEqual([label(next)]);
  await lea.finish();
  await wall.context().setOffline(true);
  await wall.reload();
  await expect(wall.locator('h1')).toHaveText('Einen Moment');
  await expect(wall.getByRole('status')).toContainText('nicht erreichbar', { timeout: 20_000 });
  await wall.context().setOffline(false);
  await expect(wall.locator('main aside time')).toBeVisible({ timeout: 15_000 });
  await wall.context().close();
});

test('[RT-06] [D20] a display is paired by its code, checks its sound, and is gone within 5 s once revoked', async ({
  browser,
}) => {
  const context = await browser.newContext({ viewport: WALL });
  const wall = await context.newPage();
  await wall.goto(`${house.url}/display/`);
  await expect(wall.locator('.code')).toHaveText(/\w/);
  const code = await wall.locator('.code').textContent();
  const claimed = await manager.request('POST', '/api/v1/pairings/claim', { code });
  expect(claimed.body).toMatchObject({ kind: 'display' });
  const { pairingId } = claimed.body as { pairingId: string };
  const approved = await manager.request('POST', `/api/v1/pairings/${pairingId}/approve`, {
    locationId: LOCATION,
    name: 'Halle',
  });
  expect(approved.status).toBe(201);
  await wall.getByRole('button', { name: /Einmal berühren/ }).click();
  await expect(wall.getByText('Gong', { exact: true })).toBeVisible({ timeout: 15_000 });
  await wall.getByRole('button', { name: /starten/ }).click();
  await expect(wall.locator('main aside time')).toBeVisible();

  const { deviceId } = approved.body as { deviceId: string };
  resultOf(await manager.command(LOCATION, 'platform.revokeDevice', { deviceId }));
  await expect(wall.getByText('Diese Anzeige wurde abgemeldet.')).toBeVisible({ timeout: 5_000 });
  await expect(wall.locator('.code')).not.toHaveText(code ?? '');
  await expect.poll(() => wall.evaluate(() => localStorage.getItem('schalter.display.identity'))).toBeNull();
  await context.close();
});

/** A browser that plays nothing before a touch (`resume` never ends), and a voice that begins and never ends. */
const touchyBrowser = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    let touched = false;
    addEventListener('pointerdown', () => (touched = true), true);
    Object.defineProperty(BaseAudioContext.prototype, 'state', {
      get: () => (touched ? 'running' : 'suspended'),
    });
    AudioContext.prototype.resume = function (): Promise<void> {
      if (!touched) return new Promise<void>(() => undefined);
      this.dispatchEvent(new Event('statechange'));
      return Promise.resolve();
    };
    const said: string[] = [];
    Object.assign(window, {
      said,
      SpeechSynthesisUtterance: class {
        constructor(readonly text: string) {}
      },
    });
    const speechSynthesis = {
      getVoices: () => [{ lang: 'fr-CH', name: 'Voix', localService: true }],
      cancel: () => undefined,
      speak(utterance: SpeechSynthesisUtterance) {
        said.push(utterance.text);
        setTimeout(() => {
          utterance.onstart?.(new Event('start') as SpeechSynthesisEvent);
        }, 50);
      },
    };
    Object.defineProperty(window, 'speechSynthesis', { value: speechSynthesis });
  });

test('[DI-02] [D9] [D11] [D12] silent until it is touched, then chime and voice; one that never ends holds up nothing', async ({
  browser,
}) => {
  const context = await browser.newContext({ viewport: WALL });
  const wall = await context.newPage();
  await watchTakeovers(wall);
  await touchyBrowser(wall);
  await wall.goto(`${house.url}/display/?demo=1&slot=4`);
  await expect(wall.locator('main aside time')).toBeVisible();
  await setDisplay(wall, 4, {});
  const deviceId = await deviceIdOf(wall, 4);
  const soundOf = async (): Promise<unknown> => {
    const sql = postgres(house.databaseUrl, { max: 1 });
    const [row] = await sql<
      { sound: string }[]
    >`select health->>'sound' as sound from devices where id = ${deviceId}`;
    await sql.end();
    return row?.sound;
  };
  const heard = async (): Promise<string[]> => (await receiptsOf(deviceId)).map((r) => r.sound);

  await expect(wall.locator('footer .sound')).toContainText('Ton aus');
  await expect.poll(soundOf).toBe('locked');
  const [lea, nadia] = [await Clerk.at('3', 'Lea'), await Clerk.at('1', 'Nadia')];
  const tickets = [await issue('M', 'fr'), await issue('M', 'fr'), await issue('M', 'it')];
  await lea.callNext();
  await expect.poll(heard).toEqual(['silent']);

  await wall.mouse.click(900, 500);
  await expect(wall.locator('footer .sound')).toBeHidden();
  await expect.poll(soundOf).toBe('voice');
  await nadia.callNext();
  await lea.finish();
  await lea.callNext();
  // The sentence goes on for ever; after nine seconds the next call has its turn all the same.
  await expect.poll(() => takeoversOf(wall), { timeout: 25_000 }).toEqual(tickets.map(label));
  await expect.poll(heard, { timeout: 15_000 }).toEqual(['silent', 'spoken', 'spoken']);
  const said = await wall.evaluate(() => (window as unknown as { said: string[] }).said);
  expect(said).toEqual(
    tickets
      .slice(1)
      .map((ticket, n) => `Numéro M, ${ticket.number}, veuillez vous présenter au guichet ${[1, 3][n]}.`),
  );
  await lea.finish();
  await nadia.finish();
  await context.close();
});

test('[DI-04] nothing that a wall receives names anybody', async ({ browser }) => {
  const received: string[] = [];
  const context = await browser.newContext({ viewport: WALL });
  const wall = await context.newPage();
  wall.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => received.push(payload.toString())),
  );
  await wall.goto(`${house.url}/display/?demo=1&slot=3`);
  await expect(wall.locator('main aside time')).toBeVisible();
  const lea = await signIn(house.url, 'Lea');
  const signedOn = { counterId: counterId('3'), takeOver: true };
  resultOf(await lea.command(LOCATION, 'directory.signOn', signedOn));
  const input = {
    ...{ counterId: counterId('3'), serviceId: serviceId('M'), language: 'de', linkToken: newLinkToken() },
    ...{ name: 'Zora Unverkennbar', note: 'ZH 987654' },
  };
  const served = resultOf<{ stageId: string }>(
    await lea.command(LOCATION, 'queue.serveWithoutTicket', input),
  );
  // The wall has heard of it when what happened afterwards has reached it too.
  const last = await issue('M');
  const heard = (): string => received.join('\n');
  await expect.poll(heard).toContain(last.stageId);
  const all = heard();
  expect(all).toContain('"entries"');
  expect(all).toContain(served.stageId);
  for (const secret of ['Unverkennbar', 'ZH 987654', 'Lea', 'Kunz']) expect(all).not.toContain(secret);
  await context.close();
});

test.describe('a minute that nobody waits for', () => {
  const at = (shiftMs: number): string => new Date(Date.now() + shiftMs).toISOString();
  // The server's clock is behind by it; with the line cut, this one and the wall's move on together.
  test.beforeAll(async () => {
    await house.close();
    await open({ CLOCK_START: at(-OLD_MS) });
  });

  test('[DI-06] [D21] a call that is over a minute old when the network is back is listed, never announced', async ({
    browser,
  }) => {
    const context = await browser.newContext({ viewport: WALL });
    const wall = await context.newPage();
    await wall.clock.install();
    await showWall(wall, 8);
    await setDisplay(wall, 8, {});
    const [lea, marco] = [await Clerk.at('3', 'Lea'), await Clerk.at('2', 'Marco')];
    const old = await issue('M');
    await context.setOffline(true);
    await lea.callNext();
    await house.kill();
    await wall.clock.fastForward(OLD_MS);
    await house.start(at(0));
    const fresh = await issue('R');
    await marco.callNext();
    await context.setOffline(false);
    await expect(takeover(wall).locator('.number')).toHaveText(label(fresh), { timeout: 15_000 });
    await expect(takeover(wall)).toBeHidden({ timeout: 15_000 });
    await expect(rowsOf(wall).filter({ hasText: label(old) })).toHaveCount(1);
    expect(await takeoversOf(wall)).toEqual([label(fresh)]);
    await lea.finish();
    await marco.finish();
    await context.close();
  });
});
