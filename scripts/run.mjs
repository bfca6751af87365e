// npm run <task>: makes sure the dependencies are here, then runs the task with the arguments behind it.
import { ensureInstalled } from './pnpm.mjs';
import { node } from './process.mjs';

/** A task is a script of ours (.mjs), or a TypeScript program that tsx runs. */
const TASKS = {
  build: ['scripts/build.mjs'],
  check: ['scripts/test.mjs', '--static'],
  generate: ['scripts/generate.ts'],
  chaos: ['e2e/chaos/run.ts'],
  verify: ['server/src/verify/main.ts'],
  'rotate-keys': ['server/src/rotate-keys/main.ts'],
  simulate: ['e2e/simulation/run.ts'],
  mutants: ['e2e/mutants/run.ts'],
  scan: ['e2e/security-scan.ts'],
  bench: ['bench/run.ts'],
  demo: ['bench/demo.ts'],
  replay: ['bench/replay.ts'],
  screenshots: ['e2e/screenshots.ts'],
};

const [name, ...rest] = process.argv.slice(2);
const task = TASKS[name];
if (task === undefined) {
  console.error(`Which task? One of: ${Object.keys(TASKS).join(', ')}`);
  process.exit(1);
}
ensureInstalled();
const program = task[0].endsWith('.ts') ? ['--import', 'tsx', ...task] : task;
const { code } = await node([...program, ...rest]);
process.exit(code);
