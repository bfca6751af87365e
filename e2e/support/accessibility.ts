import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** axe is half a megabyte to send and to read: a page that has it already gets nothing more. */
const NOTHING_TO_LOAD = ';';

/** What axe finds serious or critical on the page as it is, each with the element it found first. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  const builder = new AxeBuilder(isThere ? { page, axeSource: NOTHING_TO_LOAD } : { page });
  // What is all right need not be described, element by element.
  const { violations } = await builder
    .options({ resultTypes: ['violations'] })
    .setLegacyMode()
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`);
}

interface Geometry {
  /** CSS pixels that a target has at least, in both directions; 0 for no such rule. */
  readonly targetPx: number;
}

/** What sticks out of the screen, is cut off inside its box, or is too small to touch. */
export const geometryProblems = (page: Page, { targetPx }: Geometry): Promise<string[]> =>
  page.evaluate((least) => {
    const found: string[] = [];
    const name = (element: Element): string =>
      `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}"`;
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
    for (const element of document.querySelectorAll('button, h1, h2, p, b, label, input')) {
      const box = element.getBoundingClientRect();
      if (box.width === 0 || element.closest('.visually-hidden') !== null) continue;
      // What scrolls may lie below the edge; it has buttons to bring it up.
      const scrolls = element.closest('.box') !== null || document.body.scrollHeight > innerHeight;
      const out = box.left < -1 || box.right > innerWidth + 1 || (!scrolls && box.bottom > innerHeight + 1);
      if (out) found.push(`${name(element)} sticks out`);
      const cut = element.scrollWidth > element.clientWidth + 2 && element.clientWidth > 0;
      if (cut && element.tagName !== 'INPUT') found.push(`${name(element)} is cut`);
      const small = box.width < least - 0.5 || box.height < least - 0.5;
      if (element.tagName === 'BUTTON' && small) {
        found.push(`${name(element)} is ${box.width.toFixed(0)} x ${box.height.toFixed(0)}`);
      }
    }
    return found;
  }, targetPx);
