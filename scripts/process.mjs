// Starts the project's tools. Each is run as `node <its file>`: the same on Linux, macOS and Windows, without a
// shell, and some 300 ms faster than through pnpm.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { root } from './pnpm.mjs';

/** The JavaScript file behind a package's command, as that package's folder sees it. */
export function toolFile(folder, packageName, binName = packageName) {
  const home = [join(root, folder), root]
    .map((base) => join(base, 'node_modules', packageName))
    .find((path) => existsSync(path));
  if (home === undefined) throw new Error(`${packageName} is not installed in ${folder}`);
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const file = typeof bin === 'string' ? bin : bin[binName];
  if (file === undefined) throw new Error(`${packageName} has no command ${binName}`);
  return join(home, file);
}

/**
 * Runs `node <args>`. With `capture` its output is collected, otherwise shown.
 * @returns {Promise<{ code: number, output: string }>}
 */
export function node(args, { folder = '.', env = {}, capture = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: join(root, folder),
      env: { ...process.env, ...env },
      stdio: capture ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    const forward = (signal) => child.kill(signal);
    process.on('SIGTERM', forward);
    process.on('SIGINT', forward);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', forward);
      const status = code ?? 128 + (constants.signals[signal] ?? 0);
      resolve({ code: status, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

/** Runs a package's command; see `node`. */
export function tool(folder, packageName, args, options = {}) {
  return node([toolFile(folder, packageName, options.bin), ...args], { folder, ...options });
}
