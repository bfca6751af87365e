// Every page of the customer's phone in every state, from the playground: four languages, light and dark, small and large.
import { expect, test, type Browser } from '@playwright/test';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { geometryProblems, seriousViolations } from '../support/accessibility.ts';
import { openHouse, type House } from '../support/app.ts';
import { lookThrough, namesOf, openPlayground, type Playground } from '../support/playground.ts';

const PHONE = { width: 390, height: 844 };
const ALL_STATES_MS_MAX = 240_000;

let house: House;
test.beforeAll(async () => (house = await openHouse()));
test.afterAll(async () => house.close());

interface Looks {
  readonly viewport?: { width: number; height: number };
  readonly colorScheme?: 'light' | 'dark';
}
async function playground(
  browser: Browser,
  { viewport = PHONE, colorScheme = 'light' }: Looks = {},
): Promise<Playground> {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  return openPlayground(await context.newPage(), `${house.url}/kiosk/playground`);
}
async function stateNames(browser: Browser): Promise<string[]> {
  const list = await playground(browser);
  const names = await namesOf(list, 'phone');
  expect(names.length).toBeGreaterThan(15);
  await list.close();
  return names;
}

// The colours are the same in every language: dark once.
for (const [language, colorScheme] of [
  ...LANGUAGES.map((language) => [language, 'light'] as const),
  ['de', 'dark'] as const,
]) {
  test(`[KI-09] [Q-15] [PH11] axe finds nothing serious on any page of the phone: ${language}, ${colorScheme}`, async ({
    browser,
  }) => {
    test.setTimeout(ALL_STATES_MS_MAX);
    const found = await lookThrough({
      open: () => playground(browser, { colorScheme }),
      searches: (await stateNames(browser)).map((name) => `?phone=${name}&lang=${language}`),
      look: seriousViolations,
    });
    expect(found).toEqual([]);
  });
}

test('[Q-15] [PH11] nothing is cut off or sideways on a small phone, nor at twice the text', async ({
  browser,
}) => {
  test.setTimeout(ALL_STATES_MS_MAX);
  const names = await stateNames(browser);
  // 195 CSS pixels: a phone of 390 at 200 % zoom.
  for (const viewport of [
    { width: 320, height: 568 },
    { width: 195, height: 422 },
  ]) {
    const found = await lookThrough({
      open: () => playground(browser, { viewport }),
      searches: names.flatMap((name) => ['fr', 'it'].map((language) => `?phone=${name}&lang=${language}`)),
      look: (page) => geometryProblems(page, { targetPx: 44 }),
    });
    expect(found, `${viewport.width} pixels wide`).toEqual([]);
  }
});
