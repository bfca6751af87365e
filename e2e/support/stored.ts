/// <reference lib="dom" />
import type { Page } from '@playwright/test';

/** All that a page's origin keeps in IndexedDB, by database and table. */
export const databasesOf = (page: Page): Promise<Record<string, Record<string, unknown[]>>> =>
  page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, fail) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => fail(new Error(String(request.error)));
      });
    const found: Record<string, Record<string, unknown[]>> = {};
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await asked(indexedDB.open(name));
      const tables: Record<string, unknown[]> = {};
      for (const table of database.objectStoreNames)
        tables[table] = await asked<unknown[]>(database.transaction(table).objectStore(table).getAll());
      found[name] = tables;
      database.close();
    }
    return found;
  });

/** Everything that this page's origin has stored in the browser's profile, as one text. */
export const storedBy = async (page: Page): Promise<string> => {
  const others = await page.evaluate(async () => {
    const parts: unknown[] = [
      Object.entries({ ...localStorage }),
      Object.entries({ ...sessionStorage }),
      document.cookie,
      location.href,
    ];
    // Fetched files are the app's own; only what could be an answer is read.
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const { url } of await cache.keys()) {
        const answer = await cache.match(url);
        const isText = !/\.(woff2|png|ico|svg)$/.test(new URL(url).pathname);
        parts.push([url, isText ? await answer?.text() : '']);
      }
    }
    return parts;
  });
  return JSON.stringify([...others, await databasesOf(page)]);
};
