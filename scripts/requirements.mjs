// Ties what is promised to what is tested, both ways.
//   docs/spec/<capability>.md     rules: lines that begin with `- **Q4** …`
//   docs/spec/requirements.md     requirements: `| Q-05 | covered | where, or why not | what was asked for |`
//   test names                    begin with the ids they prove: `[Q-05] [Q4] two clerks …`
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sourceFiles } from './files.mjs';
import { root } from './pnpm.mjs';

const TABLE = 'docs/spec/requirements.md';
const STATES = ['covered', 'partly', 'open'];
/** @typedef {{ path: string, text: string }} SourceFile */

/** Rule id → the file that states it. */
export function rulesOf(file) {
  return [...file.text.matchAll(/^\s*- \*\*([A-Z]+\d+[a-z]?)\*\*/gm)].map((match) => match[1]);
}

/** The rows of the table: id, state, and what stands behind it. A fourth column says what was asked for. */
export function rowsOf(text) {
  return [...text.matchAll(/^\|\s*([A-Z]+-\d+)\s*\|([^|]*)\|([^|]*)\|/gm)].map(([, id, state, remark]) => ({
    id,
    state: state.trim(),
    remark: remark.trim(),
  }));
}

/** The ids a test file's names begin with: strings that start with one or more `[ID]`, or `[ID, ID]`. */
export function idsOf(text) {
  const heads = text.matchAll(/['"`]((?:\[[A-Z]+-?\d+[a-z]?(?:,\s*[A-Z]+-?\d+[a-z]?)*\]\s*)+)/g);
  return [...heads].flatMap((match) => [...match[1].matchAll(/[A-Z]+-?\d+[a-z]?/g)].map(([id]) => id));
}

/**
 * @param {{ specs: SourceFile[], table: string, tests: SourceFile[] }} input
 * @returns {string[]} a sentence per problem
 */
export function findProblems({ specs, table, tests }) {
  const problems = [];
  const statedIn = new Map();
  for (const file of specs) {
    for (const rule of rulesOf(file)) {
      const before = statedIn.get(rule);
      if (before !== undefined) problems.push(`${file.path}: rule ${rule} is stated in ${before} already.`);
      statedIn.set(rule, file.path);
    }
  }
  const testedIn = new Map();
  for (const file of tests) for (const id of idsOf(file.text)) testedIn.set(id, file.path);

  for (const [rule, path] of statedIn) {
    if (!testedIn.has(rule)) problems.push(`${path}: no test carries [${rule}].`);
  }
  const rows = rowsOf(table);
  const listed = new Set();
  for (const { id, state, remark } of rows) {
    if (listed.has(id)) problems.push(`${TABLE}: ${id} is listed twice.`);
    listed.add(id);
    problems.push(...problemsOfRow(id, state, remark, testedIn));
  }
  for (const [id, path] of testedIn) {
    if (statedIn.has(id) || listed.has(id)) continue;
    problems.push(`${path}: [${id}] is neither a rule of docs/spec nor a requirement of ${TABLE}.`);
  }
  return problems;
}

function problemsOfRow(id, state, remark, testedIn) {
  if (!STATES.includes(state)) return [`${TABLE}: ${id} has the state '${state}', not ${STATES.join(', ')}.`];
  const problems = [];
  const tested = testedIn.get(id);
  if (state !== 'open' && tested === undefined) {
    problems.push(`${TABLE}: ${id} is ${state}, but no test carries [${id}].`);
  }
  if (state === 'open' && tested !== undefined) {
    problems.push(`${TABLE}: ${id} is open, but ${tested} carries [${id}].`);
  }
  if (state !== 'covered' && remark === '') problems.push(`${TABLE}: ${id} is ${state} without a reason.`);
  return problems;
}

const read = (path) => ({ path, text: readFileSync(join(root, path), 'utf8') });

function check() {
  const files = sourceFiles();
  const specs = files.filter((path) => /^docs\/spec\/[^/]+\.md$/.test(path) && path !== TABLE).map(read);
  // The test of this very script speaks of ids that do not exist.
  const isTest = (path) =>
    /\.(test|spec|contract)\.ts$/.test(path) && path !== 'scripts/requirements.test.ts';
  const tests = files.filter(isTest).map(read);
  const table = existsSync(join(root, TABLE)) ? read(TABLE).text : '';
  const problems = findProblems({ specs, table, tests });
  for (const problem of problems) console.error(problem);
  const rules = specs.flatMap(rulesOf).length;
  const states = rowsOf(table).map(({ state }) => state);
  const count = (state) => states.filter((other) => other === state).length;
  console.log(
    `${rules} rules; requirements: ${STATES.map((state) => `${count(state)} ${state}`).join(', ')}; ` +
      `${problems.length} problems`,
  );
  if (problems.length > 0) process.exitCode = 1;
}

const isMain = process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isMain) check();
