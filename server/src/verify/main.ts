// npm run verify: looks whether the database is sound, and names each damage. It only reads.
import postgres from 'postgres';
import { readConfig } from '../config.ts';
import { openDatabase } from '../open-database.ts';
import { verify } from './queries.ts';

const config = readConfig(process.env, process.cwd());
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const database = await openDatabase(config);
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
