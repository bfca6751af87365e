// docs/security/asvs.md says what became of each requirement of OWASP ASVS 5.0.0, levels 1 and 2. Here it is held
// against the standard's own ids, and what it names as proof against what is there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './pnpm.mjs';

/** As many may be open, by level. They only ever go down; level 1 is to have none, level 2 ten at most. */
const OPEN_MAX: Readonly<Record<string, number>> = { 1: 0, 2: 7 };

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const official = new Map(
  read('docs/security/asvs-5.0.0.txt')
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [id: string, level: string]),
);
const rows = [...read('docs/security/asvs.md').matchAll(/^\| (V[\d.]+) \|(.*)\|$/gm)].map(
  ([, id = '', cells = '']) => {
    const [level = '', asked = '', state = '', proof = ''] = cells.split(' | ').map((cell) => cell.trim());
    return { id, level, asked, state, proof };
  },
);

const IS_TEST = /\.(test|spec|contract)\.ts$/;

/** "`path` [id] "text"": each path with what is to stand in it. */
function referencesOf(proof: string): { path: string; texts: string[] }[] {
  return [...proof.matchAll(/`([^`]+)`([^`]*)/g)].map(([, path = '', after = '']) => ({
    path,
    texts: [...after.matchAll(/\[[A-Z]+[\w.-]*\]|"([^"]+)"/g)].map(([whole, text]) => text ?? whole),
  }));
}

/** What is named and is not there. */
const missing = (proof: string): string[] =>
  referencesOf(proof).flatMap(({ path, texts }) => {
    if (!existsSync(join(root, path))) return [path];
    const there = read(path);
    return texts.filter((text) => !there.includes(text) && !there.includes(ruleOf(text)));
  });
/** A document states a rule as **O7**, and a test carries several ids in one pair of brackets. */
const ruleOf = (text: string): string => (text.startsWith('[') ? `**${text.slice(1, -1)}**` : text);

it('has each of the 253 requirements once, with its level, in the standard’s order', () => {
  expect([...official.values()].filter((level) => level === '1')).toHaveLength(70);
  expect([...official.values()].filter((level) => level === '2')).toHaveLength(183);
  expect(rows.map(({ id, level }) => [id, level])).toEqual([...official]);
});

it('says of each what is asked, and nothing but tested, documented, not applicable or open', () => {
  for (const { id, asked, state, proof } of rows) {
    expect(asked.length, id).toBeGreaterThan(3);
    expect(['tested', 'documented', 'not applicable', 'open'], id).toContain(state);
    expect(proof.length, `${id}: why`).toBeGreaterThan(10);
  }
});

it('names tests, ids and documents that are there', () => {
  expect(rows.flatMap(({ id, proof }) => missing(proof).map((what) => `${id}: ${what}`))).toEqual([]);
  for (const { id, state, proof } of rows) {
    const references = referencesOf(proof);
    const tests = references.filter(({ path, texts }) => IS_TEST.test(path) && texts.length > 0);
    if (state === 'tested') expect(tests.length, `${id} names no test`).toBeGreaterThan(0);
    if (state === 'documented') expect(references.length, `${id} names no document`).toBeGreaterThan(0);
  }
});

it('would find a test that is not there', () => {
  expect(missing('`scripts/asvs.test.ts` "names tests, ids and documents that are there"')).toEqual([]);
  const nowhere = ['`scripts/asvs.test.ts` [V', '0.0.0]; `scripts/no-such.test.ts` "x"'].join('');
  expect(missing(nowhere)).toEqual(['[V' + '0.0.0]', 'scripts/no-such.test.ts']);
});

it('leaves no more open than is known', () => {
  const states = ['tested', 'documented', 'not applicable', 'open'];
  for (const level of ['1', '2']) {
    const ofLevel = rows.filter((row) => row.level === level);
    const counts = states.map((state) => `${ofLevel.filter((row) => row.state === state).length} ${state}`);
    process.stdout.write(
      `ASVS 5.0.0, level ${level}: ${ofLevel.length} requirements, ${counts.join(', ')}\n`,
    );
    const open = ofLevel.filter(({ state }) => state === 'open').map(({ id }) => id);
    expect(open.length, open.join(' ')).toBeLessThanOrEqual(OPEN_MAX[level] ?? 0);
  }
});
