/// <reference lib="dom" />
// Every state of every screen of the staff app, from its playground: axe, four languages, two sizes, light and dark.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { seriousViolations } from '../support/accessibility.ts';
import { openHouse, type House } from '../support/app.ts';
import { atRest } from '../support/playground.ts';

const TABLET = { device: 'tablet', viewport: { width: 1280, height: 800 } } as const;
const PHONE = { device: 'phone', viewport: { width: 390, height: 844 } } as const;
/**
 * Every language, both sizes, light and dark; French and German are the longest. Two at a time: a page of its own
 * has a process of its own, and half the time of a look is spent in one of them.
 */
const LOOKS = [
  [
    { language: 'de', theme: 'light', ...TABLET },
    { language: 'de', theme: 'dark', ...PHONE },
  ],
  [
    { language: 'fr', theme: 'dark', ...TABLET },
    { language: 'fr', theme: 'light', ...PHONE },
  ],
  [
    { language: 'it', theme: 'light', ...TABLET },
    { language: 'en', theme: 'dark', ...TABLET },
  ],
] as const;
type Look = (typeof LOOKS)[number][number];
/** Sixty states, each looked through by axe, on a machine that does other things too. */
const SCREENS_MS_MAX = 360_000;

const STATES = [
  ...readFileSync(join(import.meta.dirname, '../../staff-pwa/src/lib/playground/states.ts'), 'utf8').matchAll(
    /^ {2}'?([a-z-]+)'?: (?:\{|dialogState)/gm,
  ),
].map(([, name = '']) => name);

let house: House;
test.beforeAll(async () => {
  house = await openHouse();
});
test.afterAll(async () => house.close());

/** Within the app, as its own links lead: nothing is loaded anew but the state. */
async function show(page: Page, state: string): Promise<void> {
  await page.evaluate((name) => {
    const link = document.createElement('a');
    link.href = `?state=${name}`;
    document.body.append(link);
    link.click();
    link.remove();
  }, state);
  await page.locator(`[data-ready="${state}"]`).waitFor();
  // The dialogs of a state are loaded after its first picture.
  if (
    state.startsWith('dialog-') ||
    state.endsWith('take-over') ||
    state === 'setup-service' ||
    state === 'setup-audit-entry'
  ) {
    await page.getByRole('dialog').waitFor();
  }
  await atRest(page);
}

test('the list of states is the playground’s', async ({ page }) => {
  await page.goto(`${house.url}/staff/playground`);
  await expect(page.locator('main li')).toHaveText(STATES);
});

const nameOf = ({ language, theme, device }: Look): string => `${language} ${theme} ${device}`;

async function lookThrough(browser: Browser, look: Look): Promise<string[]> {
  const context = await browser.newContext({
    viewport: look.viewport,
    serviceWorkers: 'block',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (fault) => problems.push(`${nameOf(look)}: thrown: ${fault.stack}`));
  await page.goto(`${house.url}/staff/playground?lang=${look.language}&theme=${look.theme}`);
  await page.getByRole('heading').waitFor();
  for (const state of STATES) {
    await show(page, state);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    const found = await seriousViolations(page);
    if (sideways) found.push('scrolls sideways');
    problems.push(...found.map((what) => `${nameOf(look)}, ${state}: ${what}`));
  }
  await context.close();
  return problems;
}

for (const looks of LOOKS) {
  test(`[ST-10] [TN-02] no serious finding of axe, nothing sideways: ${looks.map(nameOf).join(', ')}`, async ({
    browser,
  }) => {
    test.setTimeout(SCREENS_MS_MAX);
    const problems = await Promise.all(looks.map((look) => lookThrough(browser, look)));
    expect(problems.flat()).toEqual([]);
  });
}
