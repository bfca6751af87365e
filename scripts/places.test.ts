import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sourceFiles } from './files.mjs';
import { root } from './pnpm.mjs';

/** A file larger than this is a picture or a lockfile, which has a test of its own. */
const BYTES_MAX = 1_000_000;
/** A home or working directory that only the machine it was written on has; put together so as not to find itself. */
const MACHINE_PATH = new RegExp(
  String.raw`(?<![\w.])/(?:wo` + String.raw`rk|ro` + String.raw`ot|home/\w+|Users/\w+)/[\w.-]`,
);
const REGISTRY = new RegExp(
  ['registry\\.[a-z0-9-]+\\.[a-z]+', 'localhost:4873', 'npmmirror\\.com'].join('|'),
  'i',
);

function textOf(path: string): string {
  const file = join(root, path);
  if (statSync(file).size > BYTES_MAX) return '';
  const bytes = readFileSync(file);
  return bytes.includes(0) ? '' : bytes.toString('utf8');
}

function linesThatMatch(pattern: RegExp, except: string[]): string[] {
  return sourceFiles()
    .filter((path) => !except.includes(path))
    .flatMap((path) =>
      textOf(path)
        .split('\n')
        .flatMap((line, index) =>
          pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [],
        ),
    );
}

it('no file speaks of a directory that only one machine has', () => {
  expect(linesThatMatch(MACHINE_PATH, [])).toEqual([]);
});

it('no file names a package registry: whose is used is the business of the machine', () => {
  expect(linesThatMatch(REGISTRY, ['scripts/places.test.ts'])).toEqual([]);
});

it('would find both', () => {
  expect('see /wo' + 'rk/main/x').toMatch(MACHINE_PATH);
  expect('registry.example.org').toMatch(REGISTRY);
});
