import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Plugin } from 'vite';

/** The file's name in an app's build. */
export const PUSH_WORKER = 'push-worker.js';

/** Puts the worker beside the app's pages. For `vite.config.ts`, which every app's folder lies beside this one's. */
export const pushWorkerAsset = (): Plugin => ({
  name: 'schalter-push-worker',
  apply: 'build',
  generateBundle() {
    const source = readFileSync(resolve('..', 'shared', 'src', 'push', 'worker.js'), 'utf8');
    this.emitFile({ type: 'asset', fileName: PUSH_WORKER, source });
  },
});
