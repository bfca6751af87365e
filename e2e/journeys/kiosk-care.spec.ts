/// <reference lib="dom" />
// A kiosk that stands alone in a hall: for whoever needs more than a finger, for whoever walks away, and against misuse.
import { expect, test, type Page } from '@playwright/test';
import { DEMO_LOCATION_ID as LOCATION } from '@schalter/drizzle/seed/station.ts';
import { signIn } from '../support/api.ts';
import { contextsForAll } from '../support/contexts.ts';
import { button, kiosksForAll, numberOn, PORTRAIT, tile } from '../support/kiosk.ts';
import { storedBy } from '../support/stored.ts';

const PHONE = '0795551234';

const kiosks = kiosksForAll();
const newContext = contextsForAll();

test('[KI-08] [KS13] [KS14] whoever walks away leaves nothing behind', async ({ browser }) => {
  const page = await kiosks.open(browser, { slot: 2 });
  await page.clock.install();
  const historyBefore = await page.evaluate(() => history.length);
  await button(page, 'English').tap();
  await tile(page, 'B').tap();
  await page.getByLabel('Booking number').fill('ZRH-CANARY');
  await page.getByLabel('Last name').fill('Canarywharf');
  await button(page, 'Continue').tap();
  for (const digit of PHONE) await button(page, digit).tap();

  await page.clock.fastForward(46_000);
  const question = page.getByRole('alertdialog', { name: 'Are you still there?' });
  await expect(question).toBeVisible();
  // One touch, anywhere.
  await page.touchscreen.tap(20, 20);
  await expect(question).toBeHidden();
  await expect(page.getByLabel('Mobile number')).toHaveValue('79 555 12 34');

  await page.clock.fastForward(46_000);
  await expect(question).toBeVisible();
  await page.clock.fastForward(16_000);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/Guten Tag|Zurzeit/);
  const left = (await storedBy(page)) + (await page.content());
  for (const trace of ['CANARY', 'Canary', '5551234', '555 12 34', 'English</b>'])
    expect(left).not.toContain(trace);
  expect(await page.evaluate(() => [...document.querySelectorAll('input')].length)).toBe(0);
  expect(await page.evaluate(() => history.length)).toBe(historyBefore);
  await page.goBack();
  expect(await page.locator('body').innerText()).not.toContain('CANARY');
});

test('[KI-08] [KS13] who needs time gets more of it', async ({ browser }) => {
  const page = await kiosks.open(browser, { slot: 2 });
  await page.clock.install();
  await button(page, 'Mehr Kontrast').tap();
  await page.clock.fastForward(60_000);
  await expect(page.getByRole('alertdialog')).toBeHidden();
  await page.clock.fastForward(31_000);
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'contrast');
  await page.clock.fastForward(31_000);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
});

test('[KI-09] [KS16] by keyboard alone, in every language, to a number', async ({ browser }) => {
  const page = await kiosks.open(browser);
  for (const [language, done] of [
    ['Français', 'Terminé'],
    ['Italiano', 'Fine'],
    ['English', 'Done'],
    ['Deutsch', 'Fertig'],
  ] as const) {
    await expect(tile(page, 'I')).toBeVisible();
    await button(page, language).focus();
    await page.keyboard.press('Enter');
    await expect(button(page, language)).toHaveAttribute('aria-current', 'true');
    // Down from the languages is the first tile; then one by one.
    await page.keyboard.press('ArrowDown');
    for (let n = 0; n < 6 && !(await focusIs(page, '[data-service="I"]')); n++) {
      await page.keyboard.press('ArrowDown');
    }
    expect(await focusIs(page, '[data-service="I"]')).toBe(true);
    await page.keyboard.press('Enter');
    await expect(page.locator('.keypad')).toBeVisible();
    // Escape goes one step back, and on again.
    await page.keyboard.press('Escape');
    await expect(tile(page, 'I')).toBeVisible();
    await tile(page, 'I').focus();
    await page.keyboard.press('Enter');
    const no = page.locator('.ends button').nth(1);
    await expect(no).toBeVisible();
    for (let n = 0; n < 40 && !(await no.evaluate((node) => node === document.activeElement)); n++) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await expect(button(page, done)).toBeVisible();
    await button(page, done).focus();
    await page.keyboard.press('Enter');
  }
});
const focusIs = (page: Page, selector: string): Promise<boolean> =>
  page.evaluate((wanted) => document.activeElement?.matches(wanted) === true, selector);

test('[KI-09] [KS20] help: staff are called, and the kiosk says when somebody comes', async ({ browser }) => {
  const page = await kiosks.open(browser);
  await button(page, 'Hilfe rufen').tap();
  await expect(page.getByText('Hilfe ist gerufen. Bitte warten Sie hier.')).toBeVisible();
  const open = () => kiosks.sql<{ id: string }[]>`select id from help_requests where resolved_at is null`;
  await expect.poll(async () => (await open()).length).toBe(1);
  const rows = await open();
  const clerk = await signIn(kiosks.house.url, 'Lea');
  const answer = await clerk.command(LOCATION, 'queue.resolveHelp', { helpRequestId: rows[0]?.id });
  expect(answer).toMatchObject({ ok: true });
  await expect(page.getByText('Es kommt jemand zu Ihnen.')).toBeVisible();
});

test('[KI-09] [KS17] a device without a voice says so instead of being silent', async ({ browser }) => {
  const page = await kiosks.open(browser, {
    before: (context) =>
      context.addInitScript(() => {
        SpeechSynthesis.prototype.getVoices = () => [];
      }),
  });
  await button(page, 'Vorlesen').tap();
  await expect(page.getByText('Dieses Gerät hat keine deutsche Stimme.')).toBeVisible();
});

test('[KI-09] [KS17] with a voice it reads the screen, and never a typed number', async ({ browser }) => {
  const page = await kiosks.open(browser, {
    before: (context) =>
      context.addInitScript(() => {
        const said: string[] = [];
        const voice = { lang: 'de-CH', localService: true, name: 'x' } as SpeechSynthesisVoice;
        Object.defineProperty(globalThis, 'speechSynthesis', {
          value: {
            getVoices: () => [voice],
            cancel: () => undefined,
            speak: (utterance: SpeechSynthesisUtterance) => {
              said.push(utterance.text);
              setTimeout(() => void utterance.onend?.(new Event('end') as SpeechSynthesisEvent), 5);
            },
          },
        });
        Object.defineProperty(globalThis, 'SpeechSynthesisUtterance', {
          value: class {
            text: string;
            constructor(text: string) {
              this.text = text;
            }
          },
        });
        Object.assign(globalThis, { said });
      }),
  });
  const said = (): Promise<string> =>
    page.evaluate(() => (globalThis as unknown as { said: string[] }).said.join(' '));
  await button(page, 'Vorlesen').tap();
  await expect.poll(said).toContain('Was möchten Sie?');
  await expect.poll(said).toContain('Fahrzeug mieten');
  await tile(page, 'M').tap();
  await expect.poll(said).toContain('Nein, danke');
  for (const digit of PHONE) await button(page, digit).tap();
  await button(page, 'Nein, danke').tap();
  await expect(button(page, 'Fertig')).toBeVisible();
  const digits = (await numberOn(page)).slice(1);
  await expect.poll(said).toContain(digits);
  expect(await said()).not.toMatch(/555|1234/);
});

test('[KI-09] [KS18] it can’t be left: no links, no menu, no selection, no keys that lead out', async ({
  browser,
}) => {
  const page = await kiosks.open(browser);
  await expect(page.locator('a[href]')).toHaveCount(0);
  const swallowed = await page.evaluate(() => {
    const prevented = (event: Event): boolean => !document.querySelector('main')?.dispatchEvent(event);
    const key = (init: KeyboardEventInit): boolean =>
      prevented(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
    const other = ['contextmenu', 'selectstart', 'dragstart', 'drop'].map((type) =>
      prevented(new Event(type, { bubbles: true, cancelable: true })),
    );
    return [
      ...other,
      key({ key: 'F5' }),
      key({ key: 'F12' }),
      key({ key: 'l', ctrlKey: true }),
      key({ key: 'w', ctrlKey: true }),
      key({ key: 'ArrowLeft', altKey: true }),
      prevented(new WheelEvent('wheel', { ctrlKey: true, bubbles: true, cancelable: true })),
    ];
  });
  expect(swallowed.every(Boolean)).toBe(true);
  const styles = await page.evaluate(() => {
    const { userSelect, overflow } = getComputedStyle(document.documentElement);
    return { userSelect, overflow };
  });
  expect(styles).toEqual({ userSelect: 'none', overflow: 'hidden' });
});

test('[KM8] the set-up that nobody touches goes back to the kiosk', async ({ browser }) => {
  const page = await kiosks.open(browser);
  await page.clock.install();
  await page.goto(`${kiosks.house.url}/kiosk/setup?demo=1&slot=1`);
  await expect(button(page, 'Zum Kiosk')).toBeVisible();
  await page.clock.fastForward(100_000);
  await page.locator('h1').tap();
  await page.clock.fastForward(100_000);
  await expect(button(page, 'Zum Kiosk')).toBeVisible();
  await page.clock.fastForward(30_000);
  await expect(tile(page, 'M')).toBeEnabled();
});

test('[RT-06] a new kiosk shows a code, is paired with it, and asks again once it is removed', async ({
  browser,
}) => {
  const context = await newContext(browser, { viewport: PORTRAIT, locale: 'de-CH' });
  const page = await context.newPage();
  await page.goto(`${kiosks.house.url}/kiosk/`);
  await expect(page.locator('.code b')).toHaveText(/\w/);
  const code = await page.locator('.code b').innerText();
  const manager = await signIn(kiosks.house.url, 'Daniel');
  const claimed = (await manager.request('POST', '/api/v1/pairings/claim', { code })).body as {
    pairingId: string;
  };
  const approved = await manager.request('POST', `/api/v1/pairings/${claimed.pairingId}/approve`, {
    locationId: LOCATION,
    name: 'Eingang',
  });
  const { deviceId } = approved.body as { deviceId: string };
  await expect(tile(page, 'M')).toBeEnabled();
  const answer = await manager.command(LOCATION, 'platform.revokeDevice', { deviceId });
  expect(answer).toMatchObject({ ok: true });
  await expect(page.getByText('Dieses Gerät einrichten')).toBeVisible({ timeout: 6_000 });
});
