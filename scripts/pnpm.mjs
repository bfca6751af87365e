// Brings in the dependencies. Only Node and npm are asked of a visitor, so pnpm itself comes through npx,
// in one pinned version: corepack fails where a registry serves no signatures.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const PNPM_VERSION = '12.21.0';
/** The oldest Node that Vite 8 and Kit 2 accept; docs/decisions/toolchain.md. */
const NODE_FLOOR = [20, 19];
const STAMP = join(root, 'node_modules', '.cache', 'schalter', 'install');
const PACKAGES = ['.', 'shared', 'drizzle', 'server', 'kiosk', 'display', 'staff-pwa', 'e2e', 'bench'];

function refuseOldNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1])) return;
  console.error(`Schalter needs Node ${NODE_FLOOR.join('.')} or later; this is ${process.versions.node}.`);
  process.exit(1);
}

/** Whatever changes what an install would produce: the lockfile, the manifests, and the platform. */
function installFingerprint() {
  const hash = createHash('sha256');
  hash.update(`${process.platform} ${process.arch} ${process.versions.modules} ${PNPM_VERSION}`);
  const manifests = PACKAGES.map((name) => join(root, name, 'package.json'));
  for (const file of [join(root, 'pnpm-lock.yaml'), join(root, 'pnpm-workspace.yaml'), ...manifests]) {
    hash.update(`\n${file.slice(root.length)}\n`);
    hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

function isInstalled(fingerprint) {
  const folders = PACKAGES.map((name) => join(root, name, 'node_modules'));
  if (!folders.every((folder) => existsSync(folder))) return false;
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint;
}

/** Runs pnpm with these arguments in the repository and returns its exit code. */
export function pnpm(args) {
  // CI: pnpm asks no questions. NODE_ENV=production would leave out the build tools.
  const env = { ...process.env, CI: 'true' };
  delete env.NODE_ENV;
  const result = spawnSync('npx', ['-y', `pnpm@${PNPM_VERSION}`, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    // npx is a .cmd file on Windows, which only a shell can start.
    shell: process.platform === 'win32',
  });
  if (result.error) console.error(`npx could not be started: ${result.error.message}`);
  return result.status ?? 1;
}

/** Installs what the lockfile says, unless that is already here. Ends the process where it cannot. */
export function ensureInstalled() {
  refuseOldNode();
  const fingerprint = installFingerprint();
  if (isInstalled(fingerprint)) return;
  console.log(`Installing dependencies with pnpm ${PNPM_VERSION} …`);
  const code = pnpm(['install', '--frozen-lockfile']);
  if (code !== 0) {
    console.error(`The installation failed (pnpm ended with ${code}); nothing was started.`);
    process.exit(code);
  }
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, fingerprint);
}

const isMain = process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isMain) {
  if (process.argv.length > 2) process.exit(pnpm(process.argv.slice(2)));
  ensureInstalled();
}
