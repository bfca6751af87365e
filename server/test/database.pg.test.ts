import postgres from 'postgres';
import { expect, it } from 'vitest';
import { createTestDatabase } from './database.ts';

it('gives each test a database of its own, and takes it away with connections open', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const sql = postgres(one.url, { max: 1 });
  const elsewhere = postgres(other.url, { max: 1 });
  await sql`create table only_here (what text)`;
  const [row] = await elsewhere`select to_regclass('only_here') as found`;
  expect(row).toEqual({ found: null });

  await one.drop();
  await other.drop();
  await expect(sql`select 1`).rejects.toThrow();
  await sql.end();
  await elsewhere.end();
});
