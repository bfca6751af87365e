// A second process on the same database: it holds streams, as one does whose screens show them, and hears of
// everything that is written there.
import type { App } from '@schalter/server/src/app.ts';
import { answerParent } from './child.ts';
import { startProduct } from './product.ts';

let app: App | null = null;

answerParent({
  start: async (databaseUrl: string) => {
    app = await startProduct(databaseUrl);
    return null;
  },
  hold: async (streamIds: readonly string[]) => {
    for (const id of streamIds) await app?.parts.engine.read(id, () => null);
    return null;
  },
  /** The last entry that it has heard of, by stream. */
  heard: () => app?.parts.engine.held ?? [],
});
