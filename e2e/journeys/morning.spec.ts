// The main job, end to end: a morning of sixty customers, with the server killed in the middle of it.
import { expect, test, type Browser, type Page } from '@playwright/test';
import postgres from 'postgres';
import { v7 as uuid } from 'uuid';
import { counters, people, services } from '@schalter/drizzle/seed/station.ts';
import { demoReservations } from '@schalter/drizzle/seed/reservations.ts';
import { businessDay } from '@schalter/shared/kernel/time.ts';
import { signIn } from '../support/api.ts';
import { openHouse, type House } from '../support/app.ts';
import { startTwilioEmulator, type TwilioEmulator } from '../support/twilio-emulator.ts';

const CUSTOMERS = 60;
/** After so many numbers the server is killed. */
const KILL_AFTER = 25;
/** Every third wants a message. */
const OPT_IN_EVERY = 3;
/** A wall shows each call this long here; a real one eight seconds. */
const TAKEOVER_MS = 500;
/** How often a clerk looks up to see what comes next. */
const LOOK_MS = 100;
/** The whole morning on a busy machine of two cores, seven browser windows on it. */
const MORNING_MS_MAX = 600_000;
/** What was being sent when the server died is looked for a while later, and its customer waits for that. */
const SERVED_MS_MAX = 180_000;

const LETTERS = ['M', 'R', 'B', 'I'] as const;
const nameOf = (letter: string): string =>
  services.find((s) => s.service.letter === letter)?.service.name.de ?? letter;
const phoneOf = (n: number): string => `79555${String(1000 + n)}`;

let house: House;
let twilio: TwilioEmulator;
test.beforeAll(async () => {
  twilio = await startTwilioEmulator();
  house = await openHouse({
    environment: {
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: twilio.authToken,
      TWILIO_FROM: '+41445551234',
      TWILIO_BASE_URL: twilio.url,
    },
  });
});
test.afterAll(async () => {
  await house.close();
  await twilio.close();
});

async function open(browser: Browser, path: string, size: { width: number; height: number }): Promise<Page> {
  // Seven windows are drawn by two cores: what moves for beauty alone is left out.
  const context = await browser.newContext({ viewport: size, locale: 'de-CH', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`${house.url}${path}`);
  return page;
}

/** The screens that are touched, as their people touch them. */
async function takeNumber(kiosk: Page, n: number): Promise<string> {
  const letter = LETTERS[n % LETTERS.length] ?? 'M';
  await kiosk.getByRole('button', { name: new RegExp(nameOf(letter)) }).click();
  if (letter === 'B') {
    const day = businessDay(new Date().toISOString(), 'Europe/Zurich', '04:00');
    const booking = demoReservations(day)[Math.floor(n / LETTERS.length)]?.input;
    await kiosk.getByLabel('Reservierungsnummer').fill(booking?.reference ?? '');
    await kiosk.getByLabel('Nachname').fill(booking?.lastName ?? '');
    await kiosk.getByRole('button', { name: 'Weiter', exact: true }).click();
  }
  if (n % OPT_IN_EVERY === 0) {
    await kiosk.getByLabel('Mobilnummer').fill(phoneOf(n));
    await kiosk.getByRole('button', { name: 'Ja, SMS senden' }).click();
  } else await kiosk.getByRole('button', { name: 'Nein, danke' }).click();
  const done = kiosk.getByRole('button', { name: 'Fertig' });
  // While the server is away the kiosk goes on asking; the number comes when it is back.
  await done.waitFor({ timeout: 60_000 });
  const number = (await kiosk.locator('.ticket-number').first().innerText()).replace(/\s/g, '');
  await done.click();
  return number;
}

async function atCounter(browser: Browser, firstName: string, counterName: string): Promise<Page> {
  const person = people.find((p) => p.name.startsWith(firstName));
  const staff = await open(browser, '/staff/', { width: 1280, height: 800 });
  await staff.getByLabel('E-Mail').fill(person?.email ?? '');
  await staff.getByLabel('Passwort').fill(person?.password ?? '');
  await staff.getByRole('button', { name: 'Anmelden' }).click();
  await staff.getByRole('button', { name: new RegExp(`^${counterName}\\b`) }).click();
  // Marco's screen is Italian: what every language has is the counter's own page.
  await staff.locator('.counter').waitFor();
  return staff;
}

/**
 * A clerk with the keyboard alone. The next key is what the rows say comes next: call, and the customer walks up
 * (once the message, where one is wanted, is out: who is there before it goes out gets none); start; complete.
 */
async function serve(staff: Page, counterId: string, until: () => boolean): Promise<void> {
  const sql = postgres(house.databaseUrl, { max: 1 });
  const nextKey = async (): Promise<string | null> => {
    const [at] = await sql<{ status: string; informed: boolean }[]>`
      select s.status, not v.sms_opt_in or exists (
        select from messages m where m.stage_id = s.id and m.template = 'called' and m.status not in ('queued', 'sending')
      ) as informed
      from stages s join visits v on v.id = s.visit_id
      where s.counter_id = ${counterId} and s.status in ('called', 'serving')`;
    if (at === undefined) return 'n';
    if (at.status === 'serving') return 'c';
    return at.informed ? 's' : null;
  };
  while (!until()) {
    const key = await nextKey();
    if (key !== null) await staff.keyboard.press(key);
    await staff.waitForTimeout(LOOK_MS);
  }
  await sql.end();
}

async function setTakeover(): Promise<void> {
  const manager = await signIn(house.url, 'Daniel');
  const profile = (await manager.request('GET', '/api/v1/auth/profile')).body as {
    locations: { id: string }[];
  };
  const sql = postgres(house.databaseUrl, { max: 1 });
  const devices = await sql<
    { id: string; name: string; settings: object }[]
  >`select id, name, settings from devices where kind = 'display'`;
  await sql.end();
  for (const { id, name, settings } of devices) {
    const answer = await manager.command(profile.locations[0]?.id ?? '', 'platform.setDevice', {
      deviceId: id,
      name,
      settings: { ...settings, takeoverMs: TAKEOVER_MS },
    });
    expect(answer.ok).toBe(true);
  }
}

test('[TE-02] [RT-05] [RT-08] [DI-02] [Q-02] [Q-05] [Q-07] a morning of sixty customers, the server killed in the middle', async ({
  browser,
}) => {
  test.setTimeout(MORNING_MS_MAX);
  // Every counter serves everything today, so that no service waits for one counter alone.
  const admin = await signIn(house.url, 'Regula');
  const location =
    ((await admin.request('GET', '/api/v1/auth/profile')).body as { locations: { id: string }[] })
      .locations[0]?.id ?? '';
  for (const { counterId, counter } of counters) {
    const serviceIds = services.map((s) => s.serviceId);
    expect(
      await admin.command(
        location,
        'directory.setCounter',
        { counterId, counter: { ...counter, serviceIds } },
        uuid(),
      ),
    ).toMatchObject({ ok: true });
  }
  const walls = await Promise.all(
    [1, 2].map((slot) => open(browser, `/display/?demo=1&slot=${slot}`, { width: 1920, height: 1080 })),
  );
  for (const wall of walls) await wall.locator('body').click();
  const kiosk = await open(browser, '/kiosk/?demo=1&slot=1', { width: 1080, height: 1920 });
  await kiosk.getByRole('button', { name: new RegExp(nameOf('M')) }).waitFor();
  await setTakeover();
  const staff = [
    await atCounter(browser, 'Lea', '1'),
    await atCounter(browser, 'Marco', '2'),
    await atCounter(browser, 'Nadia', '3'),
  ];

  const numbers: string[] = [];
  let over = false;
  const clerks = staff.map((page, n) => serve(page, counters[n]?.counterId ?? '', () => over));
  let phone: Page | null = null;
  for (let n = 0; n < CUSTOMERS; n++) {
    numbers.push(await takeNumber(kiosk, n));
    if (n === 5) phone = await followOnPhone(browser, numbers.at(-1) ?? '');
    if (n === KILL_AFTER) {
      await house.kill();
      // While it is away nothing pretends: the wall says since when it knows nothing new.
      await expect(walls[0]?.getByText(/Nicht aktuell seit/i) ?? kiosk.locator('nothing')).toBeVisible({
        timeout: 20_000,
      });
      await house.start();
    }
  }
  const sql = postgres(house.databaseUrl, { max: 2 });
  const count = async (query: postgres.PendingQuery<postgres.Row[]>): Promise<number> =>
    Number((await query)[0]?.['n']);
  await expect
    .poll(
      () =>
        count(sql`select count(*) as n from stages where status in ('waiting', 'called', 'serving', 'held')`),
      { timeout: SERVED_MS_MAX },
    )
    .toBe(0)
    .finally(() => (over = true));
  await Promise.all(clerks);

  // No number is missing or double.
  expect(new Set(numbers).size).toBe(CUSTOMERS);
  const series = await sql<{ series: string; numbers: number[] }[]>`
    select series, array_agg(number order by number) as numbers from visits group by series order by series`;
  expect(series.flatMap((s) => s.numbers).length).toBe(CUSTOMERS);
  for (const { numbers: given } of series) expect(given).toEqual(given.map((_, i) => i + 1));

  // Every call was shown once on both walls, in the same order.
  const calls = (await sql<{ order: number }[]>`select "order" from calls order by "order"`).map(
    (c) => c.order,
  );
  expect(calls).toEqual(calls.map((_, i) => i + 1));
  const shown = () => sql<{ device_id: string; orders: number[] }[]>`
    select device_id, array_agg("order" order by shown_at, "order") as orders from call_receipts group by device_id`;
  await expect
    .poll(async () => (await shown()).map((d) => d.orders.length), { timeout: 60_000 })
    .toEqual([calls.length, calls.length]);
  for (const { orders } of await shown()) expect(orders).toEqual(calls);

  // Every customer who wanted it has exactly one "you are called" message.
  const wanted = Array.from({ length: CUSTOMERS }, (_, n) => n)
    .filter((n) => n % OPT_IN_EVERY === 0)
    .map((n) => `+41${phoneOf(n)}`);
  const called = await sql<
    { to_e164: string; body: string; status: string }[]
  >`select to_e164, body, status from messages where template = 'called'`;
  expect(called.map((m) => m.to_e164).sort()).toEqual([...wanted].sort());
  await sql.end();
  for (const to of wanted) {
    const bodies = called.filter((m) => m.to_e164 === to).map((m) => m.body);
    await expect.poll(() => twilio.sent.filter((m) => m.to === to && bodies.includes(m.body)).length).toBe(1);
  }
  // The phone followed its number to the end.
  await expect(phone?.locator('body') ?? kiosk.locator('nothing')).toContainText(/Danke|Wie war/i, {
    timeout: 20_000,
  });
});

/** The link is on the ticket and nowhere in a log; here it is read from the database as the customer's camera reads it. */
async function followOnPhone(browser: Browser, number: string): Promise<Page> {
  const sql = postgres(house.databaseUrl, { max: 1 });
  const rows = await sql<{ link_token: string }[]>`
    select link_token from visits where series = ${number.slice(0, 1)} and number = ${Number(number.slice(1))}`;
  await sql.end();
  const page = await open(browser, `/t#${rows[0]?.link_token ?? ''}`, { width: 390, height: 844 });
  await expect(page.locator('body')).toContainText(number.slice(1));
  return page;
}
