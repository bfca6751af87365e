// npm run screenshots: the README's pictures, taken of the built screens at a station in the middle of its morning.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { demoReservations } from '@schalter/drizzle/seed/reservations.ts';
import { DEMO_LOCATION_ID, people, services } from '@schalter/drizzle/seed/station.ts';
import type { BaseRow } from '@schalter/shared/kernel/live.ts';
import { addMs } from '@schalter/shared/kernel/time.ts';
import type { Presence } from '@schalter/shared/directory/rows.ts';
import type { Stage } from '@schalter/shared/queue/rows.ts';
import { playMorning } from '../bench/demo/play.ts';
import { Api, asCustomer, asPerson } from '../bench/lib/api.ts';
import { ensureBuilt, ROOT } from '../bench/lib/apps.ts';
import { launchBrowser } from '../bench/lib/browser.ts';
import { temporaryFolder } from '../bench/lib/database.ts';
import { Listener } from '../bench/lib/listener.ts';
import { freePort, startServer } from '../bench/lib/server.ts';
import { must, newLinkToken, ticketInput } from '../bench/lib/station.ts';
import { shrinkPng } from './support/png.ts';

const { values } = parseArgs({
  options: { out: { type: 'string' }, seed: { type: 'string', default: '4' } },
});
const OUT = values.out ?? join(ROOT, 'docs', 'pictures');

/** A Wednesday in May; the pictures are taken at half past ten. */
const OPENS_AT = '2026-05-20T06:00:00.000Z';
const MORNING_MIN = 149;
/** The morning before it in three minutes. */
const SPEED = 50;
const SCENE_AGE_MS = 192_000;
/** Bookings of half past ten, eleven and half past eleven. */
const BOOKED = /T(08:30|09:00|09:30)/;
/** The server's clock stands in May; what lies in its future it takes as now. */
const FAR_FUTURE = '9999-01-01T00:00:00.000Z';
const SETTLE_MS = 1_500;

async function main(): Promise<void> {
  await ensureBuilt(['kiosk', 'display', 'staff-pwa']);
  mkdirSync(OUT, { recursive: true });
  const folder = temporaryFolder();
  const browser = await launchBrowser();
  try {
    const endedAt = await playUntilBreak(folder.path);
    // The scene is set some minutes before the pictures, so that waits and services have lasted for a while.
    await withServer(folder.path, endedAt, setScene);
    await withServer(folder.path, addMs(endedAt, SCENE_AGE_MS), (url) => takeAll(url, browser));
  } finally {
    await browser.close();
    folder.remove();
  }
}

async function withServer(
  dataDir: string,
  start: string,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const server = await startServer({ port: await freePort(), dataDir, environment: { CLOCK_START: start } });
  try {
    await work(server.url);
  } finally {
    await server.stop();
  }
}

/** Plays the morning on a clock that runs fast, and leaves everybody where they are. */
async function playUntilBreak(dataDir: string): Promise<string> {
  const environment = { CLOCK_START: OPENS_AT, CLOCK_SPEED: String(SPEED) };
  const server = await startServer({ port: await freePort(), dataDir, environment });
  try {
    const played = await playMorning({
      url: server.url,
      speed: SPEED,
      clockSpeed: SPEED,
      minutes: MORNING_MIN,
      seed: Number(values.seed),
      say: (line) => console.log(line),
      breakOff: true,
    });
    await played.done;
    return played.now();
  } finally {
    await server.stop();
  }
}

type Send = (type: string, input: unknown) => Promise<unknown>;
interface Hand {
  readonly api: Api;
  readonly token: string;
  readonly send: Send;
}

/** The link of the ticket that is shown on the phone. */
const LINK = 'the-readme-s-own-ticket-link';

async function handOf(url: string, firstName: string): Promise<Hand> {
  const person = people.find(({ name }) => name.startsWith(firstName));
  if (person === undefined) throw new Error(`nobody of the demo is called ${firstName}`);
  const api = new Api(url, { now: () => FAR_FUTURE });
  const token = await api.login(person.email, person.password);
  const send: Send = (type, input) =>
    must(api.command(asPerson(token), { streamId: DEMO_LOCATION_ID, type, input }), type);
  return { api, token, send };
}

/** Lea serves a booking, and a few people wait: bookings of about now, walk-ins, a return. */
async function setScene(url: string): Promise<void> {
  const [admin, lea] = [await handOf(url, 'Regula'), await handOf(url, 'Lea')];
  const bookings = demoReservations(OPENS_AT.slice(0, 10)).filter(({ input }) => BOOKED.test(input.bookedAt));
  const checkIn = (n: number, linkToken: string): Promise<unknown> => {
    const { reference, lastName } = bookings[n]?.input ?? { reference: '', lastName: '' };
    return admin.send('booking.checkIn', {
      reference,
      lastName,
      language: n === 1 ? 'fr' : 'de',
      linkToken,
      contact: null,
    });
  };
  const issue = (letter: string): Promise<unknown> => {
    const service = services.find((one) => one.service.letter === letter);
    return admin.send('queue.issueTicket', ticketInput(service?.serviceId ?? ''));
  };
  const counterId = await freeCounter(lea);
  const { stageId } = (await checkIn(0, newLinkToken())) as { stageId: string };
  await lea.send('queue.call', { stageId, counterId });
  await lea.send('queue.start', { stageId });
  for (const letter of ['M', 'R', 'M']) await issue(letter);
  await checkIn(1, newLinkToken());
  await issue('M');
  await checkIn(2, LINK);
}

async function takeAll(url: string, browser: Browser): Promise<void> {
  const open = (
    path: string,
    viewport: { width: number; height: number },
    more: BrowserContextOptions = {},
  ) => openPage(browser, `${url}${path}`, { viewport, ...more });
  const touch = { hasTouch: true };
  const wall = await open('/display/?demo=1&slot=1', { width: 1920, height: 1080 });
  // A touch switches the sound on, as whoever sets it up does.
  await wall.mouse.click(10, 10);
  const kiosk = await open('/kiosk/?demo=1&slot=1', { width: 1080, height: 1920 }, touch);
  const phone = await open(
    `/t#${LINK}`,
    { width: 390, height: 844 },
    { ...touch, deviceScaleFactor: 2, isMobile: true },
  );
  const staff = await open('/staff/', { width: 1280, height: 800 });
  await signIn(staff, 'Lea');
  await picture(kiosk, 'kiosk');
  await picture(wall, 'wall');
  await picture(phone, 'phone');
  await picture(staff, 'staff');

  const lea = await handOf(url, 'Lea');
  const counterId = await freeCounter(lea);
  const { visitId } = await lea.api.request<{ visitId: string }>('GET', '/api/v1/ticket', asCustomer(LINK));
  const stageId = [...(await rowsOf<Stage>(lea, 'stages'))].find((stage) => stage.visitId === visitId)?.id;
  await lea.send('queue.call', { stageId, counterId });
  await wall.waitForSelector('[role=alert]');
  await picture(wall, 'wall-call');
  await picture(phone, 'phone-called');
}

async function rowsOf<Row extends BaseRow>({ api, token }: Hand, table: string): Promise<readonly Row[]> {
  const proof = () => ({ auth: { token } });
  const listener = new Listener({ url: api.url, proof, streamId: DEMO_LOCATION_ID, audience: 'staff' });
  await listener.ready();
  const rows = [...listener.table<Row>(table).values()];
  listener.close();
  return rows;
}

/** Whomever Lea serves goes home, so that she can call; the answer is her counter. */
async function freeCounter(lea: Hand): Promise<string> {
  const person = people.find(({ name }) => name.startsWith('Lea'));
  const presence = (await rowsOf<Presence>(lea, 'presences')).find((p) => p.personId === person?.personId);
  if (presence === undefined) throw new Error('Lea is at no counter');
  const isThere = ({ counterId, status }: Stage): boolean =>
    counterId === presence.id && (status === 'called' || status === 'serving');
  const busy = (await rowsOf<Stage>(lea, 'stages')).find(isThere);
  if (busy?.status === 'called') await lea.send('queue.start', { stageId: busy.id });
  if (busy !== undefined) await lea.send('queue.complete', { stageId: busy.id, outcome: null });
  if (presence.state === 'break')
    await lea.send('directory.setBreak', { counterId: presence.id, onBreak: false });
  return presence.id;
}

async function openPage(browser: Browser, url: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ locale: 'de-CH', timezoneId: 'Europe/Zurich', ...options });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function signIn(page: Page, firstName: string): Promise<void> {
  const person = people.find(({ name }) => name.startsWith(firstName));
  await page.locator('input[name=email]').fill(person?.email ?? '');
  await page.locator('input[name=password]').fill(person?.password ?? '');
  await page.locator('button[type=submit]').click();
  await page.waitForURL(/counter/);
}

async function picture(page: Page, name: string): Promise<void> {
  // A number is on each of these screens, but on the kiosk's first.
  if (name !== 'kiosk') await page.getByText(/\d{3}/).first().waitFor();
  // Fonts, estimates and movements.
  await page.waitForTimeout(SETTLE_MS);
  const raw = await page.screenshot({ animations: 'disabled' });
  const png = shrinkPng(raw);
  writeFileSync(join(OUT, `${name}.png`), png);
  console.log(`${name}.png  ${(png.length / 1_000).toFixed(0)} kB (${(raw.length / 1_000).toFixed(0)} kB)`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
