// Brings a database up to the schema of this version: forward only, each migration once.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { protect } from './islands.ts';

const migrationsFolder = join(import.meta.dirname, 'migrations');
/** Any number that nothing else locks: two servers that start together on one database migrate one after another. */
const MIGRATION_LOCK = 4_011_977;

/**
 * `ahead` makes, as the same owner and under the same lock, what a version needs beside its tables; the server's role is
 * admitted to all of it afterwards.
 */
export async function migrate(
  url: string,
  ahead: (owner: postgres.Sql) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  // Before the first migration is generated the folder has no journal, and there is nothing to apply.
  if (!existsSync(join(migrationsFolder, 'meta', '_journal.json'))) return;
  // drizzle() changes how its client parses dates, so this one is its own; one connection holds the lock.
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const owner = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await applyMigrations(drizzle(sql), { migrationsFolder });
    await ahead(owner);
    await protect(owner);
  } finally {
    await Promise.all([sql.end(), owner.end()]);
  }
}
