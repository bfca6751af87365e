/// <reference lib="dom" />
// A call comes on the wall: seen, heard, once on every display, and without a name.
import { expect, test, type Page } from '@playwright/test';
import postgres from 'postgres';
import { DEMO_LOCATION_ID as LOCATION } from '@schalter/drizzle/seed/station.ts';
import { newLinkToken, signIn } from '../support/api.ts';
import { counterId, serviceId } from '../support/demo.ts';
import {
  deviceIdOf,
  type Issued,
  label,
  resultOf,
  rowsOf,
  takeover,
  takeoversOf,
  wallsForAll,
} from '../support/wall.ts';

/** Long enough to read all of it on a busy machine. */
const READ_MS = 5_000;

const walls = wallsForAll();

/** The orders of the last so many calls. */
async function lastOrders(count: number): Promise<number[]> {
  const sql = postgres(walls.house.databaseUrl, { max: 1 });
  const rows = await sql<{ order: number }[]>`select "order" from calls order by "order"`;
  await sql.end();
  return rows.map(({ order }) => order).slice(-count);
}

test('[DI-01] [DI-03] a call fills the wall within a second, then stands in the list; it is reported', async ({
  browser,
}) => {
  const wall = await walls.open(browser, 1);
  const deviceId = await deviceIdOf(wall, 1);
  const reported = (await walls.receiptsOf(deviceId)).length;
  await walls.set(wall, 1, { takeoverMs: READ_MS });
  const ticket = await walls.issue('M', 'fr');
  await expect(wall.locator('.next')).toContainText(String(ticket.number).padStart(3, '0'));
  const lea = await walls.clerkAt('3', 'Lea');
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
  await expect.poll(async () => (await walls.receiptsOf(deviceId)).length).toBe(reported + 1);
});

test('[DI-02] [DI-07] a burst comes one after another, in one order on every wall, each with its services', async ({
  browser,
}) => {
  const pair = [await walls.open(browser, 2), await walls.open(browser, 5)] as const;
  await walls.set(pair[0], 2, {});
  await walls.set(pair[1], 5, { serviceIds: [serviceId('R')] });
  await expect(pair[1].locator('.waits li')).toHaveCount(1);
  const ordersOf = async (deviceId: string): Promise<number[]> =>
    (await walls.receiptsOf(deviceId)).map((receipt) => receipt.order);
  const [first, second] = [await deviceIdOf(pair[0], 2), await deviceIdOf(pair[1], 5)];
  const tickets: Issued[] = [];
  for (const letter of ['M', 'R', 'M', 'R', 'M', 'R']) tickets.push(await walls.issue(letter));
  const clerks = [
    await walls.clerkAt('3', 'Lea'),
    await walls.clerkAt('2', 'Marco'),
    await walls.clerkAt('1', 'Nadia'),
  ];
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
    expect(takeover(pair[0])).toContainText('Gleich danach:', { timeout: 30_000 }),
    callAll(),
  ]);
  await expect.poll(() => takeoversOf(pair[0]), { timeout: 30_000 }).toEqual(called);
  await expect.poll(() => takeoversOf(pair[1])).toEqual(called.filter((number) => number.startsWith('R')));
  // Each call once, without a gap, and none of before the walls were there.
  const orders = (await lastOrders(called.length)).map((_, n, all) => (all[0] ?? 0) + n);
  await expect.poll(() => ordersOf(first)).toEqual(orders);
  await expect.poll(async () => (await ordersOf(second)).length).toBe(3);
});

test('[Q-08] an undo takes the call off the wall at once, in the middle of it', async ({ browser }) => {
  const wall = await walls.open(browser, 6);
  await walls.set(wall, 6, { takeoverMs: 20_000 });
  const ticket = await walls.issue('M');
  const lea = await walls.clerkAt('3', 'Lea');
  await lea.callNext();
  await expect(takeover(wall).locator('.number')).toHaveText(label(ticket));
  // Issued is version 1 or later; the call is the next one.
  const undone = await Promise.all([1, 2, 3].map((version) => lea.undo(version)));
  expect(undone.filter((answer) => answer.ok)).toHaveLength(1);
  await expect(takeover(wall)).toBeHidden({ timeout: 1_000 });
  await expect(rowsOf(wall).filter({ hasText: label(ticket) })).toHaveCount(0);
  await lea.callNext();
  await walls.set(wall, 6, {});
  await lea.finish();
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
  const wall = await walls.page(browser);
  await touchyBrowser(wall);
  await walls.show(wall, 4);
  await walls.set(wall, 4, {});
  const deviceId = await deviceIdOf(wall, 4);
  const soundOf = async (): Promise<unknown> => {
    const sql = postgres(walls.house.databaseUrl, { max: 1 });
    const [row] = await sql<
      { sound: string }[]
    >`select health->>'sound' as sound from devices where id = ${deviceId}`;
    await sql.end();
    return row?.sound;
  };
  const heard = async (): Promise<string[]> => (await walls.receiptsOf(deviceId)).map((r) => r.sound);

  await expect(wall.locator('footer .sound')).toContainText('Ton aus');
  await expect.poll(soundOf).toBe('locked');
  const [lea, nadia] = [await walls.clerkAt('3', 'Lea'), await walls.clerkAt('1', 'Nadia')];
  const tickets = [await walls.issue('M', 'fr'), await walls.issue('M', 'fr'), await walls.issue('M', 'it')];
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
});

test('[DI-04] nothing that a wall receives names anybody', async ({ browser }) => {
  const received: string[] = [];
  const wall = await walls.page(browser);
  wall.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => received.push(payload.toString())),
  );
  await wall.goto(`${walls.house.url}/display/?demo=1&slot=3`);
  await expect(wall.locator('main aside time')).toBeVisible();
  const lea = await signIn(walls.house.url, 'Lea');
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
  const last = await walls.issue('M');
  const heard = (): string => received.join('\n');
  await expect.poll(heard).toContain(last.stageId);
  const all = heard();
  expect(all).toContain('"entries"');
  expect(all).toContain(served.stageId);
  for (const secret of ['Unverkennbar', 'ZH 987654', 'Lea', 'Kunz']) expect(all).not.toContain(secret);
});
