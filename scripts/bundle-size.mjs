// What each app loads before its first screen stands, in JavaScript, gzip: a kiosk starts on a weak network, and a
// phone on none of its owner's patience.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { root } from './pnpm.mjs';

/** kB as they are counted in the requirements: 1,000 bytes. */
export const LIMITS_KB = { display: 70, kiosk: 90, 'staff-pwa': 150 };
const BYTES_PER_KB = 1_000;
const GZIP_LEVEL = 9;

/** The static imports and re-exports of a built module, as it writes them. */
function staticImports(code) {
  const pattern = /(?:^|[;}\s])(?:import|export)\s*(?:[\w$*{}\s,]+?from\s*)?["'](\.{1,2}\/[^"']+\.js)["']/g;
  return [...code.matchAll(pattern)].map((match) => match[1]);
}

/** The address of a script as a path below the build folder: the app's own base is no folder there. */
function below(build, address) {
  const parts = address.split('/').filter((part) => part !== '' && part !== '.');
  const start = parts.findIndex((_, index) => existsSync(join(build, ...parts.slice(index))));
  return start < 0 ? undefined : parts.slice(start).join('/');
}

/** What index.html itself names: preloaded modules, scripts, and the modules its inline script imports. */
function namedByPage(html) {
  const patterns = [
    /<link[^>]+rel="modulepreload"[^>]*href="([^"]+)"/g,
    /<link[^>]+href="([^"]+)"[^>]*rel="modulepreload"/g,
    /<script[^>]+src="([^"]+)"/g,
    /import\(\s*"([^"]+\.js)"\s*\)/g,
  ];
  return patterns.flatMap((pattern) => [...html.matchAll(pattern)].map((match) => match[1]));
}

/**
 * The pages' modules that Kit's client fetches at once when it starts on the first page: the root layout, the
 * error page, and the page itself. They are dynamic imports of the app's entry, which no page names.
 */
function startNodes(build) {
  const nodes = join(build, '_app', 'immutable', 'nodes');
  const entries = join(build, '_app', 'immutable', 'entry');
  if (!existsSync(nodes) || !existsSync(entries)) return [];
  const app = readdirSync(entries).find((name) => name.startsWith('app.'));
  const code = app === undefined ? '' : readFileSync(join(entries, app), 'utf8');
  const route = /["'`]\/["'`]\s*:\s*\[\s*~?(\d+)(?:\s*,\s*\[([\d,\s]*)\])?/.exec(code);
  const layouts = (route?.[2] ?? '').split(',').filter((id) => id.trim() !== '');
  const wanted = new Set([
    '0',
    '1',
    ...(route === null ? [] : [route[1]]),
    ...layouts.map((id) => id.trim()),
  ]);
  return readdirSync(nodes)
    .filter((name) => name.endsWith('.js') && wanted.has(name.split('.')[0]))
    .map((name) => `_app/immutable/nodes/${name}`);
}

/**
 * All scripts that are loaded before the first screen stands, as paths below the build folder.
 * @returns {string[]}
 */
export function initialScripts(build) {
  const html = readFileSync(join(build, 'index.html'), 'utf8');
  const found = new Set();
  const waiting = [...namedByPage(html).map((address) => below(build, address)), ...startNodes(build)];
  for (let file = waiting.pop(); waiting.length > 0 || file !== undefined; file = waiting.pop()) {
    if (file === undefined || found.has(file)) continue;
    found.add(file);
    const code = readFileSync(join(build, file), 'utf8');
    waiting.push(...staticImports(code).map((path) => posix.join(posix.dirname(file), path)));
  }
  return [...found].sort();
}

/** @returns {number} */
export function initialBytes(build) {
  return initialScripts(build).reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(build, file)), { level: GZIP_LEVEL }).length,
    0,
  );
}

export function checkBundleSizes() {
  const outcome = { passed: 0, failed: 0 };
  for (const [app, limitKb] of Object.entries(LIMITS_KB)) {
    const build = join(root, app, 'build');
    const built = existsSync(join(build, 'index.html'));
    const sizeKb = built ? initialBytes(build) / BYTES_PER_KB : Number.NaN;
    const ok = sizeKb <= limitKb;
    outcome[ok ? 'passed' : 'failed'] += 1;
    const verdict = ok ? '' : ': too much';
    console.log(built ? `${app}: ${sizeKb.toFixed(1)} of ${limitKb} kB${verdict}` : `${app}: not built`);
  }
  return outcome;
}

const isMain = process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isMain) {
  const [app] = process.argv.slice(2);
  if (app === undefined) process.exitCode = checkBundleSizes().failed > 0 ? 1 : 0;
  else for (const file of initialScripts(join(root, app, 'build'))) console.log(file);
}
