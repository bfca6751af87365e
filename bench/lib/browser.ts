import { chromium, type Browser, type BrowserContextOptions, type Page } from '@playwright/test';
import { people } from '@schalter/drizzle/seed/station.ts';
import { chromiumLaunchOptions } from '../../e2e/support/chromium.ts';

/**
 * A page in which functions of ours may be watched from: the compiler keeps their names by a helper that a page
 * does not have.
 */
export async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ locale: 'de-CH', timezoneId: 'Europe/Zurich', ...options });
  const page = await context.newPage();
  await page.addInitScript('globalThis.__name = (named) => named;');
  return page;
}

export const launchBrowser = (): Promise<Browser> => chromium.launch(chromiumLaunchOptions());

/** Signs a demo person in on the staff PWA and takes a counter, as a hand at the tablet would. */
export async function takeCounter(
  page: Page,
  url: string,
  firstName: string,
  counter: string,
): Promise<void> {
  const person = people.find(({ name }) => name.startsWith(firstName));
  if (person === undefined) throw new Error(`nobody of the demo is called ${firstName}`);
  await page.goto(`${url}/staff/`);
  await page.locator('input[name=email]').fill(person.email);
  await page.locator('input[name=password]').fill(person.password);
  await page.locator('button[type=submit]').click();
  const choice = page
    .getByRole('button')
    .filter({ has: page.locator('.name', { hasText: new RegExp(`^${counter}$`) }) });
  await choice.first().click();
  await choice.first().waitFor({ state: 'detached' });
}
