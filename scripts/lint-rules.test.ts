// The rules of eslint.config.js that are this project's own find what they are for, in the folders they are for.
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';
import { root } from './pnpm.mjs';

/** Loads the type checker once; the first text waits for it. */
const TYPED_MS_MAX = 60_000;

const eslint = new ESLint({ cwd: root });

const CAPABILITY = 'shared/src/queue/rows.ts';
const KERNEL = 'shared/src/kernel/time.ts';
const SERVER = 'server/src/engine/execute.ts';
const TEST = 'shared/src/i18n/format.test.ts';
const SCREEN = 'shared/src/ui/countdown.ts';

async function rulesBroken(path: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(root, path) });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId);
}

describe('found', { timeout: TYPED_MS_MAX }, () => {
  it.each([
    ['the clock in a rule', CAPABILITY, 'export const at = Date.now();', 'no-restricted-syntax'],
    ['the clock as a date', CAPABILITY, 'export const at = new Date();', 'no-restricted-syntax'],
    ['chance in a rule', CAPABILITY, 'export const n = Math.random();', 'no-restricted-syntax'],
    ['an id made in a rule', CAPABILITY, 'export const id = crypto.randomUUID();', 'no-restricted-syntax'],
    [
      'a refusal that is thrown',
      CAPABILITY,
      'export const f = () => { throw new Error(); };',
      'no-restricted-syntax',
    ],
    ['a timer in shared', KERNEL, 'export const t = setTimeout(String, 1);', 'no-restricted-globals'],
    [
      'a module of Node in shared',
      KERNEL,
      "import { join } from 'node:path';\nexport const j = join;",
      'no-restricted-imports',
    ],
    [
      'a path without its extension',
      SERVER,
      "import { a } from './store';\nexport const b = a;",
      'no-restricted-syntax',
    ],
    ['a default export', SERVER, 'export default 1;', 'no-restricted-syntax'],
    ['a loose comparison', SERVER, 'export const f = (a: string, b: string) => a == b;', 'eqeqeq'],
    ['a print on the console', SERVER, 'console.log(1);', 'no-console'],
    [
      'a promise nobody waits for',
      SERVER,
      'const p = async () => 1;\np();',
      '@typescript-eslint/no-floating-promises',
    ],
    ['any', SERVER, 'export const a: any = 1;', '@typescript-eslint/no-explicit-any'],
    [
      'a switch with a hole',
      SERVER,
      "export const f = (x: 'a' | 'b') => { switch (x) { case 'a': return 1; } return 2; };",
      '@typescript-eslint/switch-exhaustiveness-check',
    ],
    [
      'a value import of a type',
      SERVER,
      "import { Store } from './store.ts';\nexport type S = Store;",
      '@typescript-eslint/consistent-type-imports',
    ],
    [
      'a test that is skipped',
      TEST,
      "import { it } from 'vitest';\nit.skip('x', () => {});",
      'no-restricted-properties',
    ],
    ['what is left for later', SERVER, '// TODO: later\nexport const a = 1;', 'no-warning-comments'],
  ])('%s', async (_what, path, code, rule) => {
    expect(await rulesBroken(path, code)).toContain(rule);
  });
});

describe('allowed', { timeout: TYPED_MS_MAX }, () => {
  it.each([
    ['a date from what is known', CAPABILITY, 'export const at = (ms: number) => new Date(ms);'],
    ['a bug in the kernel throws', KERNEL, "export const bug = () => { throw new Error('bug'); };"],
    ['the clock on a server', SERVER, 'export const at = Date.now();'],
    ['a timer on a screen', SCREEN, 'export const t = setTimeout(String, 1);'],
    ['a test may look at the clock', TEST, 'export const at = Date.now();'],
  ])('%s', async (_what, path, code) => {
    expect(await rulesBroken(path, code)).toEqual([]);
  });
});
