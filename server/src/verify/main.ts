// npm run verify: looks whether the database is sound, and names each damage. It only reads.
import { join } from 'node:path';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '../adapters/embedded-postgres.ts';
import { readConfig } from '../config.ts';
import { verify } from './queries.ts';

const config = readConfig(process.env, process.cwd());
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The configured database, beside its servers; or the embedded one, which is started for this where none runs. */
async function open(): Promise<{ url: string; stop: () => Promise<void> }> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl, stop: () => Promise.resolve() };
  return startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), log: () => undefined });
}

const database = await open();
const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
try {
  const damages = await verify(sql);
  for (const { check, what } of damages) say(`${check}: ${what}`);
  say(damages.length === 0 ? 'The database is sound.' : `${damages.length} damages.`);
  if (damages.length > 0) process.exitCode = 1;
} finally {
  await sql.end();
  await database.stop();
}
