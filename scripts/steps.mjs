// Everything that holds the project together, as steps of `npm test`. A step answers how much of it passed and
// failed; what failed and why it has printed itself.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { buildApps, APPS } from './build.mjs';
import { checkBundleSizes } from './bundle-size.mjs';
import { root } from './pnpm.mjs';
import { node, tool } from './process.mjs';

/**
 * @typedef {{ passed: number, failed: number, output?: string }} Outcome
 *   `output` is what is still to be shown: who runs beside others speaks once, at the end.
 */

const PACKAGES = ['shared', 'drizzle', 'server', 'e2e', 'bench', ...APPS];
const CACHE = 'node_modules/.cache/schalter';

/** @returns {Outcome} */
const asOutcome = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });

async function single(promise) {
  const { code, output } = await promise;
  return { ...asOutcome(code === 0), output: output.trim() };
}
const QUIET = { capture: true };

/** Runs a package's own script the way npm does: in a shell, with the package's commands on the path. */
function packageScript(folder, script) {
  const bins = [join(root, folder, 'node_modules', '.bin'), join(root, 'node_modules', '.bin')];
  const PATH = [...bins, process.env.PATH ?? ''].join(delimiter);
  return new Promise((resolve) => {
    const child = spawn(script, {
      cwd: join(root, folder),
      env: { ...process.env, PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: true,
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.once('close', (code) => {
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

/** The apps' tsconfig extends one that SvelteKit writes; type checker, linter and Vitest all need it. */
export async function prepareApps() {
  for (const app of APPS) {
    if (existsSync(join(root, app, '.svelte-kit', 'tsconfig.json'))) continue;
    await tool(app, '@sveltejs/kit', ['sync'], { bin: 'svelte-kit' });
  }
}

function typeCheckOf(folder) {
  if (folder === 'scripts') return 'tsc -p tsconfig.json';
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).scripts.check;
}

async function types() {
  const outcome = { passed: 0, failed: 0 };
  const waiting = [...PACKAGES, 'scripts'];
  const worker = async () => {
    for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
      const { code, output } = await packageScript(folder, typeCheckOf(folder));
      outcome[code === 0 ? 'passed' : 'failed'] += 1;
      console.log(code === 0 ? `${folder}: ok` : `${folder}: failed\n${output.trim()}`);
    }
  };
  await Promise.all([worker(), worker()]);
  return outcome;
}

/** Gives the run a file to report its counts to, and reads it; undefined where it wrote none. */
async function withReport(run) {
  const folder = mkdtempSync(join(tmpdir(), 'schalter-report-'));
  const file = join(folder, 'report.json');
  try {
    const { code } = await run(file);
    let report;
    try {
      report = JSON.parse(readFileSync(file, 'utf8'));
    } catch {
      report = undefined;
    }
    return { code, report };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run that ended badly has failed somewhere, even where no test of it did (an error outside of any). */
function honest(code, passed, failed) {
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

async function vitest() {
  const { code, report } = await withReport((file) =>
    tool('.', 'vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]),
  );
  if (report === undefined) return { passed: 0, failed: 1 };
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  // A test that is not run proves nothing: it counts as failed.
  const notRun = report.numPendingTests + report.numTodoTests;
  if (notRun > 0) console.log(`${notRun} tests are skipped: they count as failed.`);
  return honest(code, report.numPassedTests, report.numFailedTests + brokenFiles + notRun);
}

async function playwright() {
  const { code, report } = await withReport((file) =>
    tool('e2e', '@playwright/test', ['test', '--config', 'playwright.config.ts'], {
      bin: 'playwright',
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file },
    }),
  );
  if (report === undefined) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky, skipped } = report.stats;
  return honest(code, expected, unexpected + flaky + skipped);
}

async function builds() {
  const failed = await buildApps();
  return { passed: APPS.length - failed.length, failed: failed.length };
}

/**
 * The steps in their order. `slow` ones are left out of `npm run check`. Those `beside` others keep one core busy
 * each and only read: two run at a time, the longest begun first. The type checkers write what the linter reads
 * (`svelte-kit sync`), so they have their own turn.
 */
export const STEPS = [
  { name: 'types', run: types },
  {
    name: 'eslint',
    beside: true,
    run: () => single(tool('.', 'eslint', ['.', '--max-warnings', '0'], QUIET)),
  },
  {
    name: 'prettier',
    beside: true,
    run: () => {
      const cache = ['--cache', '--cache-location', `${CACHE}/prettier`, '--cache-strategy', 'content'];
      return single(tool('.', 'prettier', ['--check', '.', '--log-level', 'warn', ...cache], QUIET));
    },
  },
  {
    name: 'dependencies',
    beside: true,
    run: () =>
      single(
        tool('.', 'dependency-cruiser', ['--config', '.dependency-cruiser.cjs', ...PACKAGES], {
          bin: 'depcruise',
          ...QUIET,
        }),
      ),
  },
  {
    name: 'unused',
    beside: true,
    run: () => single(tool('.', 'knip', ['--no-progress', '--no-config-hints'], QUIET)),
  },
  { name: 'requirements', beside: true, run: () => single(node(['scripts/requirements.mjs'], QUIET)) },
  {
    name: 'generated',
    beside: true,
    run: () => single(node(['--import', 'tsx', 'scripts/generate.ts', '--check'], QUIET)),
  },
  { name: 'vitest', slow: true, run: vitest },
  { name: 'builds', slow: true, run: builds },
  { name: 'bundle-size', slow: true, run: () => Promise.resolve(checkBundleSizes()) },
  { name: 'playwright', slow: true, run: playwright },
];
