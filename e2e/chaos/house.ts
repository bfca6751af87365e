// Two servers on one PostgreSQL that can be killed too; everybody reaches them through proxies of ours.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgresClient from 'postgres';
import { migrate } from '@schalter/drizzle/migrate.ts';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '@schalter/server/src/adapters/embedded-postgres.ts';
import { freePort, ServerProcess } from '../support/server-process.ts';
import type { TwilioEmulator } from '../support/twilio-emulator.ts';
import { Proxy } from './proxy.ts';

const SERVERS = 2;
/** A server that finds no database ends; whoever runs it starts it again. */
const START_AGAIN_MS = 500;
const GONE_POLL_MS = 10;

export class ChaosHouse {
  readonly servers: readonly ServerProcess[];
  readonly #ports: readonly number[];
  readonly #folder: string;
  #postgres: EmbeddedPostgres;
  #turn = 0;
  /** In front of the servers: the load balancer, without sticky sessions, and the network of the house. */
  readonly front: Proxy;
  /** Between the servers and their database. */
  readonly back: Proxy;

  private constructor(parts: { folder: string; postgres: EmbeddedPostgres; ports: readonly number[] }) {
    this.#folder = parts.folder;
    this.#postgres = parts.postgres;
    this.#ports = parts.ports;
    this.back = new Proxy(() => Number(new URL(this.#postgres.url).port));
    this.front = new Proxy(() => this.#next());
    this.servers = [];
  }

  static async open(twilio: TwilioEmulator, forgetful = false): Promise<ChaosHouse> {
    const folder = mkdtempSync(join(tmpdir(), 'schalter-chaos-'));
    // PostgreSQL runs as a user of its own, which must be able to enter.
    chmodSync(folder, 0o755);
    const postgres = await startPostgres(folder);
    await migrate(postgres.url);
    if (forgetful) await forget(postgres.url);
    const ports = await Promise.all(Array.from({ length: SERVERS }, () => freePort()));
    const house = new ChaosHouse({ folder, postgres, ports });
    await house.back.listen();
    await house.front.listen();
    const databaseUrl = new URL(postgres.url);
    databaseUrl.port = String(house.back.port);
    const environment = {
      ...{ PUBLIC_URL: house.url, DEMO: '1', TWILIO_FROM: '+41445551234', TWILIO_BASE_URL: twilio.url },
      ...{ TWILIO_ACCOUNT_SID: twilio.accountSid, TWILIO_AUTH_TOKEN: twilio.authToken },
    };
    for (const port of ports) {
      const server = new ServerProcess({ port, databaseUrl: databaseUrl.href, environment });
      (house.servers as ServerProcess[]).push(server);
      await server.start();
    }
    return house;
  }

  /** As devices and people know it. */
  get url(): string {
    return `http://127.0.0.1:${this.front.port}`;
  }

  /** Straight, for what is checked afterwards. */
  get databaseUrl(): string {
    return this.#postgres.url;
  }

  /** Servers in turn; a dead one is passed over, as a balancer's health check would do. */
  #next(): number | null {
    for (let i = 0; i < this.servers.length; i += 1) {
      const at = this.#turn++ % this.servers.length;
      if (this.servers[at]?.runs === true) return this.#ports[at] ?? null;
    }
    return null;
  }

  async killServer(server: ServerProcess, environment: Readonly<Record<string, string>> = {}): Promise<void> {
    await server.end('SIGKILL');
    await this.#startAgain(server, environment);
  }

  async #startAgain(server: ServerProcess, environment: Readonly<Record<string, string>>): Promise<void> {
    for (;;) {
      const started = await server.start(environment).then(
        () => true,
        () => false,
      );
      if (started) return;
      await server.end('SIGKILL');
      await delay(START_AGAIN_MS);
    }
  }

  /** What the killed postmaster leaves at work sees that it is alone, and ends without a word. */
  async killPostgres(): Promise<void> {
    const { pid } = this.#postgres;
    process.kill(pid, 'SIGKILL');
    while (isAlive(pid)) await delay(GONE_POLL_MS);
    this.#postgres = await startPostgres(this.#folder);
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.end('SIGKILL')));
    await this.front.close();
    await this.back.close();
    await this.#postgres.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const startPostgres = (dataDir: string): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDir, fsync: true, log: () => undefined });

/** The broken build, for the test of the test: commits are acknowledged ten seconds before they are on the disk. */
async function forget(url: string): Promise<void> {
  const sql = postgresClient(url, { max: 1 });
  await sql`alter system set synchronous_commit = off`;
  await sql`alter system set wal_writer_delay = 10000`;
  await sql`select pg_reload_conf()`;
  await sql.end();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
