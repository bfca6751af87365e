// npm test: every check and every test, whether an earlier one failed or not.
//   npm test                      all
//   npm test -- eslint vitest     these alone
//   npm run check                 what needs no test run, no build and no browser
// The last line says how many passed and failed; the exit code is 0 only where none failed.
import { ensureInstalled } from './pnpm.mjs';

ensureInstalled();

// After the installation: what these import may not have been there before.
const { node } = await import('./process.mjs');
const { STEPS, prepareApps } = await import('./steps.mjs');

process.env.CI = 'true';
delete process.env.NODE_ENV;

const args = process.argv.slice(2);
const named = args.filter((name) => STEPS.some((step) => step.name === name));
const unknown = args.filter((name) => name !== '--static' && !named.includes(name));
if (unknown.length > 0) {
  console.error(
    `No such step: ${unknown.join(', ')}. There are ${STEPS.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(1);
}

function isChosen(step) {
  if (named.length > 0) return named.includes(step.name);
  return !(args.includes('--static') && step.slow);
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

async function runStep(step) {
  if (!step.beside) console.log(`\n=== ${step.name} ===`);
  const begin = performance.now();
  let outcome;
  try {
    outcome = await step.run();
  } catch (error) {
    console.error(error);
    outcome = { passed: 0, failed: 1 };
  }
  const took = performance.now() - begin;
  // What runs beside others is shown in one piece.
  if (step.beside) console.log(`\n=== ${step.name} ===`);
  if (outcome.output) console.log(outcome.output);
  console.log(`--- ${step.name}: ${outcome.passed} passed, ${outcome.failed} failed, ${seconds(took)}`);
  return { name: step.name, took, ...outcome };
}

/** Two at a time, each on a core of its own; the results are in the order of the steps. */
async function runSideBySide(steps) {
  const waiting = [...steps.entries()];
  const done = [];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      done[next[0]] = await runStep(next[1]);
  };
  await Promise.all([lane(), lane()]);
  return done;
}

const chosen = STEPS.filter(isChosen);
if (chosen.some(({ name }) => name === 'playwright')) {
  console.log('\n=== browser ===');
  await node(['--import', 'tsx', 'e2e/support/ensure-chromium.ts']);
}
await prepareApps();
const results = [];
while (chosen.length > 0) {
  const alone = chosen.findIndex((step) => !step.beside);
  const together = chosen.splice(0, alone === -1 ? chosen.length : Math.max(alone, 1));
  results.push(...(await runSideBySide(together)));
}

console.log('\n=== summary ===');
for (const { name, passed, failed, took } of results) {
  const mark = failed === 0 ? 'ok    ' : 'FAILED';
  console.log(
    `${mark} ${name.padEnd(14)} ${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${seconds(took).padStart(8)}`,
  );
}
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
if (total('failed') > 0 || total('passed') === 0) process.exitCode = 1;
console.log(`\n${total('passed')} passed, ${total('failed')} failed`);
