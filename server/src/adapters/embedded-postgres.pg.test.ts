import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import type { EmbeddedPostgres } from './embedded-postgres.ts';

const parentProgram = fileURLToPath(new URL('../../test/embedded-postgres-parent.ts', import.meta.url));
const log = (): void => undefined;

let dataDir = '';
let running: { stop: () => Promise<void> }[] = [];
let parents: ChildProcess[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'schalter-embedded-'));
  chmodSync(dataDir, 0o755);
});

afterEach(async () => {
  for (const parent of parents) parent.kill('SIGKILL');
  for (const database of running) await database.stop();
  parents = [];
  running = [];
  const file = join(dataDir, 'database.json');
  if (existsSync(file)) {
    const { directory } = JSON.parse(readFileSync(file, 'utf8')) as { directory: string };
    if (isAbsolute(directory)) rmSync(directory, { recursive: true, force: true });
  }
  rmSync(dataDir, { recursive: true, force: true });
});

/** Without fsync, unless a test is about it: a disk that others use too takes seconds for each. */
async function start(fsync = false): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDir, fsync, log });
  running.push(database);
  return database;
}

async function query<T>(url: string, statement: string): Promise<T[]> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await sql.unsafe<T[] & Record<string, unknown>[]>(statement);
  } finally {
    await sql.end();
  }
}

interface Parent {
  url: string;
  pid: number;
  child: ChildProcess;
}

async function startParent(): Promise<Parent> {
  const child = spawn(process.execPath, ['--import', 'tsx', parentProgram, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  parents.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    return { ...(JSON.parse(line) as { url: string; pid: number }), child };
  }
  throw new Error('the parent said nothing');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

describe('the embedded PostgreSQL', () => {
  it('makes a database on the first start, with checksums and a collation of its own', async () => {
    const { url } = await start(true);
    const [row] = await query<Record<string, string>>(
      url,
      `select current_database() as database, current_setting('data_checksums') as checksums,
         current_setting('fsync') as fsync, datlocprovider as provider, datlocale as locale,
         pg_encoding_to_char(encoding) as encoding
       from pg_database where datname = current_database()`,
    );
    expect(row).toEqual({
      database: 'schalter',
      checksums: 'on',
      fsync: 'on',
      provider: 'b',
      locale: 'C.UTF-8',
      encoding: 'UTF8',
    });
  });

  it('finds its data again on the next start', async () => {
    const first = await start();
    await query(first.url, `create table kept (what text); insert into kept values ('Zürich')`);
    await first.stop();
    const second = await start();
    expect(await query(second.url, 'select what from kept')).toEqual([{ what: 'Zürich' }]);
  });

  it('keeps its password to itself and refuses another', async () => {
    const { url } = await start();
    expect(statSync(join(dataDir, 'database.json')).mode & 0o777).toBe(0o600);
    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('starts after its server was killed and left it running', async () => {
    const parent = await startParent();
    await query(parent.url, `create table kept (what text); insert into kept values ('before the kill')`);
    const gone = ended(parent.child);
    parent.child.kill('SIGKILL');
    await gone;
    expect(isAlive(parent.pid)).toBe(true);

    const next = await start();
    expect(isAlive(parent.pid)).toBe(false);
    expect(next.pid).not.toBe(parent.pid);
    expect(await query(next.url, 'select what from kept')).toEqual([{ what: 'before the kill' }]);
  });

  it('refuses to take the data from under a server that lives', async () => {
    const parent = await startParent();
    await expect(start()).rejects.toThrow(`Another server (process ${parent.child.pid})`);
    expect(await query(parent.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts where the old process id belongs to another program now', async () => {
    const first = await start();
    const cluster = join(dataDir, 'postgres', 'cluster');
    const pidLines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    await first.stop();
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 60000)'], { stdio: 'ignore' });
    parents.push(stranger);
    writeFileSync(join(cluster, 'postmaster.pid'), [stranger.pid, ...pidLines.slice(1)].join('\n'));
    const second = await start();
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
  });

  it('leaves no process behind when it is stopped, nor when its server ends', async () => {
    const database = await start();
    await database.stop();
    expect(isAlive(database.pid)).toBe(false);

    const parent = await startParent();
    const gone = ended(parent.child);
    parent.child.kill('SIGTERM');
    await gone;
    expect(isAlive(parent.pid)).toBe(false);
  });

  it('begins anew where the first start was killed half-way', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', parentProgram, dataDir], { stdio: 'ignore' });
    parents.push(child);
    const inside = join(dataDir, 'postgres');
    for (let waits = 0; waits < 500; waits += 1) {
      if (existsSync(inside) && readdirSync(inside).some((name) => name.startsWith('unfinished-'))) break;
      await sleep(10);
    }
    const gone = ended(child);
    child.kill('SIGKILL');
    await gone;
    const { url } = await start();
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('works where nobody but the owner may enter the data folder', async () => {
    chmodSync(dataDir, 0o700);
    const first = await start();
    await query(first.url, 'create table kept (what text)');
    await first.stop();
    chmodSync(dataDir, 0o755);
    const second = await start();
    expect(await query(second.url, 'select * from kept')).toEqual([]);
  });

  it('waits for what a killed postmaster has left at work', async () => {
    const first = await start();
    const sql = postgres(first.url, { max: 1, onnotice: () => undefined, idle_timeout: 1 });
    // Busy, so that it does not look whether its postmaster is alive.
    const busy = sql`select count(*) from generate_series(1, 20000000)`.catch(() => undefined);
    await sleep(300);
    process.kill(first.pid, 'SIGKILL');
    const second = await start();
    expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await busy;
    await sql.end();
  });

  it('never takes a lost database for a first start', async () => {
    const { stop } = await start();
    await stop();
    rmSync(join(dataDir, 'postgres'), { recursive: true });
    await expect(start()).rejects.toThrow(/is gone/);
  });

  it('says when it ends without having been asked to', async () => {
    let reason = '';
    const database = await startEmbeddedPostgres({
      dataDir,
      fsync: false,
      log,
      onLost: (why) => (reason = why),
    });
    running.push(database);
    process.kill(database.pid, 'SIGQUIT');
    for (let waits = 0; waits < 500 && reason === ''; waits += 1) await sleep(10);
    expect(reason).toContain('PostgreSQL ended');
  });
});
