// The files of the checkout that are its source: no dependencies, nothing built, no data.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './pnpm.mjs';

const NOT_SOURCE = new Set([
  ...['node_modules', '.git', '.cache', 'build', 'dist', 'data', '.svelte-kit'],
  ...['test-results', 'playwright-report', '.DS_Store'],
]);
const NOT_SOURCE_SUFFIX = /\.(log|tsbuildinfo)$/;

/**
 * Paths below the repository, with `/` on every system, in a fixed order.
 * @returns {string[]}
 */
export function sourceFiles(folder = '.') {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter(({ name }) => !NOT_SOURCE.has(name) && !NOT_SOURCE_SUFFIX.test(name))
    .flatMap((entry) => {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return sourceFiles(path);
      return entry.isFile() ? [path] : [];
    })
    .sort();
}
