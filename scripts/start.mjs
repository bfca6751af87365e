// npm start: dependencies, builds where something changed, then the server in this very process, so that a
// signal, a kill or an exit code is the server's own and no launcher stands between.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildApps } from './build.mjs';
import { ensureInstalled, root } from './pnpm.mjs';

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
// tsx is found only after the installation above, so it cannot be a static import.
await import(pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href);
await import(pathToFileURL(main).href);
