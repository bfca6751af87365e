// npm run verify: looks whether the database is sound, and names each damage. It adds the missing seals, and only reads.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { readConfig } from '../config.ts';
import { sealJournal } from '../jobs/sealing.ts';
import { openDatabase } from '../open-database.ts';
import { readHeads, type Head } from './queries-chain.ts';
import { verify } from './queries.ts';

const config = readConfig(process.env, process.cwd());
const { values: asked } = parseArgs({
  options: { heads: { type: 'boolean', default: false }, anchors: { type: 'string' } },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Lines as `--heads` prints them; what else stands in the file (the verdict, a date) is passed over. */
const ANCHOR = /^([0-9a-f-]{36}) (\d+) ([0-9a-f]{64})$/gm;
const parseAnchors = (text: string): Head[] =>
  [...text.matchAll(ANCHOR)].map(([, streamId = '', seq, hash = '']) => ({
    streamId,
    seq: Number(seq),
    hash,
  }));

const database = await openDatabase(config);
const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
try {
  const organisations = await sql<{ id: string }[]>`select distinct organisation_id as id from streams`;
  for (const { id } of organisations) await sealJournal(sql, id);
  if (asked.heads) {
    for (const { streamId, seq, hash } of await readHeads(sql)) say(`${streamId} ${seq} ${hash}`);
  }
  const anchors = asked.anchors === undefined ? '' : readFileSync(asked.anchors, 'utf8');
  const damages = await verify(sql, { anchors: parseAnchors(anchors) });
  for (const { check, what } of damages) say(`${check}: ${what}`);
  say(damages.length === 0 ? 'The database is sound.' : `${damages.length} damages.`);
  if (damages.length > 0) process.exitCode = 1;
} finally {
  await sql.end();
  await database.stop();
}
