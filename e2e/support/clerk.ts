/// <reference lib="dom" />
// Somebody at a counter, who acts on what the screen shows and writes down what they did.
import type { Page } from '@playwright/test';
import { ANYBODY, NO_NUMBER, type Act, type AccountBook } from './account-book.ts';
import type { OwnBrowser } from './own-browser.ts';

/** Whoever presses looks whether something happens. */
const ANSWERED_MS = 6_000;
const LOOK_MS = 60;
const WALK_MS = 500;

interface Look {
  readonly at: 'free' | 'called' | 'serving' | 'break' | 'elsewhere';
  /** On the card: whoever is there, or would be next. */
  readonly number: string;
  readonly cards: readonly string[];
}

export interface ClerkPlan {
  /** Every so many customers, one is set aside, gets a note, or comes without a number. */
  readonly holdEvery: number;
  readonly noteEvery: number;
  readonly walkInEvery: number;
}

export class Clerk {
  readonly name: string;
  readonly device: OwnBrowser;
  readonly #book: AccountBook;
  readonly #plan: ClerkPlan;
  #served = 0;
  #walkIn: string | null = null;
  #noted = '';
  #away = 0;
  #stepping: Promise<void> = Promise.resolve();

  constructor(name: string, device: OwnBrowser, book: AccountBook, plan: ClerkPlan) {
    this.name = name;
    this.device = device;
    this.#book = book;
    this.#plan = plan;
  }

  async work(until: () => boolean): Promise<void> {
    while (!until()) {
      if (this.#away === 0) await (this.#stepping = this.step());
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Hands off the tablet while something is done to it. */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    this.#away += 1;
    try {
      await this.#stepping;
      return await work();
    } finally {
      this.#away -= 1;
    }
  }

  look = (): Promise<Look> => lookAt(this.device.page);

  /** Until the screen shows somebody being served; the hands are off then. */
  async untilServing(): Promise<string> {
    for (;;) {
      const { at, number } = await this.look();
      if (at === 'serving') return number;
      await this.step();
    }
  }

  async step(): Promise<void> {
    const { page } = this.device;
    const seen = await this.look();
    if (seen.cards.length > 0) return this.#readCard();
    switch (seen.at) {
      case 'called':
        return this.#press('s', 'start', seen);
      case 'serving':
        return this.#serve(seen);
      case 'free':
        if (this.#isTurn(this.#plan.walkInEvery)) return this.#walkInCustomer();
        if (seen.number !== '') return this.#press('n', 'call', seen);
        return this.#resumeHeld();
      case 'break':
      case 'elsewhere':
        await page.waitForTimeout(LOOK_MS);
    }
  }

  #isTurn = (every: number): boolean => this.#served % every === every - 1;

  async #serve(seen: Look): Promise<void> {
    const isWalkIn = this.#walkIn === seen.number;
    if (!isWalkIn && this.#isTurn(this.#plan.noteEvery) && this.#noted !== seen.number)
      return this.#write(seen);
    if (!isWalkIn && this.#isTurn(this.#plan.holdEvery)) return this.#hold(seen);
    return this.#press('c', 'complete', seen);
  }

  /** One key, and what the screen makes of it. */
  async #press(key: string, act: 'call' | 'start' | 'complete', before: Look): Promise<void> {
    await this.device.page.keyboard.press(key);
    const after = await this.#change(before);
    if (after === null) return;
    this.#did(act, before.number);
    if (act === 'complete') this.#served += 1;
    // The customer walks up; by then it is settled who it is.
    if (act === 'call') await this.device.page.waitForTimeout(WALK_MS);
  }

  #did(act: Act, number: string): void {
    const said = act === 'call' ? ANYBODY : number === this.#walkIn ? NO_NUMBER : number;
    this.#book.did(this.name, act, said);
  }

  async #hold(before: Look): Promise<void> {
    const { page } = this.device;
    await page.keyboard.press('h');
    await page.locator('[role=dialog] #hold input').first().fill('Papiere');
    await page.locator('[role=dialog] button[form=hold]').click();
    if ((await this.#change(before)) === null) return;
    this.#did('hold', before.number);
    this.#served += 1;
  }

  async #write({ number }: Look): Promise<void> {
    const { page } = this.device;
    this.#noted = number;
    await page.locator('#customer-note').fill(`Notiz zu ${number}`);
    await page.locator('#customer-note').blur();
    this.#did('note', number);
  }

  async #walkInCustomer(): Promise<void> {
    const { page } = this.device;
    const before = await this.look();
    await page.keyboard.press('w');
    await page.locator('[role=dialog] button[form=serve]').click();
    const after = await this.#change(before);
    if (after === null) return;
    this.#book.did(this.name, 'serve', NO_NUMBER);
    this.#walkIn = after.number;
    this.#served += 1;
  }

  /** When nobody waits, those who were set aside come again. */
  async #resumeHeld(): Promise<void> {
    const button = this.device.page.locator('.counter .list .rows ul button.small').first();
    if (!(await button.isVisible()) || (await button.getAttribute('aria-disabled')) === 'true') return;
    const before = await this.look();
    await button.click();
    const after = await this.#change(before);
    if (after?.at === 'called') this.#did('call', after.number);
  }

  /** Read and put away in one go: while it is read, what comes late may be added to it. */
  async #readCard(): Promise<void> {
    const title = await this.device.page.evaluate(() => {
      const card = document.querySelector('.zone .notice.fault:has(.actions)');
      const button = [...(card?.querySelectorAll<HTMLElement>('.actions button') ?? [])].at(-1);
      const said = card?.querySelector<HTMLElement>('.title')?.innerText.trim();
      button?.click();
      return button === undefined ? undefined : said;
    });
    if (title !== undefined) this.#book.wasShown(this.name, title);
    await this.device.page.waitForTimeout(LOOK_MS);
  }

  /** What the screen shows once it shows something else; null where nothing happens. */
  async #change(before: Look): Promise<Look | null> {
    const until = Date.now() + ANSWERED_MS;
    while (Date.now() < until) {
      const now = await this.look();
      if (now.cards.length > before.cards.length) return now;
      if (now.at !== 'elsewhere' && (now.at !== before.at || now.number !== before.number)) return now;
      await this.device.page.waitForTimeout(LOOK_MS);
    }
    return null;
  }
}

const lookAt = (page: Page): Promise<Look> =>
  page.evaluate(() => {
    const text = (selector: string): string =>
      (document.querySelector<HTMLElement>(selector)?.innerText ?? '').replace(/\s/g, '');
    const state = document.querySelector('.card .state');
    const at = (['called', 'serving', 'break'] as const).find((name) => state?.classList.contains(name));
    return {
      at: at ?? (state === null ? 'elsewhere' : 'free'),
      number: text('.card .ticket-number'),
      cards: [...document.querySelectorAll<HTMLElement>('.zone .notice.fault .title')].map((el) =>
        el.innerText.trim(),
      ),
    };
  });
