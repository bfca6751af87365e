// Every state of the wall, from the playground.
import { expect, test, type Browser } from '@playwright/test';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { seriousViolations } from '../support/accessibility.ts';
import { openHouse, type House } from '../support/app.ts';
import { lookThrough, namesOf, openPlayground, type Playground } from '../support/playground.ts';

const WALL = { width: 1920, height: 1080 };

let house: House;
test.beforeAll(async () => (house = await openHouse()));
test.afterAll(async () => house.close());

async function playground(browser: Browser): Promise<Playground> {
  const context = await browser.newContext({ viewport: WALL, reducedMotion: 'reduce' });
  return openPlayground(await context.newPage(), `${house.url}/display/playground`);
}

for (const language of LANGUAGES) {
  test(`axe finds nothing serious on any state of the wall: ${language}`, async ({ browser }) => {
    const list = await playground(browser);
    const states = await namesOf(list, 'state');
    expect(states.length).toBeGreaterThan(20);
    await list.close();
    const found = await lookThrough({
      open: () => playground(browser),
      searches: states.map((state) => `?state=${state}&language=${language}`),
      look: seriousViolations,
    });
    expect(found).toEqual([]);
  });
}
