import type { Page } from '@playwright/test';
import { DEMO_LOCATION_ID, people, services } from '@schalter/drizzle/seed/station.ts';
import type { Device } from '@schalter/shared/platform/rows.ts';
import { Api, asPerson } from '../lib/api.ts';
import { ensureBuilt } from '../lib/apps.ts';
import { launchBrowser, openPage, takeCounter } from '../lib/browser.ts';
import { fixed, type Figure, type Measurement } from '../lib/figure.ts';
import { freePort, startServer } from '../lib/server.ts';
import { summarise } from '../lib/stats.ts';
import { must, ticketInput } from '../lib/station.ts';

const CALLS = 40;
/** The first calls compile the pages' code; a wall that has run for a day has done that. */
const WARM_UP = 3;
const TARGET_MS = 300;
/** A takeover as short as a wall allows, so that no call waits for the one before. */
const TAKEOVER_MS = 500;
const BETWEEN_MS = 1_200;
const SHOWN_MS_MAX = 10_000;

/** Set by the scripts in the pages: times are those of the machine's clock, the same for both browsers. */
declare global {
  interface Window {
    benchPressed?: number;
    benchShown?: Record<string, { readonly at: number; readonly whole: number }>;
  }
}

export const callToWall: Measurement = {
  key: 'latency',
  takesS: 100,
  async measure({ say }) {
    await ensureBuilt(['display', 'staff-pwa']);
    const server = await startServer({ port: await freePort() });
    const [counterBrowser, wallBrowser] = [await launchBrowser(), await launchBrowser()];
    try {
      const issue = await setUp(server.url);
      const wall = await openPage(wallBrowser, { viewport: { width: 1920, height: 1080 } });
      await wall.addInitScript(watchWall);
      await wall.goto(`${server.url}/display/?demo=1&slot=1`);
      // A wall that has just come shows no call of before: it has to be there first.
      await wall.locator('.clock').first().waitFor();
      const counter = await openPage(counterBrowser, { viewport: { width: 1280, height: 800 } });
      await counter.addInitScript(watchKeys);
      await takeCounter(counter, server.url, 'Lea', '3');
      const [times, whole] = [[] as number[], [] as number[]];
      for (let n = 0; n < WARM_UP + CALLS; n += 1) {
        const shown = await callOnce(counter, wall, await issue());
        if (n < WARM_UP) continue;
        times.push(shown.ms);
        whole.push(shown.wholeMs);
        if (times.length % 10 === 0) say(`${times.length} calls, p50 ${fixed(summarise(times).p50, 0)} ms`);
      }
      return [figureOf(times, whole)];
    } finally {
      await Promise.all([counterBrowser.close(), wallBrowser.close()]);
      await server.stop();
    }
  },
};

function figureOf(times: readonly number[], whole: readonly number[]): Figure {
  const [call, wipe] = [summarise(times), summarise(whole)];
  return {
    name: 'call on the staff PWA to the picture on the wall, p95',
    value: `${fixed(call.p95, 0)} ms`,
    target: `≤ ${TARGET_MS} ms`,
    ok: call.p95 <= TARGET_MS,
    details: [
      `${call.n} calls in two browsers: p50 ${fixed(call.p50, 0)} ms, max ${fixed(call.max, 0)} ms, from the key to the frame after the one with the number`,
      `the takeover's movement has ended after ${fixed(wipe.p50, 0)} ms (p50)`,
    ],
  };
}

/** A display with short takeovers; the answer issues a ticket and says its digits. */
async function setUp(url: string): Promise<() => Promise<string>> {
  const api = new Api(url);
  const [admin] = people;
  const service = services.find((one) => one.service.letter === 'M');
  if (admin === undefined || service === undefined) throw new Error('the demo is empty');
  const proof = asPerson(await api.login(admin.email, admin.password));
  const display = await api.demoDevice('display', 1);
  const { device } = await api.request<{ device: Device }>('GET', '/api/v1/device', display.proof);
  const settings = { ...device.settings, takeoverMs: TAKEOVER_MS, speech: false };
  const send = (type: string, input: unknown) =>
    must(api.command(proof, { streamId: DEMO_LOCATION_ID, type, input }), type);
  await send('platform.setDevice', { deviceId: device.id, name: device.name, settings });
  return async () => {
    const { number } = (await send('queue.issueTicket', ticketInput(service.serviceId))) as {
      number: number;
    };
    return String(number).padStart(3, '0');
  };
}

async function callOnce(counter: Page, wall: Page, digits: string): Promise<{ ms: number; wholeMs: number }> {
  // The number is next on the counter's card.
  await counter.getByText(digits).first().waitFor();
  await press(counter, 'n');
  const shown = await wall
    .waitForFunction((wanted) => window.benchShown?.[wanted], digits, { timeout: SHOWN_MS_MAX })
    .then((handle) => handle.jsonValue());
  const pressed = await counter.evaluate(() => window.benchPressed);
  if (shown === undefined || pressed === undefined) throw new Error('a call was not seen');
  await press(counter, 's');
  await press(counter, 'c');
  await wall.waitForTimeout(BETWEEN_MS);
  return { ms: shown.at - pressed, wholeMs: shown.whole - pressed };
}

/** Presses a key once the button that it stands for is there. */
async function press(counter: Page, key: string): Promise<void> {
  await counter.locator(`button[aria-keyshortcuts="${key}" i]:enabled`).first().waitFor();
  await counter.keyboard.press(key);
}

/** In the page: when a key went down, by the machine's clock. */
function watchKeys(): void {
  addEventListener('keydown', () => (window.benchPressed = performance.timeOrigin + performance.now()), {
    capture: true,
  });
}

/** In the page: when a call's digits were first on the screen, and when the movement around them had ended. */
function watchWall(): void {
  const shown: Record<string, { at: number; whole: number }> = {};
  const seen = new Set<string>();
  window.benchShown = shown;
  const now = (): number => performance.timeOrigin + performance.now();
  const look = (): void => {
    const alert = document.querySelector('[role=alert]');
    const digits = /\d{3}/.exec(alert?.textContent ?? '')?.[0];
    if (alert === null || digits === undefined || seen.has(digits)) return;
    seen.add(digits);
    // The second frame begins when the first has been drawn.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const at = now();
        const moving = alert.getAnimations().map((animation) => animation.finished);
        void Promise.allSettled(moving).then(() => (shown[digits] = { at, whole: now() }));
      }),
    );
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
}
