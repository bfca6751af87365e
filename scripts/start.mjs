// npm start: dependencies, builds where something changed, then the server in this very process, so that a
// signal, a kill or an exit code is the server's own and no launcher stands between. For the same reason
// package.json says `exec`: the shell that npm begins would take npm's SIGTERM and leave the server running.
// (Windows knows no exec; what stands after `||` is for it.)
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildApps } from './build.mjs';
import { ensureInstalled, root } from './pnpm.mjs';

/** Often enough that a port is free again when somebody starts anew; it costs one system call. */
const PARENT_POLL_MS = 1_000;

ensureInstalled();

const failed = await buildApps();
if (failed.length > 0) {
  console.error(`Not started: ${failed.join(', ')} could not be built.`);
  process.exit(1);
}

const main = join(root, 'server', 'src', 'main.ts');
if (!existsSync(main)) {
  console.error('server/src/main.ts is missing: is this a complete checkout?');
  process.exit(1);
}
process.argv[1] = main;
endWithNpm();
// tsx is found only after the installation above, so it cannot be a static import.
await import(pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href);
await import(pathToFileURL(main).href);

/** Where npm itself is killed, nobody is left to stop the server: it ends in good order by itself. */
function endWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start' || process.platform === 'win32') return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_POLL_MS);
  watch.unref();
}
