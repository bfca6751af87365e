import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sourceFiles } from './files.mjs';
import { root } from './pnpm.mjs';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The block below `catalog:`, up to the next setting that begins a line. */
const catalogBlock = /\ncatalog:\n((?: {2}.*\n|\n)*)/.exec(read('pnpm-workspace.yaml'))?.[1] ?? '';
const catalog = new Map(
  [...catalogBlock.matchAll(/^ {2}'?([^':\s]+)'?: (\S+)$/gm)].map((match) => [
    match[1] ?? '',
    match[2] ?? '',
  ]),
);

interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const manifests = sourceFiles()
  .filter((path) => /^([\w-]+\/)?package\.json$/.test(path))
  .map((path) => ({ path, manifest: JSON.parse(read(path)) as Manifest }));

const needed = manifests.flatMap(({ path, manifest }) =>
  Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  }).map(([name, range]) => ({ path, name, range })),
);

it('the catalog is read', () => {
  expect(catalog.size).toBeGreaterThan(50);
});

it('every dependency says in docs/decisions what it is for', () => {
  const text = read('docs/decisions/dependencies.md');
  expect([...catalog.keys()].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

it('every version is pinned, once', () => {
  expect([...catalog].filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  const elsewhere = needed.filter(({ path, name, range }) => {
    if (range === 'workspace:*' || range === 'catalog:') return false;
    // Plain npm reads the root's manifest and knows no catalog: the same version stands there in full.
    return path !== 'package.json' || catalog.get(name) !== range;
  });
  expect(elsewhere).toEqual([]);
});

it('nothing is pinned that nobody needs', () => {
  const names = new Set(needed.map(({ name }) => name));
  expect([...catalog.keys()].filter((name) => !names.has(name))).toEqual([]);
});
