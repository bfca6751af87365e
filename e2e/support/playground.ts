/// <reference lib="dom" />
// The playgrounds show every state of every screen. What is measured there is measured at rest.
import type { Page } from '@playwright/test';

/** A layout that still moves after three seconds of frames never comes to rest: that is a fault of the page. */
const FRAMES_MAX = 180;
/** A page has a process of its own, and half the time of a look is spent in one of them. */
const PAGES_AT_ONCE = 2;

/**
 * Resolves once the page is what people see of it: in its typeface, with nothing on its way, and twice the same
 * picture in a row. What measures itself (a scroller with its buttons) changes the frame after it was drawn.
 */
export const atRest = (page: Page): Promise<void> =>
  page.evaluate(async (framesMax) => {
    const nextFrame = (): Promise<unknown> => new Promise((drawn) => requestAnimationFrame(drawn));
    const isOnItsWay = (animation: Animation): boolean =>
      animation.playState === 'running' &&
      Number.isFinite(Number(animation.effect?.getComputedTiming().endTime ?? 0));
    const picture = (): string =>
      [...document.querySelectorAll('body *')]
        .map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return `${x} ${y} ${width} ${height}`;
        })
        .join();
    await document.fonts.ready;
    let before = '';
    for (let frame = 0; frame < framesMax; frame++) {
      await nextFrame();
      const now = picture();
      if (now === before && !document.getAnimations().some(isOnItsWay)) return;
      before = now;
    }
    throw new Error('the page does not come to rest');
  }, FRAMES_MAX);

/** Goes to a state (`?kiosk=ticket&lang=fr`) the way a link of the app leads there: nothing is loaded anew but it. */
async function showState(page: Page, search: string): Promise<void> {
  await page.evaluate((href) => {
    const link = document.createElement('a');
    link.href = href;
    document.body.append(link);
    link.click();
    link.remove();
  }, search);
  // The playground writes down which state it has drawn.
  await page.locator(`html[data-state=${JSON.stringify(search)}]`).waitFor({ state: 'attached' });
  await atRest(page);
}

/** One page of a playground: shows state after state. */
export interface Playground {
  readonly page: Page;
  show(search: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a playground; `page` is a fresh one in a context of its own. */
export async function openPlayground(page: Page, address: string): Promise<Playground> {
  await page.goto(address);
  await page.locator('html[data-state]').waitFor({ state: 'attached' });
  return {
    page,
    show: (search) => showState(page, search),
    close: () => page.context().close(),
  };
}

/** The states that the playground's own list links to by `?<parameter>=`. */
export function namesOf({ page }: Playground, parameter: string): Promise<string[]> {
  return page.locator(`main a[href^="?${parameter}="]`).allTextContents();
}

interface Looks {
  readonly open: () => Promise<Playground>;
  readonly searches: readonly string[];
  /** What is wrong on the page as it stands. */
  readonly look: (page: Page) => Promise<readonly string[]>;
}
/** Looks at every state, on two pages at a time; each finding says where it was found. */
export async function lookThrough({ open, searches, look }: Looks): Promise<string[]> {
  const waiting = [...searches];
  const found: string[] = [];
  const worker = async (): Promise<void> => {
    const playground = await open();
    for (let search = waiting.shift(); search !== undefined; search = waiting.shift()) {
      await playground.show(search);
      const problems = await look(playground.page);
      found.push(...problems.map((problem) => `${search}: ${problem}`));
    }
    await playground.close();
  };
  await Promise.all(Array.from({ length: PAGES_AT_ONCE }, worker));
  return found;
}
