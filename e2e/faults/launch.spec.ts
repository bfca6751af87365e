// The product as a visitor meets it: a fresh copy, `npm start`, and whatever can end it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@playwright/test';

const root = join(import.meta.dirname, '..', '..');
/** What a fresh clone does not have. */
const NOT_IN_A_CLONE = new Set([
  ...['node_modules', '.git', 'build', 'dist', 'data', '.svelte-kit', '.cache'],
  ...['test-results', 'playwright-report'],
]);

/** Fetches and builds everything: a minute here, several on a slow line. */
const FRESH_MS_MAX = 600_000;
/** Nothing to install or build: 2.4 s on a machine that does nothing else. */
const WARM_MS_MAX = 90_000;
const END_MS_MAX = 10_000;

let home = '';
let port = 0;
let started: Product[] = [];

interface Product {
  process: ChildProcess;
  output: () => string;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });
}

function start(folder: string, program = process.execPath, args = ['scripts/start.mjs']): Product {
  const env = { ...process.env, PORT: String(port), DATA_DIR: join(home, 'data'), LOG_LEVEL: 'warn' };
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const product = { process: child, output: () => text, ended };
  started.push(product);
  return product;
}

const address = (path: string): string => `http://127.0.0.1:${port}${path}`;

async function answers(path: string): Promise<boolean> {
  try {
    return (await fetch(address(path))).ok;
  } catch {
    return false;
  }
}

/** Waits until the product is ready, or fails with what it said where it ended first. */
async function ready(product: Product, msMax: number): Promise<void> {
  let over = false;
  void product.ended.then(() => (over = true));
  const until = performance.now() + msMax;
  while (!(await answers('/readyz'))) {
    if (over || performance.now() > until) throw new Error(`not ready:\n${product.output()}`);
    await sleep(100);
  }
}

/** The process of the embedded database of this test's data folder. */
function databasePid(): number {
  const file = ['postgres/database.json', 'database.json'].map((name) => join(home, 'data', name));
  const record = file.find((path) => existsSync(path)) ?? '';
  const { directory } = JSON.parse(readFileSync(record, 'utf8')) as { directory: string };
  const place = isAbsolute(directory) ? directory : join(dirname(record), directory);
  return Number(readFileSync(join(place, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test.beforeAll(async () => {
  test.setTimeout(FRESH_MS_MAX);
  const build = spawn(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'ignore' });
  await new Promise((resolve) => build.once('exit', resolve));
});

test.beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'schalter-launch-'));
  chmodSync(home, 0o755);
  port = await freePort();
});

test.afterEach(async () => {
  for (const { process: child, ended } of started) {
    child.kill('SIGTERM');
    await Promise.race([ended, sleep(END_MS_MAX)]);
    child.kill('SIGKILL');
  }
  started = [];
  rmSync(home, { recursive: true, force: true });
});

test('[TE-01] a fresh copy installs, builds, migrates, seeds and runs all applications with one command', async () => {
  test.setTimeout(FRESH_MS_MAX + 60_000);
  const copy = join(home, 'copy');
  cpSync(root, copy, { recursive: true, filter: (path) => !NOT_IN_A_CLONE.has(basename(path)) });
  const product = start(copy, 'npm', ['start']);
  await ready(product, FRESH_MS_MAX);
  for (const app of ['kiosk', 'display', 'staff']) {
    const answer = await fetch(address(`/${app}/`));
    expect(answer.status, app).toBe(200);
    expect(await answer.text(), app).toContain('<script');
  }
  await expect.poll(product.output).toContain('Demo sign-ins');
  expect(product.output()).toContain(`:${port}/kiosk/`);
  const database = databasePid();
  product.process.kill('SIGTERM');
  await product.ended;
  // npm waits for the server, and the server for its database.
  expect(isAlive(database)).toBe(false);
  expect(await answers('/healthz')).toBe(false);
});

test('the server ends with the npm that began it, even where npm is killed', async () => {
  const product = start(root, 'npm', ['start']);
  await ready(product, WARM_MS_MAX);
  const database = databasePid();
  product.process.kill('SIGKILL');
  await product.ended;
  await expect.poll(() => isAlive(database), { timeout: END_MS_MAX }).toBe(false);
  expect(await answers('/healthz')).toBe(false);
});

test('SIGTERM ends server and database in good order, within ten seconds', async () => {
  const product = start(root);
  await ready(product, WARM_MS_MAX);
  const database = databasePid();
  expect(isAlive(database)).toBe(true);
  const begin = performance.now();
  product.process.kill('SIGTERM');
  expect(await product.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - begin).toBeLessThan(END_MS_MAX);
  expect(isAlive(database)).toBe(false);
});

test('a server that was killed starts again on the same data', async () => {
  const first = start(root);
  await ready(first, WARM_MS_MAX);
  const orphan = databasePid();
  first.process.kill('SIGKILL');
  await first.ended;
  expect(isAlive(orphan)).toBe(true);
  const second = start(root);
  await ready(second, WARM_MS_MAX);
  expect(isAlive(orphan)).toBe(false);
  expect(databasePid()).not.toBe(orphan);
});

test('a second server on the same data says so and ends, and the first goes on', async () => {
  const first = start(root);
  await ready(first, WARM_MS_MAX);
  const pid = first.process.pid;
  port = await freePort();
  const second = start(root);
  const { code } = await second.ended;
  expect(code).not.toBe(0);
  expect(second.output()).toContain(`Another server (process ${pid})`);
  expect(isAlive(databasePid())).toBe(true);
});

test('a port that is taken is named, and no database stays behind', async () => {
  const other = createServer().listen(port, '0.0.0.0');
  await new Promise((resolve) => other.once('listening', resolve));
  const product = start(root);
  const { code } = await product.ended;
  other.close();
  expect(code).not.toBe(0);
  expect(product.output()).toContain(String(port));
  const pid = ((): number => {
    try {
      return databasePid();
    } catch {
      return 0;
    }
  })();
  expect(pid !== 0 && isAlive(pid)).toBe(false);
});
