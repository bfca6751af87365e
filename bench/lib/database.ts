import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { migrate } from '@schalter/drizzle/migrate.ts';
import { startEmbeddedPostgres } from '@schalter/server/src/adapters/embedded-postgres.ts';

export interface BenchDatabase {
  readonly url: string;
  /** Counts the rows, so that plans are made from what is there. */
  analyze(): Promise<void>;
  /** An entry of the journal as JSON, of middling weight. */
  journalEntry(): Promise<string>;
  stop(): Promise<void>;
}

/** A data folder of its own below the system's temporary one; PostgreSQL's user must be able to enter it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'schalter-bench-'));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

async function once<T>(url: string, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1 });
  return ask(sql).finally(() => sql.end());
}

/** A fresh PostgreSQL with fsync on, migrated: what is measured on it is durable. */
export async function startDatabase(): Promise<BenchDatabase> {
  const folder = temporaryFolder();
  const server = await startEmbeddedPostgres({ dataDir: folder.path, fsync: true, log: () => undefined });
  await migrate(server.url);
  return {
    url: server.url,
    analyze: () => once(server.url, async (sql) => void (await sql`analyze`)),
    journalEntry: () =>
      once(server.url, async (sql) => {
        const entries = await sql<{ text: string }[]>`
          select row_to_json(j)::text as text from journal j where type like 'queue.%'
          order by length(row_to_json(j)::text)`;
        return entries[Math.floor(entries.length / 2)]?.text ?? '{}';
      }),
    async stop() {
      await server.stop();
      folder.remove();
    },
  };
}
