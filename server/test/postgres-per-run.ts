// One PostgreSQL per test run, without fsync, and in it a template database that is migrated once.
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '@schalter/drizzle/migrate.ts';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../src/adapters/embedded-postgres.ts';
import { freeDataDirectory } from '../src/adapters/postmaster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The database `postgres` of the run's own server. */
    testPostgresUrl: string;
  }
}

const TEMPLATE_DATABASE = 'schalter_template';
const PREFIX = 'schalter-test-';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A run that was killed leaves its PostgreSQL and its folder; the folder's name says whose they were. */
async function clearAfterKilledRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? 0);
    if (pid === 0 || isAlive(pid)) continue;
    const directory = join(tmpdir(), name, 'postgres');
    await freeDataDirectory(directory, join(directory, 'cluster'));
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await clearAfterKilledRuns();
  const dataDir = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // The database's own user must be able to enter it.
  chmodSync(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, fsync: false, log: () => undefined });

  const adminUrl = new URL(server.url);
  adminUrl.pathname = '/postgres';
  const templateUrl = new URL(server.url);
  templateUrl.pathname = `/${TEMPLATE_DATABASE}`;
  const admin = postgres(adminUrl.href, { max: 1 });
  await admin`create database ${admin(TEMPLATE_DATABASE)}`;
  await admin.end();
  await migrate(templateUrl.href);
  project.provide('testPostgresUrl', adminUrl.href);

  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
