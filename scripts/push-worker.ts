// For the apps' vite.config.ts: the worker that shows notices is put beside the pages, as it is written.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file's name in an app's build. */
export const PUSH_WORKER = 'push-worker.js';
const SOURCE = join(import.meta.dirname, '..', 'shared', 'src', 'ui', PUSH_WORKER);

interface Bundle {
  emitFile(file: { type: 'asset'; fileName: string; source: string }): unknown;
}

export const pushWorkerAsset = () => ({
  name: 'schalter-push-worker',
  apply: 'build' as const,
  generateBundle(this: Bundle) {
    this.emitFile({ type: 'asset', fileName: PUSH_WORKER, source: readFileSync(SOURCE, 'utf8') });
  },
});
