/// <reference lib="dom" />
// A screen as it is seen on a tablet and on a phone: a picture of each, and what nobody would sign.
import { expect, test, type Page } from '@playwright/test';
import { geometryProblems, seriousViolations } from './accessibility.ts';
import { atRest } from './playground.ts';

export const TABLET = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };

/** Nothing cut off, nothing that axe finds; what is below the edge is scrolled to. */
export async function lookedAt(page: Page, name: string): Promise<void> {
  for (const [where, size] of [
    ['tablet', TABLET],
    ['phone', PHONE],
  ] as const) {
    await page.setViewportSize(size);
    await atRest(page);
    await page.screenshot({ path: test.info().outputPath(`${name}-${where}.png`) });
    expect(await seriousViolations(page), `${name} ${where}`).toEqual([]);
    const problems = await geometryProblems(page, { targetPx: 0 });
    expect(
      problems.filter((problem) => !problem.endsWith('sticks out')),
      `${name} ${where}`,
    ).toEqual([]);
  }
  await page.setViewportSize(TABLET);
}
