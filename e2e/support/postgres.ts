// One PostgreSQL for a run of the journeys, and a migrated template in it; each house gets a copy.
import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { migrate } from '@schalter/drizzle/migrate.ts';
import { startEmbeddedPostgres } from '@schalter/server/src/adapters/embedded-postgres.ts';

const TEMPLATE = 'schalter_e2e_template';
/** Where the run's PostgreSQL is, handed from the global set-up to the workers. */
export const POSTGRES_ENV = 'SCHALTER_E2E_POSTGRES';

/** Playwright's global set-up; what it returns ends the run. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'schalter-e2e-'));
  chmodSync(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, fsync: false, log: () => undefined });
  const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
  await admin`create database ${admin(TEMPLATE)}`;
  await admin.end();
  await migrate(withDatabase(server.url, TEMPLATE));
  process.env[POSTGRES_ENV] = server.url;
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}

function withDatabase(url: string, name: string): string {
  const copy = new URL(url);
  copy.pathname = `/${name}`;
  return copy.href;
}

/** A migrated database of its own, empty; where another release is to migrate it, without anything. */
export async function createDatabase({ migrated = true } = {}): Promise<{
  url: string;
  drop: () => Promise<void>;
}> {
  const url = process.env[POSTGRES_ENV];
  if (url === undefined)
    throw new Error('no PostgreSQL: these tests are run by Playwright with its global set-up');
  const name = `house_${randomUUID().replaceAll('-', '')}`;
  const asAdmin = async (run: (sql: postgres.Sql) => Promise<unknown>): Promise<void> => {
    const sql = postgres(url, { max: 1, onnotice: () => undefined });
    await run(sql).finally(() => sql.end());
  };
  const template = migrated ? TEMPLATE : 'template1';
  await asAdmin((sql) => sql`create database ${sql(name)} template ${sql(template)}`);
  return {
    url: withDatabase(url, name),
    drop: () => asAdmin((sql) => sql`drop database if exists ${sql(name)} with (force)`),
  };
}
