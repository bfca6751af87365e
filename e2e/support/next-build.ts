// A second build of the same release, as the build tools would make it: scripts under other names, another version.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APPS } from './previous-release.ts';

const TEXT = /\.(js|css|html|json|webmanifest)$/;
const HASHED_SCRIPT = /(?:^|[./])([\w-]{8})\.js$/;
const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 8);

/** Takes the place of the build in this folder, while it is being served; the workers' lists come last, as built. */
export function replaceByNextBuild(appsDir: string): void {
  for (const app of APPS) replaceApp(join(appsDir, app, 'build'));
}

function replaceApp(build: string): void {
  const paths = readdirSync(build, { recursive: true, encoding: 'utf8' });
  const { version } = JSON.parse(readFileSync(join(build, '_app', 'version.json'), 'utf8')) as {
    version: string;
  };
  const names = new Map([[version, String(Number(version) + 1)]]);
  const scripts = paths.filter((path) => path.includes('immutable') && HASHED_SCRIPT.test(path));
  for (const path of scripts) {
    const hash = HASHED_SCRIPT.exec(path)?.[1] ?? '';
    names.set(hash, hashOf(`${hash} ${version}`));
  }
  const renamed = (text: string): string => {
    let result = text;
    for (const [from, to] of names) result = result.replaceAll(from, to);
    return result;
  };
  const page = renamed(readFileSync(join(build, 'index.html'), 'utf8'));
  const revision = createHash('md5').update(page).digest('hex');
  const worker = renamed(readFileSync(join(build, 'sw.js'), 'utf8')).replace(
    /(url:"index\.html",revision:")\w+/,
    `$1${revision}`,
  );
  for (const path of paths.filter((one) => TEXT.test(one) && one !== 'sw.js'))
    writeFileSync(join(build, renamed(path)), renamed(readFileSync(join(build, path), 'utf8')));
  for (const path of scripts) rmSync(join(build, path));
  writeFileSync(join(build, 'sw.js'), worker);
}
