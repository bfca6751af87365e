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
import { SmallDisk } from './disk.ts';
import { Proxy } from './proxy.ts';

const SERVERS = 2;
const POSTGRES_STARTS_MAX = 5;
/** A server that finds no database ends; whoever runs it starts it again. */
const START_AGAIN_MS = 500;
const GONE_POLL_MS = 10;
/** A server that has ended without being told to is seen, and started again, within this. */
const SUPERVISE_MS = 250;
/** Log that a full disk has no room for is asked for in pieces of this size, one after the other. */
const LOG_PIECE_BYTES = 2_000_000;
const LOG_PIECE_MS = 100;
const LOG_ANSWER_MS = 1_000;
/** An hour of chaos must not fill the small disk by itself. */
const LOG_MB = { min_wal_size: '32MB', max_wal_size: '64MB' };
const LAST_WORDS_BYTES = 1_500;

export class ChaosHouse {
  readonly servers: readonly ServerProcess[];
  readonly #ports: readonly number[];
  /** In the hands of a fault: what it does with them is nobody else's business. */
  readonly inHand = new Set<ServerProcess>();
  /** Servers that ended though nobody had killed them, with their last words. */
  readonly ended: string[] = [];
  /** How often PostgreSQL itself did not survive a full disk. */
  postgresEnded = 0;
  readonly #folder: string;
  readonly #disk: SmallDisk | null;
  readonly #supervising: NodeJS.Timeout;
  #postgres: EmbeddedPostgres;
  #turn = 0;
  #closed = false;
  /** In front of the servers: the load balancer, without sticky sessions, and the network of the house. */
  readonly front: Proxy;
  /** Between the servers and their database. */
  readonly back: Proxy;

  private constructor(parts: {
    folder: string;
    disk: SmallDisk | null;
    postgres: EmbeddedPostgres;
    ports: readonly number[];
  }) {
    this.#folder = parts.folder;
    this.#disk = parts.disk;
    this.#postgres = parts.postgres;
    this.#ports = parts.ports;
    this.back = new Proxy(() => Number(new URL(this.#postgres.url).port));
    this.front = new Proxy(() => this.#next());
    this.servers = [];
    this.#supervising = setInterval(() => this.#supervise(), SUPERVISE_MS);
  }

  static async open(twilio: TwilioEmulator): Promise<ChaosHouse> {
    const folder = mkdtempSync(join(tmpdir(), 'schalter-chaos-'));
    // PostgreSQL runs as a user of its own, which must be able to enter.
    chmodSync(folder, 0o755);
    const disk = SmallDisk.mount(folder);
    const postgres = await startPostgres(folder);
    await migrate(postgres.url);
    if (disk !== null) await configure(postgres.url, LOG_MB);
    const ports = await Promise.all(Array.from({ length: SERVERS }, () => freePort()));
    const house = new ChaosHouse({ folder, disk, postgres, ports });
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
      await server.start();
      (house.servers as ServerProcess[]).push(server);
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

  /** As whoever runs it does. That it had to be is told at the end: no fault here is a reason for a server to end. */
  #supervise(): void {
    for (const server of this.servers) {
      if (server.runs || this.inHand.has(server)) continue;
      this.ended.push(server.output.trim().slice(-LAST_WORDS_BYTES));
      this.inHand.add(server);
      void this.#startAgain(server, {}).finally(() => this.inHand.delete(server));
    }
  }

  async #startAgain(server: ServerProcess, environment: Readonly<Record<string, string>>): Promise<void> {
    while (!this.#closed) {
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
    for (let tries = 1; ; tries += 1) {
      try {
        this.#postgres = await startPostgres(this.#folder);
        return;
      } catch (error) {
        // As whoever supervises a database does it: on a machine that is busy a recovery may take longer than a start.
        if (tries === POSTGRES_STARTS_MAX) throw error;
      }
    }
  }

  /** One of its processes, whatever it is doing: PostgreSQL then throws out everybody, recovers, and goes on. */
  async killBackend(random: () => number): Promise<void> {
    await this.#postgresBack();
    const sql = postgresClient(this.#postgres.url, { max: 1, connection: { application_name: 'nemesis' } });
    try {
      const backends = await sql<{ pid: number }[]>`
        select pid from pg_stat_activity where backend_type = 'client backend'
        order by (application_name = 'nemesis'), pid`;
      // Its own connection comes last, and is taken where there is no other.
      const one = backends[Math.floor(random() * Math.max(1, backends.length - 1))];
      if (one !== undefined) process.kill(one.pid, 'SIGKILL');
    } finally {
      await sql.end({ timeout: 1 });
    }
    await this.#postgresBack();
  }

  /** From now on it forgets; what there is already, it keeps. */
  async becomeForgetful(): Promise<void> {
    await configure(this.#postgres.url, FORGETFUL);
  }

  get canFillDisk(): boolean {
    return this.#disk !== null;
  }

  /**
   * For `ms` nothing more can be written. Rows are refused then; log that finds no room ends PostgreSQL at once,
   * and it may not come back by itself before there is room again.
   */
  async fillDisk(ms: number): Promise<void> {
    const until = Date.now() + ms;
    const sql = postgresClient(this.#postgres.url, { max: 1, onnotice: () => undefined });
    try {
      while (Date.now() < until) {
        this.#disk?.fill();
        const asked =
          sql`select pg_logical_emit_message(false, 'chaos', repeat('x', ${LOG_PIECE_BYTES}))`.catch(
            () => undefined, // that is the point
          );
        // A database that cannot even let us in never answers; whoever waits for it never makes room again.
        await Promise.race([asked, delay(LOG_ANSWER_MS)]);
        await delay(LOG_PIECE_MS);
      }
    } finally {
      this.#disk?.free();
      await sql.end({ timeout: 1 });
    }
    await this.#postgresBack();
  }

  /** It comes back by itself, or has ended, or is about to. */
  async #postgresBack(): Promise<void> {
    while (!(await answers(this.#postgres.url))) {
      if (!isAlive(this.#postgres.pid)) {
        this.postgresEnded += 1;
        this.#postgres = await startPostgres(this.#folder);
        return;
      }
      await delay(LOG_PIECE_MS);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#supervising);
    await Promise.all(this.servers.map((server) => server.end('SIGKILL')));
    await this.front.close();
    await this.back.close();
    await this.#postgres.stop();
    this.#disk?.unmount();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const startPostgres = (dataDir: string): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres({ dataDir, fsync: true, log: () => undefined });

/** The broken build, for the test of the test: commits are acknowledged ten seconds before they are on the disk. */
const FORGETFUL = { synchronous_commit: 'off', wal_writer_delay: '10000' };

async function configure(url: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const sql = postgresClient(url, { max: 1 });
  for (const [name, value] of Object.entries(settings))
    await sql.unsafe(`alter system set ${name} = '${value}'`);
  await sql`select pg_reload_conf()`;
  await sql.end();
}

async function answers(url: string): Promise<boolean> {
  const sql = postgresClient(url, { max: 1, connect_timeout: 2 });
  return sql`select 1`
    .then(
      () => true,
      () => false,
    )
    .finally(() => sql.end({ timeout: 1 }));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
