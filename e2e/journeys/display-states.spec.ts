import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { openHouse, type House } from '../support/app.ts';

let house: House;
test.beforeAll(async () => (house = await openHouse()));
test.afterAll(async () => house.close());

for (const language of LANGUAGES) {
  test(`axe finds nothing serious on any state of the wall: ${language}`, async ({ browser }) => {
    const context = await browser.newContext({
      viewport: { width: 1920, height: 1080 },
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(`${house.url}/display/playground?language=${language}`);
    const links = page.locator('.index a');
    await expect(links.first()).toBeVisible();
    const states = await links.allTextContents();
    expect(states.length).toBeGreaterThan(20);
    const found: string[] = [];
    for (const state of states) {
      await page.goto(`${house.url}/display/playground?state=${state}&language=${language}`);
      await expect(page.locator('main, .takeover').first()).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      found.push(...serious.map(({ id, nodes }) => `${state}: ${id} ${nodes[0]?.html.slice(0, 120)}`));
    }
    expect(found).toEqual([]);
    await context.close();
  });
}
