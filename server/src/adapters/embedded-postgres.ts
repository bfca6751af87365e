// PostgreSQL as a child of the server: for a first look, and for a single house that wants no database of its own
// to look after. It is the real one, from the platform packages, and keeps its data in the data folder.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgresHome } from './postgres-home.ts';
import type { PostgresHome } from './postgres-home.ts';
import { freeDataDirectory, ownerFile, readPidFile, stopPostmaster } from './postmaster.ts';

export interface EmbeddedPostgresOptions {
  dataDir: string;
  /** A free one by default. */
  port?: number;
  /** False only where the data may be lost: tests. */
  fsync?: boolean;
  log: (line: string) => void;
  /** PostgreSQL ended without having been asked to: nothing can be stored any more. */
  onLost?: (reason: string) => void;
}

export interface EmbeddedPostgres {
  url: string;
  pid: number;
  stop: () => Promise<void>;
}

const SUPERUSER = 'schalter';
const DATABASE = 'schalter';
/** Recovery after a crash reads at most one checkpoint distance of log (1 GB): well under two minutes. */
const START_MS_MAX = 120_000;
const READY_POLL_MS = 10;
/**
 * Whose postmaster was killed may still be at work, and holds the memory that a new one wants: until its statement
 * ends, which the server allows fifteen seconds.
 */
const ORPHANS_MS_MAX = 30_000;
const ORPHANS_POLL_MS = 200;
/** The server has ten seconds to end; draining its clients takes some of them. */
const STOP_FAST_MS_MAX = 5_000;
/** Between choosing a free port and listening on it somebody else may take it. */
const PORT_ATTEMPTS_MAX = 5;
const LAST_LINES_MAX = 20;

/** What initdb and postgres see of the environment: no secrets of the server, and no locale of the machine. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP, TMP } = process.env;
  return { PATH, SystemRoot, TEMP, TMP, LC_ALL: 'C', TZ: 'UTC' };
}

function runToEnd(home: PostgresHome, program: string, args: string[], input = ''): void {
  const { status, stderr, error } = spawnSync(join(home.binaries, 'bin', program), args, {
    ...home.user,
    cwd: home.directory,
    env: environment(),
    encoding: 'utf8',
    input,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.trim()}`);
}

function ownedBy(home: PostgresHome, path: string): string {
  if (home.user) chownSync(path, home.user.uid, home.user.gid);
  return path;
}

/** Makes the cluster and its database under another name first: a start that is killed here leaves no half one. */
function initialise(home: PostgresHome, fsync: boolean): void {
  const unfinished = join(home.directory, `unfinished-${process.pid}`);
  const passwordFile = `${unfinished}-password`;
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, home.password, { mode: 0o600 });
  ownedBy(home, unfinished);
  ownedBy(home, passwordFile);
  const syncing = fsync ? [] : ['--no-sync'];
  try {
    runToEnd(home, 'initdb', [
      ...['-D', unfinished, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      // Sorts and compares the same on every machine, whatever its system library says this year.
      ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
      ...['--data-checksums', '--no-instructions', ...syncing],
    ]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  runToEnd(home, 'postgres', ['--single', '-D', unfinished, 'postgres'], `create database ${DATABASE}\n`);
  renameSync(unfinished, home.cluster);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function settings(port: number, fsync: boolean): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '',
    log_checkpoints: 'off',
    // An error names its constraint; the row and the statement, with people's data in them, stay out of the log.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    // Every statement here is short; compiling one costs more than running it.
    jit: 'off',
    ...(fsync ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

interface Launched {
  child: ChildProcess;
  pid: number;
  /** Its last words, for the message of a start that failed. */
  lastLines: string[];
}

function launch(home: PostgresHome, port: number, options: EmbeddedPostgresOptions): Launched {
  writeFileSync(ownerFile(home.directory), `${process.pid}`);
  const args = ['-D', home.cluster, ...settings(port, options.fsync ?? true)];
  const child = spawn(join(home.binaries, 'bin', 'postgres'), args, {
    ...home.user,
    cwd: home.directory,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C in the terminal reaches the server alone, which ends its work before its database.
    detached: true,
  });
  const lastLines: string[] = [];
  child.on('error', (error) => lastLines.push(error.message));
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > LAST_LINES_MAX) lastLines.shift();
    options.log(line);
  });
  // From the first moment on: a server that ends while its database starts leaves none behind.
  const endWithProcess = (): void => void child.kill('SIGINT');
  process.once('exit', endWithProcess);
  child.once('exit', () => process.off('exit', endWithProcess));
  return { child, pid: child.pid ?? 0, lastLines };
}

const hasEnded = (child: ChildProcess): boolean =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

/** Waits until PostgreSQL says of itself that it is ready, or has ended. */
async function becomesReady({ child, pid }: Launched, cluster: string): Promise<boolean> {
  const until = performance.now() + START_MS_MAX;
  while (performance.now() < until) {
    if (hasEnded(child)) return false;
    const lines = readPidFile(cluster);
    if (Number(lines[0]) === pid && lines[7]?.trim() === 'ready') return true;
    await sleep(READY_POLL_MS);
  }
  await stopPostmaster(pid, STOP_FAST_MS_MAX);
  return false;
}

async function launchOnFreePort(
  home: PostgresHome,
  options: EmbeddedPostgresOptions,
): Promise<Launched & { port: number }> {
  const orphansUntil = performance.now() + ORPHANS_MS_MAX;
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const launched = launch(home, port, options);
    if (await becomesReady(launched, home.cluster)) return { ...launched, port };
    const reason = launched.lastLines.join('\n');
    if (/pre-existing shared memory block/.test(reason) && performance.now() < orphansUntil) {
      await sleep(ORPHANS_POLL_MS);
      attempt -= 1;
      continue;
    }
    const portWasTaken = /could not bind/i.test(reason) && options.port === undefined;
    if (!portWasTaken || attempt === PORT_ATTEMPTS_MAX) {
      throw new Error(`The embedded PostgreSQL did not start: ${reason || 'it said nothing'}`);
    }
  }
}

/**
 * Starts the database of this data folder, and makes it where there is none: 0.7 s the first time, 0.05 s later.
 * It listens on this machine alone, with a password of its own. It ends with `stop`, and with this process; where
 * this process is killed, the next start clears it away.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = openPostgresHome(options.dataDir);
  await freeDataDirectory(home.directory, home.cluster);
  if (!home.initialised) initialise(home, options.fsync ?? true);
  home.markInitialised();

  const { child, pid, port, lastLines } = await launchOnFreePort(home, options);
  let stopping = false;
  child.once('exit', (code, signal) => {
    if (!stopping) options.onLost?.(`PostgreSQL ended (${signal ?? code}): ${lastLines.join('\n')}`);
  });
  return {
    url: `postgres://${SUPERUSER}:${home.password}@127.0.0.1:${port}/${DATABASE}`,
    pid,
    stop: async () => {
      stopping = true;
      if (!hasEnded(child)) await stopPostmaster(pid, STOP_FAST_MS_MAX);
    },
  };
}
