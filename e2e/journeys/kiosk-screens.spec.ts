/// <reference lib="dom" />
// Every screen of the kiosk in every state, from the playground: both panels, four languages, four aids.
import { expect, test, type Browser, type Page } from '@playwright/test';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { geometryProblems, seriousViolations } from '../support/accessibility.ts';
import { openHouse, type House } from '../support/app.ts';
import { lookThrough, namesOf, openPlayground, type Playground } from '../support/playground.ts';

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

async function playground(browser: Browser, size: keyof typeof SIZES): Promise<Playground> {
  const context = await browser.newContext({ viewport: SIZES[size], reducedMotion: 'reduce' });
  return openPlayground(await context.newPage(), `${house.url}/kiosk/playground`);
}
async function stateNames(browser: Browser): Promise<string[]> {
  const list = await playground(browser, 'portrait');
  const names = await namesOf(list, 'kiosk');
  expect(names.length).toBeGreaterThan(20);
  await list.close();
  return names;
}

/** How much of what can be scrolled is still below. */
function unseenPx(page: Page): Promise<number> {
  return page.locator('.box').evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop);
}

for (const language of LANGUAGES) {
  test(`[KI-09] axe finds nothing serious on any screen: ${language}`, async ({ browser }) => {
    test.setTimeout(ALL_STATES_MS_MAX);
    const aids = [
      'choice-6&contrast',
      'ticket&contrast',
      'contact&large',
      'choice-4&idle',
      'choice-own&away',
      'choice-none&away',
    ];
    const found = await lookThrough({
      open: () => playground(browser, 'portrait'),
      searches: [...(await stateNames(browser)), ...aids].map((state) => `?kiosk=${state}&lang=${language}`),
      async look(page) {
        const lang = await page.locator('html').getAttribute('lang');
        const spoken = lang?.startsWith(`${language}-`) === true ? [] : [`is in ${lang}`];
        return [...spoken, ...(await seriousViolations(page))];
      },
    });
    expect(found).toEqual([]);
  });
}

for (const size of ['portrait', 'landscape'] as const) {
  test(`[KI-09] [KS15] nothing is cut off or too small to touch: ${size}`, async ({ browser }) => {
    test.setTimeout(ALL_STATES_MS_MAX);
    const names = await stateNames(browser);
    const special = names.filter((one) => /-6|-wrong|ticket/.test(one));
    const found = await lookThrough({
      open: () => playground(browser, size),
      searches: [
        ...names.map((name) => `?kiosk=${name}&lang=fr`),
        ...special.flatMap((name) =>
          LANGUAGES.map((language) => `?kiosk=${name}&lang=${language}&notice=voice`),
        ),
        ...['large', 'low', 'contrast'].flatMap((aid) =>
          ['choice-6', 'contact', 'ticket', 'refused'].map((name) => `?kiosk=${name}&lang=it&${aid}`),
        ),
      ],
      look: (page) => geometryProblems(page, { targetPx: TARGET_PX }),
    });
    expect(found).toEqual([]);
  });

  test(`[KI-09] [KS15] larger text is twice as large, and all of it can be reached: ${size}`, async ({
    browser,
  }) => {
    const { page, show, close } = await playground(browser, size);
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
      await show(`?kiosk=${name}`);
      const plain = await sizes();
      await show(`?kiosk=${name}&large`);
      const large = await sizes();
      for (const [text, px] of Object.entries(plain))
        expect(large[text], `${name}: ${text}`).toBeGreaterThanOrEqual(px * 2);
      // Two buttons move what is longer than the screen: nobody has to drag. A press moves it smoothly, in a while.
      const down = page.getByRole('button', { name: 'Weiter nach unten' });
      await expect(async () => {
        if ((await down.isVisible()) && (await down.isEnabled())) await down.click();
        expect(await unseenPx(page), name).toBeLessThanOrEqual(1);
      }).toPass({ timeout: ALL_SEEN_MS_MAX, intervals: [100] });
    }
    await close();
  });
}

test('[KI-09] [KS15] with "lower", everything to touch is in the lower half of a tall panel', async ({
  browser,
}) => {
  const { page, show, close } = await playground(browser, 'portrait');
  for (const name of ['choice-6', 'choice-4', 'contact', 'ticket', 'refused']) {
    await show(`?kiosk=${name}&low&lang=it`);
    const tops = await page.evaluate(() =>
      [...document.querySelectorAll('button')]
        .filter((element) => !element.matches('.prefix'))
        .map((element) => element.getBoundingClientRect().top),
    );
    expect(Math.min(...tops), name).toBeGreaterThan(SIZES.portrait.height * 0.37);
  }
  await close();
});
