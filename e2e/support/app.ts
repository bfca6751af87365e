// The whole product in a process of its own, as `npm start` runs it, on a database of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createDatabase } from './postgres.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Migrating, seeding and listening, on a busy machine. */
const READY_MS_MAX = 60_000;
const READY = /runs at/;

export interface House {
  readonly url: string;
  readonly databaseUrl: string;
  /** What the server has printed so far, for messages of failed tests and for what must not be in a log. */
  readonly output: () => string;
  /** SIGKILL: nothing is said, nothing is finished. */
  kill(): Promise<void>;
  /** Starts the server (again) on the same port and database. */
  start(): Promise<void>;
  /** SIGTERM; resolves with the milliseconds that it took. */
  terminate(): Promise<number>;
  /** Ends everything and drops the database. */
  close(): Promise<void>;
}

export interface HouseOptions {
  /** The demo station; true by default. */
  readonly demo?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

export async function openHouse({ demo = true, environment = {} }: HouseOptions = {}): Promise<House> {
  const database = await createDatabase();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  let child: ChildProcess | null = null;
  let output = '';

  const start = async (): Promise<void> => {
    const said = output.length;
    const server = spawn(process.execPath, ['--import', 'tsx', join('server', 'src', 'main.ts')], {
      cwd: ROOT,
      env: {
        ...clean(process.env),
        PORT: String(port),
        DATABASE_URL: database.url,
        PUBLIC_URL: url,
        DEMO: demo ? '1' : '0',
        LOG_LEVEL: 'warn',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = server;
    server.stdout.on('data', (data: Buffer) => (output += data.toString()));
    server.stderr.on('data', (data: Buffer) => (output += data.toString()));
    const deadline = Date.now() + READY_MS_MAX;
    while (!READY.test(output.slice(said))) {
      if (server.exitCode !== null || Date.now() > deadline)
        throw new Error(`the server did not start:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const server = child;
    child = null;
    if (server?.exitCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };
  await start();
  return {
    url,
    databaseUrl: database.url,
    output: () => output,
    start,
    kill: () => end('SIGKILL'),
    async terminate() {
      const from = Date.now();
      await end('SIGTERM');
      return Date.now() - from;
    },
    async close() {
      await end('SIGKILL');
      await database.drop();
    },
  };
}

/** Nothing of this machine's own installation reaches the house under test. */
const clean = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(DATABASE_URL|PUBLIC_URL|TWILIO_|CLOCK_|DEMO|PORT|DATA_DIR)/.test(name),
    ),
  );

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
