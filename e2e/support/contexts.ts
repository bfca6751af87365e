// The browsers of a test. They are closed at its end, also where it fails: a page that stays open goes on asking a
// server that is no longer there.
import {
  expect,
  test,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
} from '@playwright/test';

type NewContext = (browser: Browser, options: BrowserContextOptions) => Promise<BrowserContext>;

export function contextsForAll(): NewContext {
  const open: BrowserContext[] = [];
  test.afterEach(async () => {
    await Promise.all(open.splice(0).map((context) => context.close()));
  });
  return async (browser, options) => {
    const context = await browser.newContext(options);
    open.push(context);
    return context;
  };
}

/** Contexts in which no page may throw: a journey that ends well on a page that threw has not ended well. */
export function soundContextsForAll(): NewContext {
  const newContext = contextsForAll();
  let thrown: string[] = [];
  test.beforeEach(() => void (thrown = []));
  test.afterEach(() => expect(thrown).toEqual([]));
  return async (browser, options) => {
    const context = await newContext(browser, options);
    context.on('weberror', (fault) => {
      thrown.push(`${fault.page()?.url()}: ${fault.error().stack}`);
    });
    return context;
  };
}
