// Builds the three apps. An app is built again only when something it is made of changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sourceFiles } from './files.mjs';
import { root } from './pnpm.mjs';
import { tool } from './process.mjs';

export const APPS = ['kiosk', 'display', 'staff-pwa'];
const CACHE = join(root, 'node_modules', '.cache', 'schalter');
const COMMON_INPUTS = ['pnpm-lock.yaml', 'tsconfig.base.json', 'shared/package.json', 'shared/src'];

/** Contents, not times: a checkout or a copy touches every time without changing anything. */
function sourceFingerprint(app) {
  const hash = createHash('sha256').update(process.versions.modules);
  const files = [...COMMON_INPUTS, app].flatMap((path) => (/\.\w+$/.test(path) ? [path] : sourceFiles(path)));
  // Tests are no part of a build.
  for (const file of files.filter((name) => !/\.(test|spec)\.ts$/.test(name)).sort()) {
    if (!existsSync(join(root, file))) continue;
    hash.update(`\n${file}\n`);
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

const stampOf = (app) => join(CACHE, `build-${app}`);

function isBuilt(app, fingerprint) {
  const stamp = stampOf(app);
  if (!existsSync(join(root, app, 'build', 'index.html')) || !existsSync(stamp)) return false;
  return readFileSync(stamp, 'utf8') === fingerprint;
}

async function buildApp(app, verbose) {
  const { code, output } = await tool(app, 'vite', ['build', ...(verbose ? [] : ['--logLevel', 'warn'])], {
    capture: !verbose,
    env: { NODE_ENV: 'production' },
  });
  if (code !== 0) console.error(output);
  return code === 0;
}

/** Builds what is out of date; answers which apps failed. */
export async function buildApps({ apps = APPS, force = false, verbose = false } = {}) {
  const failed = [];
  for (const app of apps) {
    const fingerprint = sourceFingerprint(app);
    if (!force && isBuilt(app, fingerprint)) continue;
    console.log(`Building ${app} …`);
    if (await buildApp(app, verbose)) {
      mkdirSync(CACHE, { recursive: true });
      writeFileSync(stampOf(app), fingerprint);
    } else {
      failed.push(app);
    }
  }
  return failed;
}

const isMain = process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isMain) {
  const named = process.argv.slice(2).filter((name) => APPS.includes(name));
  const apps = named.length > 0 ? named : APPS;
  const failed = await buildApps({ apps, force: process.argv.includes('--force'), verbose: true });
  if (failed.length > 0) {
    console.error(`Not built: ${failed.join(', ')}`);
    process.exit(1);
  }
}
