import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startChild } from './child.ts';
import { temporaryFolder } from './database.ts';

export interface BenchServer {
  readonly url: string;
  /** User and system time of the server's process so far, its database not included, in µs. */
  cpuUs(): Promise<number>;
  /** Resident bytes of the server's process. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly port: number;
  /** CLOCK_SPEED and the like. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its data is; left out, a folder that is removed with it. */
  readonly dataDir?: string;
}

/** Migrating and seeding a fresh database on a busy machine. */
const READY_MS_MAX = 90_000;
const POLL_MS = 50;
/** It says where it runs once everything is there, the demo's data too. */
const READY = /runs at/;

/** The whole server, as `npm start` runs it, in a process and on a data folder of its own; removed afterwards. */
export async function startServer({ port, environment, dataDir }: ServerOptions): Promise<BenchServer> {
  const folder = dataDir === undefined ? temporaryFolder() : { path: dataDir, remove: () => undefined };
  const url = `http://127.0.0.1:${port}`;
  let said = '';
  const child = startChild(fileURLToPath(new URL('measured-server.ts', import.meta.url)), {
    onOutput: (text) => (said += text),
    environment: {
      // Nothing of this machine's own installation: no database, no messages to real phones.
      ...without(process.env, /^(DATABASE_URL|PUBLIC_URL|TWILIO_.*|CLOCK_.*|DEMO)$/),
      PORT: String(port),
      HOST: '127.0.0.1',
      DATA_DIR: folder.path,
      LOG_LEVEL: 'error',
      ...environment,
    },
  });
  const stop = async (): Promise<void> => {
    await child.stop();
    folder.remove();
  };
  const until = performance.now() + READY_MS_MAX;
  while (!READY.test(said)) {
    const ended = child.process.exitCode ?? child.process.signalCode;
    if (ended !== null || performance.now() > until) {
      await stop();
      throw new Error(`the server at ${url} did not start: ${ended ?? 'it took too long'}\n${said}`);
    }
    await sleep(POLL_MS);
  }
  return { url, cpuUs: () => child.ask<number>('cpu'), memory: () => child.ask<number>('memory'), stop };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

const without = (environment: NodeJS.ProcessEnv, names: RegExp): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, names.test(name) ? '' : value]),
  );
