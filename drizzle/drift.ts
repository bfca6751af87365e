// Whether the migrations say what the schema says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import config from './drizzle.config.ts';
import * as schema from './schema/index.ts';

const meta = join(import.meta.dirname, 'migrations', 'meta');

interface Journal {
  entries: { idx: number }[];
}

/** The statements that a new migration would have to hold; none where schema and migrations agree. */
export async function missingStatements(): Promise<string[]> {
  const journal = JSON.parse(readFileSync(join(meta, '_journal.json'), 'utf8')) as Journal;
  const last = String(journal.entries.at(-1)?.idx ?? 0).padStart(4, '0');
  const snapshot = readFileSync(join(meta, `${last}_snapshot.json`), 'utf8');
  return generateMigration(
    JSON.parse(snapshot),
    generateDrizzleJson(schema, undefined, undefined, config.casing),
  );
}
