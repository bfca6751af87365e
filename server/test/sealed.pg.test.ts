// Sealed fields in a real database: their keys are changed while they are read, searched and written.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { FieldCipher, newFieldKey, parseFieldKeys } from '../src/platform/field-encryption.ts';
import { checkFieldKeys } from '../src/platform/field-keys.ts';
import { Islands } from '../src/engine/postgres-connections.ts';
import { CredentialStore } from '../src/platform/credential-store.ts';
import { SealedStore } from '../src/platform/sealed-store.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

const [one, two] = [newFieldKey(1), newFieldKey(2)];
const cipher = (...keys: readonly string[]) => new FieldCipher(parseFieldKeys(keys.join(',')));
const COLUMN = { table: 'licences', rowId: 'id', column: 'number', blindIndex: 'number_index' };
const organisations = [randomUUID(), randomUUID()];
const place = (organisationId: string, rowId: string) => ({
  organisationId,
  table: 'licences',
  rowId,
  column: 'number',
});

let database: TestDatabase;
let sql: postgres.Sql;
let cold: postgres.Sql;
let credentials: CredentialStore;
const store = () => new SealedStore(sql, () => Promise.resolve(organisations), [COLUMN]);

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 4 });
  cold = postgres(database.url, { max: 1 });
  credentials = new CredentialStore(new Islands(cold));
  await sql`create table licences (organisation_id uuid, id uuid, number text, number_index text,
    primary key (organisation_id, id))`;
});
beforeEach(async () => {
  await sql`truncate licences`;
  await sql`delete from installation_secrets`;
});
afterAll(async () => {
  await Promise.all([sql.end(), cold.end()]);
  await database.drop();
});

async function write(fields: FieldCipher, organisationId: string, id: string, number: string): Promise<void> {
  const row = {
    organisation_id: organisationId,
    id,
    number: fields.seal(number, place(organisationId, id)),
    number_index: fields.blindIndex(number, place(organisationId, id)),
  };
  await sql`insert into licences ${sql(row)} on conflict (organisation_id, id)
    do update set number = excluded.number, number_index = excluded.number_index`;
}
const seed = async (fields: FieldCipher, count: number) => {
  const ids = Array.from({ length: count }, () => randomUUID());
  await Promise.all(ids.map((id, i) => write(fields, organisations[i % 2] ?? '', id, `number ${i}`)));
  return ids;
};
async function numbers(fields: FieldCipher): Promise<readonly string[]> {
  const rows = await sql<{ organisation_id: string; id: string; number: string }[]>`select * from licences`;
  return rows.map((row) => fields.open(row.number, place(row.organisation_id, row.id))).sort();
}

it('[PD3] [EN-02] a rotation leaves everything readable and searchable at every moment, and ends', async () => {
  const ids = await seed(cipher(one), 500);
  const wanted = ids.map((_, i) => `number ${i}`).sort();
  const both = cipher(two, one);
  let done = false;
  const rotated = store()
    .reseal(both)
    .finally(() => (done = true));
  let looks = 0;
  while (!done) {
    expect(await numbers(both)).toEqual(wanted);
    const index = both.blindIndexes('number 7', place(organisations[1] ?? '', ''));
    const found = await sql`select id from licences where number_index in ${sql(index)}`;
    expect(found).toEqual([{ id: ids[7] }]);
    looks += 1;
  }
  expect(looks).toBeGreaterThan(0);
  expect(await rotated).toEqual({ count: 500, broken: [] });
  expect([...(await store().byVersion())]).toEqual([[2, 500]]);
  expect(await numbers(cipher(two))).toEqual(wanted);
  expect(await store().reseal(both)).toEqual({ count: 0, broken: [] });
});

it('[PD3] what is written meanwhile stands, and two rotations at once do no harm', async () => {
  const ids = await seed(cipher(one), 300);
  const both = cipher(two, one);
  const rewritten = ids.slice(0, 40).map((id, i) => write(both, organisations[i % 2] ?? '', id, `new ${i}`));
  const results = await Promise.all([store().reseal(both), store().reseal(both), ...rewritten]);
  expect(results.slice(0, 2)).toMatchObject([{ broken: [] }, { broken: [] }]);
  const after = await numbers(cipher(two));
  expect(after.filter((number) => number.startsWith('new '))).toHaveLength(40);
  expect(after).toHaveLength(300);
});

it('[PD1] what does not open is named, stays as it is, and holds up nothing', async () => {
  const ids = await seed(cipher(one), 3);
  const [moved = '', from = ''] = ids;
  await sql`update licences set number = (select number from licences where id = ${from}) where id = ${moved}`;
  const { count, broken } = await store().reseal(cipher(two, one));
  expect([count, broken]).toEqual([2, [`licences.number of ${moved}, key 1`]]);
});

it('[PD2] [PD3] a server with another key, or without one that is in use, does not start', async () => {
  await checkFieldKeys(cipher(one), credentials, store());
  const other = cipher(newFieldKey(1));
  // Nothing is sealed yet: a lost key is no loss.
  await checkFieldKeys(other, credentials, store());
  await checkFieldKeys(cipher(one), credentials, store());
  await seed(cipher(one), 2);
  await checkFieldKeys(cipher(one), credentials, store());
  await checkFieldKeys(cipher(two, one), credentials, store());
  await expect(checkFieldKeys(other, credentials, store())).rejects.toThrow('is not the one');
  await expect(checkFieldKeys(cipher(two), credentials, store())).rejects.toThrow('key 1 is in use');
  await store().reseal(cipher(two, one));
  await checkFieldKeys(cipher(two), credentials, store());
});

it('[PD2] a copy of the database holds neither key nor value', async () => {
  await seed(cipher(one), 5);
  await checkFieldKeys(cipher(one), credentials, store());
  const rows =
    await sql`select l::text as text from licences l union all select s::text from installation_secrets s`;
  const text = JSON.stringify(rows);
  expect(rows.length).toBeGreaterThan(5);
  for (const secret of ['number 1', one.slice(2), one.slice(2, -1)]) expect(text).not.toContain(secret);
});
