/// <reference lib="dom" />
// The customer's phone: the ticket's page and joining, on the running product.
import { expect, test, type Browser, type Page } from '@playwright/test';
import postgres from 'postgres';
import { io } from 'socket.io-client';
import { DEMO_LOCATION_ID as LOCATION, location } from '@schalter/drizzle/seed/station.ts';
import { PROTOCOL } from '@schalter/shared/kernel/protocol.ts';
import { demoDevice, newLinkToken, signIn, type Caller } from '../support/api.ts';
import { openHouse, type House } from '../support/app.ts';
import { contextsForAll } from '../support/contexts.ts';
import { counterId, serviceId } from '../support/demo.ts';
import { button, numberOn } from '../support/kiosk.ts';

const PHONE = { width: 390, height: 844 };
/** A call is on the phone within a second of the press (Q-15, DI-03). */
const CALL_MS_MAX = 1_000;

const newContext = contextsForAll();
let house: House;
let sql: postgres.Sql;
let clerk: Caller;
let kiosk: Caller & { deviceId: string };
test.beforeAll(async () => {
  house = await openHouse();
  sql = postgres(house.databaseUrl, { max: 2 });
  kiosk = await demoDevice(house.url, 'kiosk');
  clerk = await signIn(house.url, 'Lea');
  const answer = await clerk.command(LOCATION, 'directory.signOn', {
    counterId: counterId('1'),
    takeOver: true,
  });
  expect(answer).toMatchObject({ ok: true });
});
test.afterAll(async () => {
  await sql.end();
  await house.close();
});

interface Ticket {
  readonly linkToken: string;
  readonly visitId: string;
  readonly stageId: string;
  readonly label: string;
}
async function issue(letter = 'I', phone: string | null = null): Promise<Ticket> {
  const linkToken = newLinkToken();
  const answer = await kiosk.command(LOCATION, 'queue.issueTicket', {
    serviceId: serviceId(letter),
    language: 'de',
    linkToken,
    contact: phone === null ? null : { phone, consentWording: 'ticket-sms-1', consentLanguage: 'de' },
    name: null,
    note: null,
  });
  if (!answer.ok) throw new Error(answer.code);
  const result = answer.result as { visitId: string; stageId: string; series: string; number: number };
  return { ...result, linkToken, label: `${result.series}${String(result.number).padStart(3, '0')}` };
}
const act = async (type: string, input: object): Promise<void> => {
  const answer = await clerk.command(LOCATION, type, input);
  expect(answer, type).toMatchObject({ ok: true });
};
const call = (ticket: Ticket): Promise<void> =>
  act('queue.call', { stageId: ticket.stageId, counterId: counterId('1') });
/** Takes a ticket to its end, so that the counter is free for the next test. */
async function finish({ stageId }: Ticket): Promise<void> {
  await act('queue.start', { stageId });
  await act('queue.complete', { stageId, outcome: null });
}
async function visit(id: string): Promise<Record<string, unknown>> {
  return (await sql`select * from visits where id = ${id}`)[0] ?? {};
}

async function open(browser: Browser, path: string, locale = 'de-CH'): Promise<Page> {
  const context = await newContext(browser, { viewport: PHONE, locale, hasTouch: true });
  const page = await context.newPage();
  await page.goto(`${house.url}${path}`);
  return page;
}
/** The code that the wall shows now, heard as a display hears it. */
async function arrivalCode(): Promise<string> {
  const display = await demoDevice(house.url, 'display', 9);
  const socket = io(house.url, {
    transports: ['websocket'],
    auth: { deviceId: display.deviceId, as: 'device' },
    extraHeaders: { cookie: display.cookie },
  });
  const code = new Promise<string>((resolve) => {
    socket.on('signal', (signal: { kind: string; code: string }) => {
      if (signal.kind === 'arrivalCode') resolve(signal.code);
    });
  });
  await socket.emitWithAck('hello', {
    streamId: LOCATION,
    audience: 'display',
    lastSeq: 0,
    protocol: PROTOCOL,
  });
  const found = await code;
  socket.close();
  return found;
}

test('[PO-01] [PH1] the link opens one’s own ticket without a password, and stays a secret', async ({
  browser,
}) => {
  const ticket = await issue();
  const page = await open(browser, `/t#${ticket.linkToken}`);
  await expect(page.locator('.ticket-number')).toBeVisible();
  expect(await numberOn(page)).toBe(ticket.label);
  await expect(page).toHaveURL(`${house.url}/kiosk/t`);
  expect(await page.evaluate(() => document.referrer)).toBe('');
  // A reload of this tab finds it again; the address alone shows nothing.
  await page.reload();
  await expect(page.locator('.ticket-number')).toBeVisible();
  const other = await open(browser, '/t');
  await expect(other.getByText('Dieses Ticket gibt es nicht.')).toBeVisible();
  expect(house.output()).not.toContain(ticket.linkToken);
  await act('queue.cancel', { stageId: ticket.stageId, reason: '' });
});

test('[PO-01] [PH1] a wrong link and a dead one look the same', async ({ browser }) => {
  for (const hash of [`#${newLinkToken()}`, '#short', '']) {
    const page = await open(browser, `/t${hash}`);
    await expect(page.getByText('Dieses Ticket gibt es nicht.')).toBeVisible();
    await expect(page.getByText('Die Adresse stimmt nicht, oder der Besuch ist vorbei.')).toBeVisible();
    await page.context().close();
  }
});

test('[Q-15] [PH2] [PH3] [PH6] place and wait are live, the call fills the screen, and afterwards one question', async ({
  browser,
}) => {
  const first = await issue();
  const ticket = await issue();
  const page = await open(browser, `/t#${ticket.linkToken}`);
  await expect(page.getByText('1 Person vor Ihnen')).toHaveCount(2);
  await expect(page.locator('.wait b')).toContainText('min');
  await button(page, 'Ton und Vibration einschalten').tap();
  await expect(button(page, 'Ton ausschalten')).toBeVisible();

  await call(first);
  await expect(page.locator('.wait').getByText('Niemand vor Ihnen')).toBeVisible();
  await finish(first);

  const pressed = Date.now();
  await call(ticket);
  // Not `expect`, which looks again at longer and longer intervals.
  await page.locator('.phone.signal .counter').waitFor();
  expect(Date.now() - pressed).toBeLessThan(CALL_MS_MAX);
  await expect(page.locator('.phone.signal .counter')).toContainText('Schalter1');
  await expect(
    page.getByRole('alert').getByText(`Nummer ${ticket.label}, bitte zu Schalter 1.`),
  ).toBeAttached();
  await expect(page).toHaveTitle(`${ticket.label} · Schalter 1`);
  await button(page, 'Ich komme').tap();
  await expect(page.getByText('Danke, wir erwarten Sie.')).toBeVisible();
  await expect.poll(async () => (await visit(ticket.visitId))['coming_at']).not.toBeNull();

  await act('queue.start', { stageId: ticket.stageId });
  await expect(page.getByText('Sie werden bedient.')).toBeVisible();
  await act('queue.complete', { stageId: ticket.stageId, outcome: null });
  await button(page, '5, sehr gut').tap();
  await expect(page.getByText('Danke für Ihre Rückmeldung.')).toBeVisible();
  await expect.poll(async () => (await visit(ticket.visitId))['rating']).toBe(5);
});

test('[Q-15] [PH4] five more minutes: the new range first, then the promise', async ({ browser }) => {
  const ticket = await issue();
  const page = await open(browser, `/t#${ticket.linkToken}`);
  await expect(page.locator('.wait b')).toContainText('min');
  await button(page, '5 Minuten später').tap();
  const sheet = page.getByRole('dialog', { name: '5 Minuten später?' });
  await expect(sheet).toContainText(/Neue Wartezeit\s*5–\d+ min/);
  await button(page, 'Abbrechen').tap();
  await expect(sheet).toBeHidden();
  expect((await visit(ticket.visitId))['delays']).toBe(0);

  for (let n = 1; n <= 3; n++) {
    await button(page, '5 Minuten später').tap();
    await button(page, 'Ja, 5 Minuten später').tap();
    await expect(page.getByText('Wie gewünscht rufen wir Sie frühestens um')).toBeVisible();
    await expect.poll(async () => (await visit(ticket.visitId))['delays']).toBe(n);
  }
  await expect(page.getByText('Mehr Aufschub ist nicht möglich.')).toBeVisible();
  await button(page, 'Warteschlange verlassen').tap();
  await button(page, 'Bleiben').tap();
  expect((await visit(ticket.visitId))['ended_at']).toBeNull();
  await button(page, 'Warteschlange verlassen').tap();
  await button(page, 'Ja, verlassen').tap();
  await expect(page.getByText('Sie haben die Warteschlange verlassen.')).toBeVisible();
  await expect.poll(async () => (await visit(ticket.visitId))['ended_at']).not.toBeNull();
});

test('[Q-15] [KI-03] [PH8] no more messages: one press, and the number is gone', async ({ browser }) => {
  const ticket = await issue('I', '0795550077');
  const page = await open(browser, `/t#${ticket.linkToken}`);
  await expect(page.getByText('hier und per SMS auf')).toBeVisible();
  await button(page, 'Keine SMS mehr, Nummer löschen').tap();
  await expect(page.getByText('Ihre Mobilnummer ist gelöscht.')).toBeVisible();
  await expect(page.getByText('Wir rufen Sie auf der Anzeige und hier auf.')).toBeVisible();
  const kept = async (): Promise<unknown> =>
    (await sql`select phone_e164 from visit_contacts where visit_id = ${ticket.visitId}`)[0]?.['phone_e164'];
  await expect.poll(kept).toBe('');
});

test('[Q-15] [PH5] missed, cancelled and reopened: the page says what holds now', async ({ browser }) => {
  const ticket = await issue();
  const page = await open(browser, `/t#${ticket.linkToken}`);
  await call(ticket);
  await act('queue.recall', { stageId: ticket.stageId });
  await act('queue.markNoShow', { stageId: ticket.stageId });
  await expect(page.getByText('Wir haben Sie aufgerufen.')).toBeVisible();
  await act('queue.reopen', { stageId: ticket.stageId });
  await expect(button(page, '5 Minuten später')).toBeVisible();
  await act('queue.cancel', { stageId: ticket.stageId, reason: 'doppelt' });
  await expect(page.getByText('Diese Nummer ist nicht mehr gültig.')).toBeVisible();
  // Why is between the house and its staff.
  await expect(page.locator('body')).not.toContainText('doppelt');
});

test('[RT-05] [Q-15] [PH7] a page that is not current says since when, and catches up by itself', async ({
  browser,
}) => {
  const ticket = await issue();
  const page = await open(browser, `/t#${ticket.linkToken}`);
  await expect(button(page, '5 Minuten später')).toBeVisible();
  await house.kill();
  await expect(page.getByText(/^Nicht aktuell seit \d\d:\d\d$/)).toBeVisible({ timeout: 20_000 });
  await house.start();
  await expect(page.getByText(/^Nicht aktuell seit/)).toBeHidden({ timeout: 20_000 });
  await call(ticket);
  await expect(page.locator('.phone.signal')).toBeVisible();
  await finish(ticket);
});

test('[Q-15] [PH9] joining by phone: from afar, then the wall’s code confirms the arrival and nobody joins twice', async ({
  browser,
}) => {
  const page = await open(browser, `/q/${location.code}`);
  await expect(page.getByText('Aufgerufen werden Sie erst vor Ort.')).toBeVisible();
  await page.getByRole('button', { name: /Auskunft/ }).tap();
  await button(page, 'Ohne SMS anstehen').tap();
  await expect(page.getByText('Sind Sie schon da?')).toBeVisible();
  const number = await numberOn(page);
  const count = async (): Promise<number> =>
    Number((await sql<{ n: string }[]>`select count(*) as n from visits where source = 'phone'`)[0]?.n);
  expect(await count()).toBe(1);

  await page.getByLabel('Code der Anzeige').fill('000000');
  await button(page, 'Ich bin da').tap();
  await expect(page.getByText('Dieser Code stimmt nicht oder ist abgelaufen.')).toBeVisible();

  // On site she scans the wall again, in the same browser.
  await page.goto(`${house.url}/q/${location.code}#${await arrivalCode()}`);
  await expect(button(page, '5 Minuten später')).toBeVisible();
  await expect(page.getByText('Sind Sie schon da?')).toBeHidden();
  expect(await numberOn(page)).toBe(number);
  expect(await count()).toBe(1);
  await expect(page).toHaveURL(`${house.url}/kiosk/t`);

  // With the first ticket over, the next scan joins again, on site at once.
  await button(page, 'Warteschlange verlassen').tap();
  await button(page, 'Ja, verlassen').tap();
  await expect(button(page, 'Neu anstehen')).toBeVisible();
  await page.goto(`${house.url}/q/${location.code}#${await arrivalCode()}`);
  await page.getByRole('button', { name: /Auskunft/ }).tap();
  await page.getByLabel('Mobilnummer').fill('079 555 00 88');
  await button(page, 'Ja, mit SMS anstehen').tap();
  await expect(button(page, '5 Minuten später')).toBeVisible();
  const rows = await sql`
    select presence, phone_e164 from visits join visit_contacts on visit_contacts.visit_id = visits.id
    where source = 'phone' and visits.ended_at is null`;
  expect(rows).toEqual([{ presence: 'on_site', phone_e164: '+41795550088' }]);
});

test('[KI-10] [Q-16] [PH10] joining is refused with a reason: not allowed here, unknown place, too many tries', async ({
  browser,
}) => {
  const unknown = await open(browser, '/q/nowhere');
  await expect(unknown.getByText('Diesen Standort gibt es nicht.')).toBeVisible();
  await unknown.context().close();

  const admin = await signIn(house.url, 'Regula');
  const set = (over: object) => admin.command(LOCATION, 'platform.setLocation', { ...location, ...over });
  try {
    expect(await set({ joinByPhone: false })).toMatchObject({ ok: true });
    const off = await open(browser, `/q/${location.code}`);
    await expect(
      off.getByText('An diesem Standort können Sie nicht mit dem Telefon anstehen.'),
    ).toBeVisible();
    await off.context().close();
  } finally {
    await set({});
  }

  // Eight joins in ten minutes from one address; every phone of this test has the same.
  for (let n = 0; n < 9; n++) {
    const page = await open(browser, `/q/${location.code}`);
    await page.getByRole('button', { name: /Auskunft/ }).tap();
    await button(page, 'Ohne SMS anstehen').tap();
    const refused = page.getByText('Von diesem Anschluss kamen zu viele Anfragen.');
    await expect(page.locator('.ticket-number').or(refused)).toBeVisible();
    const isOver = await refused.isVisible();
    if (isOver) await expect(refused).toContainText(/in (einer Minute|\d+ Minuten) wieder/);
    await page.context().close();
    if (isOver) return;
  }
  throw new Error('the limit was never reached');
});

test('[KI-09] [PH11] the page speaks the ticket’s language first, and any of the four after a press', async ({
  browser,
}) => {
  const ticket = await issue();
  const page = await open(browser, `/t#${ticket.linkToken}`, 'fr-CH');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de-CH');
  await button(page, 'FR Français').tap();
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr-CH');
  await expect(button(page, '5 minutes plus tard')).toBeVisible();
  const join = await open(browser, `/q/${location.code}`, 'it-CH');
  await expect(join.getByText('Che cosa desidera?')).toBeVisible();
});
