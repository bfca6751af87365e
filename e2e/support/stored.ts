/// <reference lib="dom" />
import type { Page } from '@playwright/test';

/** Everything that this page's origin has stored in the browser's profile, as one text. */
export const storedBy = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const asked = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, fail) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => fail(new Error(String(request.error)));
      });
    const parts: unknown[] = [
      Object.entries({ ...localStorage }),
      Object.entries({ ...sessionStorage }),
      document.cookie,
      location.href,
    ];
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await asked(indexedDB.open(name));
      for (const table of database.objectStoreNames) {
        parts.push([name, table, await asked(database.transaction(table).objectStore(table).getAll())]);
      }
      database.close();
    }
    // Fetched files are the app's own; only what could be an answer is read.
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const { url } of await cache.keys()) {
        const answer = await cache.match(url);
        const isText = !/\.(woff2|png|ico|svg)$/.test(new URL(url).pathname);
        parts.push([url, isText ? await answer?.text() : '']);
      }
    }
    return JSON.stringify(parts);
  });
