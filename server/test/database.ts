// A database for one test file, or one test: a copy of the migrated template, 0.1 s each.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';

const COPIES_MAX = 20;
const TEMPLATE_DATABASE = 'schalter_template';

export interface TestDatabase {
  url: string;
  drop: () => Promise<void>;
}

async function asAdmin(run: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(inject('testPostgresUrl'), { max: 1, onnotice: () => undefined });
  try {
    await run(sql);
  } finally {
    await sql.end();
  }
}

/** Only in `.pg.test.ts` files. Whoever creates one drops it, after closing its own connections. */
export const createTestDatabase = (): Promise<TestDatabase> => createFrom(TEMPLATE_DATABASE);

/** Without any table, as an installation finds it. */
export const createEmptyDatabase = (): Promise<TestDatabase> => createFrom('template1');

/** A copy as a backup is one; its server is stopped before. */
export async function copyDatabase(url: string): Promise<TestDatabase> {
  const name = new URL(url).pathname.slice(1);
  for (let tries = 0; ; tries++) {
    // A template may have no connections: they are cut, and come back by themselves, perhaps too soon.
    await asAdmin(
      (sql) => sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`,
    );
    const copy = await createFrom(name).catch((error: unknown) => {
      if (tries === COPIES_MAX) throw error;
      return null;
    });
    if (copy !== null) return copy;
  }
}

async function createFrom(template: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin((sql) => sql`create database ${sql(name)} template ${sql(template)}`);
  const url = new URL(inject('testPostgresUrl'));
  url.pathname = `/${name}`;
  return {
    url: url.href,
    // A forgotten connection shall not hide what the test found.
    drop: () => asAdmin((sql) => sql`drop database if exists ${sql(name)} with (force)`),
  };
}
