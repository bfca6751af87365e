/// <reference lib="dom" />
// Every screen of the kiosk in every state, from the playground: both panels, four languages, four aids.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { geometryProblems, seriousViolations } from '../support/accessibility.ts';
import { openHouse, type House } from '../support/app.ts';

const SIZES = { portrait: { width: 1080, height: 1920 }, landscape: { width: 1280, height: 800 } };
/** Fingers of all ages; 15 mm on a 21" panel. */
const TARGET_PX = 88;
/** 120 pages and more in one test, on a busy machine. */
const ALL_STATES_MS_MAX = 240_000;
/** A dozen presses to the end of the longest screen. */
const ALL_SEEN_MS_MAX = 20_000;

let house: House;
test.beforeAll(async () => (house = await openHouse()));
test.afterAll(async () => house.close());

async function playground(browser: Browser, size: keyof typeof SIZES): Promise<Page> {
  const context = await browser.newContext({ viewport: SIZES[size], reducedMotion: 'reduce' });
  return context.newPage();
}
async function stateNames(page: Page): Promise<string[]> {
  await page.goto(`${house.url}/kiosk/playground`);
  const links = page.locator('a[href^="?kiosk="]');
  await expect(links.first()).toBeVisible();
  const names = await links.allTextContents();
  expect(names.length).toBeGreaterThan(20);
  return names;
}
async function show(page: Page, query: string): Promise<void> {
  await page.goto(`${house.url}/kiosk/playground?kiosk=${query}`);
  await expect(page.locator('main h1')).toBeVisible();
  // What is measured is measured in the typeface it is read in, once the layout has come to rest.
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (let frame = 0; frame < 2; frame++) await new Promise((drawn) => requestAnimationFrame(drawn));
  });
}

/** How much of what can be scrolled is still below. */
function unseenPx(page: Page): Promise<number> {
  return page.locator('.box').evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop);
}

for (const language of LANGUAGES) {
  test(`[KI-09] axe finds nothing serious on any screen: ${language}`, async ({ browser }) => {
    test.setTimeout(ALL_STATES_MS_MAX);
    const page = await playground(browser, 'portrait');
    const found: string[] = [];
    for (const name of await stateNames(page)) {
      await show(page, `${name}&lang=${language}`);
      found.push(...(await seriousViolations(page)).map((problem) => `${name}: ${problem}`));
    }
    for (const query of [
      'choice-6&contrast',
      'ticket&contrast',
      'contact&large',
      'choice-4&idle',
      'choice-4&away',
    ]) {
      await show(page, `${query}&lang=${language}`);
      found.push(...(await seriousViolations(page)).map((problem) => `${query}: ${problem}`));
    }
    expect(found).toEqual([]);
    expect(await page.locator('html').getAttribute('lang')).toMatch(new RegExp(`^${language}-`));
    await page.context().close();
  });
}

for (const size of ['portrait', 'landscape'] as const) {
  test(`[KI-09] [KS15] nothing is cut off or too small to touch: ${size}`, async ({ browser }) => {
    test.setTimeout(ALL_STATES_MS_MAX);
    const page = await playground(browser, size);
    const found: string[] = [];
    const look = async (query: string): Promise<void> => {
      await show(page, query);
      const problems = await geometryProblems(page, { targetPx: TARGET_PX });
      found.push(...problems.map((problem) => `${query}: ${problem}`));
    };
    const names = await stateNames(page);
    for (const name of names) await look(`${name}&lang=fr`);
    for (const name of names.filter((one) => /-6|-wrong|ticket/.test(one))) {
      for (const language of LANGUAGES) await look(`${name}&lang=${language}&notice=voice`);
    }
    for (const aid of ['large', 'low', 'contrast']) {
      for (const name of ['choice-6', 'contact', 'ticket', 'refused']) await look(`${name}&lang=it&${aid}`);
    }
    expect(found).toEqual([]);
    await page.context().close();
  });

  test(`[KI-09] [KS15] larger text is twice as large, and all of it can be reached: ${size}`, async ({
    browser,
  }) => {
    const page = await playground(browser, size);
    const sizes = (): Promise<Record<string, number>> =>
      page.evaluate(() => {
        const found: Record<string, number> = {};
        for (const element of document.querySelectorAll(
          'main :is(p, .what, .what b, .hint, .when, label span, .k-button)',
        )) {
          const text = element.textContent?.trim() ?? '';
          if (text !== '') found[text] = Number.parseFloat(getComputedStyle(element).fontSize);
        }
        return found;
      });
    for (const name of ['choice-4', 'contact', 'reservation', 'ticket', 'refused']) {
      await show(page, name);
      const plain = await sizes();
      await show(page, `${name}&large`);
      const large = await sizes();
      for (const [text, px] of Object.entries(plain))
        expect(large[text], `${name}: ${text}`).toBeGreaterThanOrEqual(px * 2);
      // Two buttons move what is longer than the screen: nobody has to drag. They come with the measuring of it.
      const down = page.getByRole('button', { name: 'Weiter nach unten' });
      await expect(async () => {
        if ((await down.isVisible()) && (await down.isEnabled())) await down.click();
        expect(await unseenPx(page), name).toBeLessThanOrEqual(1);
      }).toPass({ timeout: ALL_SEEN_MS_MAX, intervals: [100] });
    }
    await page.context().close();
  });
}

test('[KI-09] [KS15] with "lower", everything to touch is in the lower half of a tall panel', async ({
  browser,
}) => {
  const page = await playground(browser, 'portrait');
  for (const name of ['choice-6', 'choice-4', 'contact', 'ticket', 'refused']) {
    await show(page, `${name}&low&lang=it`);
    const tops = await page.evaluate(() =>
      [...document.querySelectorAll('button')]
        .filter((element) => !element.matches('.prefix'))
        .map((element) => element.getBoundingClientRect().top),
    );
    expect(Math.min(...tops), name).toBeGreaterThan(SIZES.portrait.height * 0.37);
  }
  await page.context().close();
});
