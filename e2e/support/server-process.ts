// The server in a process of its own, on a given port and database; it can be killed, frozen and started again.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '..', '..');
/** Migrating, seeding and listening, on a busy machine. */
const READY_MS_MAX = 180_000;
const READY = /runs at/;
const LOOK_AGAIN_MS = 50;
const PORTS = { from: 20_000, to: 32_000 };

export interface ServerProcessOptions {
  /** The repository's folder, or that of another release. */
  readonly root?: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly environment: Readonly<Record<string, string>>;
}

export class ServerProcess {
  /** What the server has printed so far, for messages of failed tests and for what must not be in a log. */
  output = '';
  readonly #options: ServerProcessOptions;
  #child: ChildProcess | null = null;

  constructor(options: ServerProcessOptions) {
    this.#options = options;
  }

  get runs(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it is ready; throws with what it said where it ended first. */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const { root = ROOT, port, databaseUrl } = this.#options;
    const said = this.output.length;
    const child = spawn(process.execPath, ['--import', 'tsx', join('server', 'src', 'main.ts')], {
      cwd: root,
      env: {
        ...clean(process.env),
        PORT: String(port),
        DATABASE_URL: databaseUrl,
        LOG_LEVEL: 'warn',
        ASSERT_INVARIANTS: '1',
        ...this.#options.environment,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.on('data', (data: Buffer) => (this.output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (this.output += data.toString()));
    const deadline = Date.now() + READY_MS_MAX;
    while (!READY.test(this.output.slice(said))) {
      if (this.#child !== child || !this.runs || Date.now() > deadline)
        throw new Error(`the server did not start:\n${this.output.slice(said)}`);
      await delay(LOOK_AGAIN_MS);
    }
  }

  /** Freezes it, or lets it go on: nothing of it runs meanwhile, and its connections stay open. */
  freeze(frozen: boolean): void {
    this.#child?.kill(frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

/** Nothing of this machine's own installation reaches the server under test. */
const clean = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) =>
        !/^(DATABASE_URL|PUBLIC_URL|TWILIO_|SMTP_|MAIL_|CLOCK_|DEMO|PORT|DATA_DIR|APPS_DIR)/.test(name),
    ),
  );

/** Whether it is free on every address, as the server takes it. */
function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const probe = createServer();
    probe.once('error', () => answer(false));
    probe.listen(port, () => probe.close(() => answer(true)));
  });
}

/**
 * A port below those that a system gives to outgoing connections (Linux: from 32,768, elsewhere from 49,152):
 * one of theirs would be taken by any connection between the look and the start, or while the server is killed.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    if (await isFree(port)) return port;
  }
}
