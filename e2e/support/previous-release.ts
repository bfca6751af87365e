// The release before this one, as it was: its files from the history, installed and built by its own scripts.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** By its commit: a clone may lack tags. Moved on with each release. */
export const PREVIOUS = {
  version: '0.1.0',
  tag: 'v0.1.0',
  commit: '7d64f3a58cbe7a800ca27c8486283d0dc5792cc6',
} as const;

export const ROOT = join(import.meta.dirname, '..', '..');
export const APPS = ['kiosk', 'display', 'staff-pwa'] as const;
const RELEASES = join(ROOT, 'node_modules', '.cache', 'schalter', 'releases');
/** Fetching what the store lacks, and three builds on a busy machine. */
export const BUILD_MS_MAX = 600_000;

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: BUILD_MS_MAX,
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status === 0) return stdout;
  const said = [error?.message, stdout, stderr].filter(Boolean).join('\n').slice(-4_000);
  throw new Error(`${command} ${args.join(' ')} failed:\n${said}`);
}

function assertHistory(): void {
  const { commit, tag, version } = PREVIOUS;
  const known = spawnSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: ROOT });
  if (known.status === 0) return;
  throw new Error(
    `The previous release (${version}, ${tag}, ${commit}) is not in the history of this checkout, so nobody can say ` +
      'whether its devices work with this server. A shallow clone gets it with `git fetch --unshallow --tags`.',
  );
}

/** The folder of the release before this one, ready to be started; made once and kept for the next run. */
export function previousRelease(): string {
  assertHistory();
  const folder = join(RELEASES, PREVIOUS.commit);
  const whole = join(folder, 'own-apps', 'whole');
  if (existsSync(whole)) return folder;
  // A run that was stopped in the middle has left something, or the release before has: both go.
  rmSync(RELEASES, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = join(RELEASES, 'release.tar');
  run('git', ['archive', '--format=tar', `--output=${archive}`, PREVIOUS.commit], ROOT);
  run('tar', ['-xf', archive, '-C', folder], ROOT);
  rmSync(archive);
  run(process.execPath, ['scripts/pnpm.mjs'], folder);
  run(process.execPath, ['scripts/build.mjs'], folder);
  // Kept beside those that it is given to serve.
  copyApps(folder, join(folder, 'own-apps'));
  writeFileSync(whole, '');
  return folder;
}

/** The built apps of one checkout, to be served by another. */
export function copyApps(from: string, to: string): void {
  for (const app of APPS) {
    rmSync(join(to, app, 'build'), { recursive: true, force: true });
    cpSync(join(from, app, 'build'), join(to, app, 'build'), { recursive: true });
  }
}
