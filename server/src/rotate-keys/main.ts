// npm run rotate-keys: seals anew what is sealed with an older key than the one in front, beside running servers, and says
// which keys are still needed. With --new it prints a key of the next version, and changes nothing.
import postgres from 'postgres';
import { readConfig } from '../config.ts';
import { openDatabase } from '../open-database.ts';
import { newFieldKey } from '../platform/field-encryption.ts';
import { fieldCipherOf } from '../platform/field-keys.ts';
import { SealedStore } from '../platform/sealed-store.ts';

const config = readConfig(process.env, process.cwd());
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const fields = fieldCipherOf(config);

async function rotate(): Promise<void> {
  const database = await openDatabase(config);
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  try {
    const organisations = await sql<{ id: string }[]>`select organisation_ids() as id`;
    const ids = organisations.map(({ id }) => id);
    const store = new SealedStore(sql, () => Promise.resolve(ids));
    const { count, broken } = await store.reseal(fields);
    say(`${count} values are sealed with the key in front now.`);
    for (const what of broken) say(`does not open: ${what}`);
    for (const [version, left] of await store.byVersion()) say(`key ${version}: ${left} values`);
    if (broken.length > 0) process.exitCode = 1;
  } finally {
    await sql.end();
    await database.stop();
  }
}

if (process.argv.includes('--new')) {
  const newest = Math.max(...fields.fingerprints().keys());
  say(newFieldKey(newest + 1));
} else {
  await rotate();
}
