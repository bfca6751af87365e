import { join } from 'node:path';
import { startEmbeddedPostgres } from './adapters/embedded-postgres.ts';
import type { Config } from './config.ts';

/**
 * The database for a tool beside the server, as its owner: the configured one; or the embedded one, which is started for this where
 * none runs.
 */
export async function openDatabase(config: Config): Promise<{ url: string; stop: () => Promise<void> }> {
  const url = config.ownerDatabaseUrl ?? config.databaseUrl;
  if (url !== null) return { url, stop: () => Promise.resolve() };
  return startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), log: () => undefined });
}
