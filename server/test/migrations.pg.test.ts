// Migrations on databases that are in use: from every earlier state, with data, and by two servers at once.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { afterEach, describe, expect, it } from 'vitest';
import { dumpSchema } from '@schalter/drizzle/dump.ts';
import { migrate } from '@schalter/drizzle/migrate.ts';
import { seedDemo } from '@schalter/drizzle/seed/demo.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from './database.ts';
import { stoppedClock } from './clock.ts';
import { startServer } from './house.ts';

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'drizzle', 'migrations');
const COPY = join(import.meta.dirname, 'copies', '0000_first.sql');
/** Where the copy was taken: its last row is a few minutes older. */
const COPIED_AT = '2026-05-20T08:10:00.000Z';

interface MigrationList {
  readonly entries: readonly { readonly idx: number; readonly tag: string }[];
}
const all = JSON.parse(readFileSync(join(MIGRATIONS, 'meta', '_journal.json'), 'utf8')) as MigrationList;

/** Brings a database to the state in which the first `count` migrations left it. */
async function migrateTo(url: string, count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'schalter-migrations-'));
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    cpSync(MIGRATIONS, folder, { recursive: true });
    const some = { ...all, entries: all.entries.slice(0, count) };
    writeFileSync(join(folder, 'meta', '_journal.json'), JSON.stringify(some));
    await applyMigrations(drizzle(sql), { migrationsFolder: folder });
  } finally {
    await sql.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withSql<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** Every row as text, by table; columns that a later migration adds are not compared. */
async function rowsOf(url: string, shape?: Readonly<Record<string, readonly string[]>>) {
  return withSql(url, async (sql) => {
    const tables = await sql<{ name: string }[]>`
      select tablename as name from pg_tables where schemaname = 'public' order by tablename`;
    const found: Record<string, Record<string, unknown>[]> = {};
    for (const { name } of tables) {
      const rows = await sql<{ row: Record<string, unknown> }[]>`
        select to_jsonb(t) as row from ${sql(name)} t order by to_jsonb(t)::text`;
      const columns = shape?.[name];
      found[name] = rows.map(({ row }) =>
        columns === undefined ? row : Object.fromEntries(columns.map((column) => [column, row[column]])),
      );
    }
    return found;
  });
}

const databases: TestDatabase[] = [];
const remember = (database: TestDatabase): TestDatabase => {
  databases.push(database);
  return database;
};
afterEach(async () => {
  for (const database of databases.splice(0)) await database.drop();
});

describe('[DB-08] [DB9] migrations', () => {
  it('run forward one by one on a copy with data, and no row is lost or changed', async () => {
    const { url } = remember(await createEmptyDatabase());
    await migrateTo(url, 1);
    await withSql(url, (sql) => sql.unsafe(readFileSync(COPY, 'utf8')));
    const before = await rowsOf(url);
    const shape = Object.fromEntries(
      Object.entries(before).map(([name, rows]) => [name, Object.keys(rows[0] ?? {})]),
    );
    expect(Object.values(before).filter((rows) => rows.length === 0)).toEqual([]);
    for (let count = 2; count <= all.entries.length; count++) {
      await migrateTo(url, count);
      expect(await rowsOf(url, shape), all.entries[count - 1]?.tag ?? '').toMatchObject(before);
    }
  });

  it('lead from an old copy to the very schema that a new installation gets', async () => {
    const { url } = remember(await createEmptyDatabase());
    await migrateTo(url, 1);
    await withSql(url, (sql) => sql.unsafe(readFileSync(COPY, 'utf8')));
    await migrate(url);
    const fresh = remember(await createTestDatabase());
    expect(await dumpSchema(url)).toBe(await dumpSchema(fresh.url));
  });

  it('leave a station that goes on where it was: today’s rows, and the next number', async () => {
    const { url } = remember(await createEmptyDatabase());
    await migrateTo(url, 1);
    await withSql(url, (sql) => sql.unsafe(readFileSync(COPY, 'utf8')));
    const app = await startServer(url, { clock: stoppedClock(COPIED_AT) });
    try {
      const streamId = (await app.parts.queries.locationByCode('zrh'))?.id ?? '';
      const live = await app.parts.engine.read(streamId, ({ live: { rows } }) => ({
        numbers: [...rows.visits.values()].map((v) => `${v.series}${v.number}`).sort(),
        stages: [...rows.stages.values()].map((s) => s.status).sort(),
        service: [...rows.services.values()].find((s) => s.letter === 'M')?.id,
      }));
      expect(live?.numbers).toEqual(['B1', 'M1', 'M2', 'M3', 'M4']);
      expect(live?.stages).toEqual(['called', 'done', 'waiting', 'waiting', 'waiting']);
      const answer = await app.parts.engine.execute({
        envelope: {
          commandId: 'b1d0a3f4-6a0b-7c11-9c55-0d4f3f1f2a01',
          streamId,
          type: 'queue.issueTicket',
          input: {
            serviceId: live?.service,
            language: 'de',
            linkToken: 'after-the-migration-0001',
            contact: null,
            name: null,
            note: null,
          },
          occurredAt: COPIED_AT,
        },
        actor: { kind: 'system' },
      });
      expect(answer).toMatchObject({ ok: true, result: { series: 'M', number: 5 } });
    } finally {
      await app.stop();
    }
  });

  it('run again change nothing, with the demo in the database', async () => {
    const { url } = remember(await createTestDatabase());
    const clock = stoppedClock(COPIED_AT);
    const app = await startServer(url, { clock });
    const seed = () =>
      seedDemo({
        now: () => clock.now(),
        execute: ({ envelope, organisationId }) =>
          app.parts.engine.execute({ envelope, organisationId, actor: { kind: 'system' } }),
        ensureCredentials: () => Promise.resolve(),
      });
    await seed();
    const schema = await dumpSchema(url);
    const rows = await rowsOf(url);
    expect(rows['reservations']?.length).toBeGreaterThan(5);
    await migrate(url);
    await seed();
    expect(await dumpSchema(url)).toBe(schema);
    // Seeded twice is seeded once: the same rows, and not one more entry in the journal.
    expect(await rowsOf(url)).toEqual(rows);
    await app.stop();
  });

  it('of two servers that start together run once', async () => {
    const { url } = remember(await createEmptyDatabase());
    await Promise.all([migrate(url), migrate(url), migrate(url)]);
    const [row] = await withSql(
      url,
      (sql) => sql`select count(*)::int as count from drizzle.__drizzle_migrations`,
    );
    expect(row).toEqual({ count: all.entries.length });
  });
});
