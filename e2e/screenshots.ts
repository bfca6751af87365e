// npm run screenshots: the README's pictures, taken of the built screens at a station in the middle of its morning.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { v7 as uuid } from 'uuid';
import { DEMO_LOCATION_ID, DEMO_TIME_ZONE, people, services } from '@schalter/drizzle/seed/station.ts';
import type { BaseRow } from '@schalter/shared/kernel/live.ts';
import { addMs, instantOf } from '@schalter/shared/kernel/time.ts';
import type { Presence } from '@schalter/shared/directory/rows.ts';
import type { Stage, Visit } from '@schalter/shared/queue/rows.ts';
import { playMorning } from '../bench/demo/play.ts';
import { Api, asCustomer, asPerson } from '../bench/lib/api.ts';
import { ensureBuilt, ROOT } from '../bench/lib/apps.ts';
import { launchBrowser, openPage } from '../bench/lib/browser.ts';
import { temporaryFolder } from '../bench/lib/database.ts';
import { Listener } from '../bench/lib/listener.ts';
import { freePort, startServer } from '../bench/lib/server.ts';
import { must, newLinkToken, ticketInput } from '../bench/lib/station.ts';
import { shrinkPng } from './support/png.ts';

const { values } = parseArgs({
  options: { out: { type: 'string' }, seed: { type: 'string', default: '4' } },
});
const OUT = values.out ?? join(ROOT, 'docs', 'pictures');

/** A Wednesday in May; the pictures are taken a quarter before eleven. */
const OPENS_AT = '2026-05-20T06:00:00.000Z';
const MORNING_MIN = 149;
/** The morning before it in three minutes. */
const SPEED = 50;
const SCENE_AGE_MS = 192_000;
/** How long the one who is served on the pictures has waited. */
const WAITED_MS = 7 * 60_000;
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
    await withServer(folder.path, endedAt, arrive);
    const servedAt = addMs(endedAt, WAITED_MS);
    await withServer(folder.path, servedAt, setScene);
    await withServer(folder.path, addMs(servedAt, SCENE_AGE_MS), (url) => takeAll(url, browser));
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

const COLLEAGUES = ['Marco', 'Nadia'];

type Send = (type: string, input: unknown) => Promise<unknown>;
interface Hand {
  readonly personId: string;
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
  return { personId: person.personId, api, token, send };
}

/** Guests of about now. The first is served, the second speaks French, the last one's ticket is on the phone. */
const GUESTS = [
  {
    reference: 'ZRH-204417',
    lastName: 'Keller',
    firstName: 'Anna',
    at: '10:30',
    subject: 'VW Golf, ZH 482 113',
  },
  {
    reference: 'ZRH-204431',
    lastName: 'Dubois',
    firstName: 'Marc',
    at: '10:35',
    subject: 'Renault Clio, ZH 790 254',
  },
  {
    reference: 'ZRH-204458',
    lastName: 'Bernasconi',
    firstName: 'Giulia',
    at: '10:45',
    subject: 'Fiat 500e, ZG 61 308',
  },
] as const;

const service = (letter: string): string =>
  services.find((one) => one.service.letter === letter)?.serviceId ?? '';

async function checkIn(admin: Hand, n: 0 | 1 | 2, linkToken: string): Promise<unknown> {
  const { at, ...guest } = GUESTS[n];
  const bookedAt = instantOf(OPENS_AT.slice(0, 10), at, DEMO_TIME_ZONE);
  await admin.send('booking.recordReservation', {
    ...guest,
    reservationId: uuid(),
    serviceId: service('B'),
    bookedAt,
  });
  const { reference, lastName } = guest;
  return admin.send('booking.checkIn', {
    reference,
    lastName,
    language: n === 1 ? 'fr' : 'de',
    linkToken,
    contact: null,
  });
}

/** The guest of the pictures comes; whoever joined by phone in the morning and never came is off the list. */
async function arrive(url: string): Promise<void> {
  const admin = await handOf(url, 'Regula');
  const visits = await rowsOf<Visit>(admin, 'visits');
  const away = new Set(visits.filter(({ presence }) => presence === 'remote').map(({ id }) => id));
  for (const { id, visitId, status } of await rowsOf<Stage>(admin, 'stages')) {
    if (status === 'waiting' && away.has(visitId))
      await admin.send('queue.cancel', { stageId: id, reason: '' });
  }
  await checkIn(admin, 0, newLinkToken());
}

/** Lea and Nadia serve, and a few people wait: bookings of about now, walk-ins, a return. */
async function setScene(url: string): Promise<void> {
  const [admin, lea, nadia] = [
    await handOf(url, 'Regula'),
    await handOf(url, 'Lea'),
    await handOf(url, 'Nadia'),
  ];
  const issue = (letter: string): Promise<unknown> =>
    admin.send('queue.issueTicket', ticketInput(service(letter)));
  const serve = async (hand: Hand, stageId: string): Promise<void> => {
    await hand.send('queue.call', { stageId, counterId: await freeCounter(hand) });
    await hand.send('queue.start', { stageId });
  };
  const guest = (await rowsOf<Visit>(admin, 'visits')).find(({ name }) =>
    name?.startsWith(GUESTS[0].firstName),
  );
  const guestStage = (await rowsOf<Stage>(admin, 'stages')).find((stage) => stage.visitId === guest?.id);
  // On a machine that is busy the morning's clerks have called in vain meanwhile.
  if (guestStage?.status === 'no_show') await admin.send('queue.reopen', { stageId: guestStage.id });
  await serve(nadia, ((await issue('R')) as { stageId: string }).stageId);
  await serve(lea, guestStage?.id ?? '');
  for (const letter of ['M', 'R']) await issue(letter);
  await checkIn(admin, 1, newLinkToken());
  await issue('M');
  await checkIn(admin, 2, LINK);
}

async function takeAll(url: string, browser: Browser): Promise<void> {
  const open = async (
    path: string,
    viewport: { width: number; height: number },
    more: BrowserContextOptions = {},
  ) => {
    const page = await openPage(browser, { viewport, ...more });
    await page.goto(`${url}${path}`);
    return page;
  };
  // Lea's colleagues have tablets of their own: without a line the house takes them for cut off.
  const tablets = await Promise.all(COLLEAGUES.map(async (name) => tabletOf(await handOf(url, name))));
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
  await picture(staff, 'staff-counter');

  const lea = await handOf(url, 'Lea');
  const counterId = await freeCounter(lea);
  const { visitId } = await lea.api.request<{ visitId: string }>('GET', '/api/v1/ticket', asCustomer(LINK));
  const stageId = [...(await rowsOf<Stage>(lea, 'stages'))].find((stage) => stage.visitId === visitId)?.id;
  await lea.send('queue.call', { stageId, counterId });
  await wall.waitForSelector('[role=alert]');
  await picture(wall, 'wall-call');
  tablets.forEach((tablet) => tablet.close());
}

const tabletOf = ({ api, token }: Hand): Listener =>
  new Listener({
    url: api.url,
    proof: () => ({ auth: { token } }),
    streamId: DEMO_LOCATION_ID,
    audience: 'staff',
  });

async function rowsOf<Row extends BaseRow>(hand: Hand, table: string): Promise<readonly Row[]> {
  const listener = tabletOf(hand);
  await listener.ready();
  const rows = [...listener.table<Row>(table).values()];
  listener.close();
  return rows;
}

/** Whomever the clerk serves goes home, so that there can be a call; the answer is the counter. */
async function freeCounter(clerk: Hand): Promise<string> {
  const presence = (await rowsOf<Presence>(clerk, 'presences')).find((p) => p.personId === clerk.personId);
  if (presence === undefined) throw new Error('a clerk is at no counter');
  const isThere = ({ counterId, status }: Stage): boolean =>
    counterId === presence.id && (status === 'called' || status === 'serving');
  const busy = (await rowsOf<Stage>(clerk, 'stages')).find(isThere);
  if (busy?.status === 'called') await clerk.send('queue.start', { stageId: busy.id });
  if (busy !== undefined) await clerk.send('queue.complete', { stageId: busy.id, outcome: null });
  if (presence.state === 'break')
    await clerk.send('directory.setBreak', { counterId: presence.id, onBreak: false });
  return presence.id;
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
