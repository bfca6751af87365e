import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Fewer would leave whole rules without one. */
const LEAST = 30;

it('every mutant still has its place in the code, exactly one', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(LEAST);
  const lost = MUTANTS.filter(
    ({ file, find }) => readFileSync(join(ROOT, file), 'utf8').split(find).length !== 2,
  );
  expect(lost.map(({ what }) => what)).toEqual([]);
});
