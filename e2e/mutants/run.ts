// npm run mutants [-- --only TEXT]: each mutant alone, in a copy of the tree; which test has seen it.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutants.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PACKAGES = ['shared', 'drizzle', 'server', 'e2e', 'bench', 'kiosk', 'display', 'staff-pwa'];
const LEFT_OUT = new Set(['node_modules', '.git', 'build', 'data', '.svelte-kit', 'test-results']);
/** A mutant that makes a test wait for ever is caught, too. */
const MUTANT_MS_MAX = 180_000;

/** The tree without what is built, its packages linked to each other and not to the original's. */
function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), 'schalter-mutants-'));
  cpSync(ROOT, copy, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  for (const name of PACKAGES) {
    const from = join(ROOT, name, 'node_modules');
    const to = join(copy, name, 'node_modules');
    if (!existsSync(from)) continue;
    mkdirSync(join(to, '@schalter'), { recursive: true });
    for (const entry of readdirSync(from)) {
      if (entry.startsWith('.') || entry === '@schalter') continue;
      symlinkSync(join(from, entry), join(to, entry));
    }
    for (const other of PACKAGES) symlinkSync(join(copy, other), join(to, '@schalter', other));
  }
  return copy;
}

interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** The first test that fails; null where all pass. */
function failing(copy: string, tests: readonly string[]): string | null {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const run = spawnSync(
    process.execPath,
    [
      vitest,
      'run',
      '--project',
      'unit',
      '--bail',
      '1',
      '--reporter=json',
      `--outputFile=${report}`,
      ...tests,
    ],
    { cwd: copy, encoding: 'utf8', timeout: MUTANT_MS_MAX },
  );
  if (run.status === 0) return null;
  if (!existsSync(report)) return 'the run did not end';
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  );
  return (
    failed[0] ?? testResults.find(({ status }) => status === 'failed')?.message ?? run.stderr.slice(0, 200)
  );
}

function tryMutant(copy: string, { file, find, replace, tests }: Mutant): string | null {
  const path = join(copy, file);
  const original = readFileSync(path, 'utf8');
  if (original.split(find).length !== 2) throw new Error(`${file}: not exactly one "${find}"`);
  // Not as a pattern: a "$" in the replacement is a dollar.
  writeFileSync(
    path,
    original.replace(find, () => replace),
  );
  try {
    return failing(copy, tests);
  } finally {
    writeFileSync(path, original);
  }
}

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const copy = copyTree();
try {
  const wanted = MUTANTS.filter(({ what, file }) => `${what} ${file}`.includes(values.only));
  const tests = [...new Set(wanted.flatMap((mutant) => mutant.tests))];
  const sound = failing(copy, tests);
  if (sound !== null) throw new Error(`without a mutant fails: ${sound}`);
  let survived = 0;
  for (const mutant of wanted) {
    const seen = tryMutant(copy, mutant);
    if (seen === null) survived += 1;
    console.log(
      seen === null ? `SURVIVED  ${mutant.what} (${mutant.file})` : `caught    ${mutant.what}: ${seen}`,
    );
  }
  console.log(`${wanted.length - survived} of ${wanted.length} caught`);
  process.exitCode = survived === 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
