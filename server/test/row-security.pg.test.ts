// What the database itself refuses: a forgotten condition, a wrong organisation, a role that owns something.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_ROLE, ORGANISATIONS } from '@schalter/drizzle/islands.ts';
import { migrate } from '@schalter/drizzle/migrate.ts';
import { verify } from '../src/verify/queries.ts';
import { assertAppRole, connectTo } from '../src/engine/postgres-connections.ts';
import { openTestHouse, startServer, type TestHouse } from './house.ts';

/** Tables without an organisation, with the reason. */
const OF_THE_INSTALLATION: Readonly<Record<string, string>> = {
  installation_secrets: 'keys of the installation itself',
  passkey_challenges: 'what is to be signed by somebody who is nobody yet, by hash',
  rate_limits: 'tries of callers who belong to nobody yet, by hash',
};
/**
 * What is asked before anybody knows the organisation; each answers no more than whose a key is. And what adds to the
 * journal's chain, which nobody else writes.
 */
const DOORS = [
  'device_by_token',
  'enter_stream',
  'link_by_token',
  'location_by_code',
  'location_ids',
  'organisation_ids',
  'organisation_of_pairing',
  'organisation_of_passkey',
  'person_by_email',
  'redact_journal_entry',
  'seal_journal',
  'session_by_access',
  'session_by_token',
  'sign_in_step_by_token',
  'stream_heads',
  'sweep_credentials',
  'visit_by_link',
];

let house: TestHouse;
let owner: postgres.Sql;
let app: postgres.Sql;
let tables: readonly string[];
const stranger = randomUUID();

beforeAll(async () => {
  house = await openTestHouse();
  owner = postgres(house.databaseUrl, { max: 1, onnotice: () => undefined });
  app = connectTo(house.databaseUrl, 1);
  const found = await owner<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and a.attname = 'organisation_id' and not a.attisdropped order by 1`;
  tables = found.map(({ name }) => name);
  // Each table has rows of two organisations: those of the house once more, as a stranger's.
  await owner`set session_replication_role = replica`;
  for (const table of tables) {
    const columns = await owner<{ name: string; type: string; generated: boolean }[]>`
      select a.attname as name, format_type(a.atttypid, null) as type, a.attgenerated <> '' as generated
      from pg_attribute a where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped`;
    const [any] =
      await owner`select from ${owner(table)} where organisation_id = ${house.organisationId} limit 1`;
    if (any === undefined) await makeRow(table);
    const written = columns.filter(({ generated }) => !generated).map(({ name }) => name);
    const keys = await uniqueColumns(table);
    const values = written.map((name) =>
      name === 'organisation_id'
        ? `'${stranger}'::uuid`
        : keys.has(name)
          ? otherThan(name, columns.find((column) => column.name === name)?.type ?? '')
          : `"${name}"`,
    );
    await owner.unsafe(
      `insert into ${table} (${written.map((name) => `"${name}"`).join(', ')})
       select ${values.join(', ')} from ${table} where organisation_id = '${house.organisationId}' limit 1`,
    );
  }
  await owner`set session_replication_role = origin`;
});
afterAll(async () => {
  await Promise.all([owner.end(), app.end()]);
  await house.close();
});

/** Columns of keys that do not begin with the organisation: the copy needs another value. */
const uniqueColumns = async (table: string): Promise<ReadonlySet<string>> => {
  const rows = await owner<{ name: string }[]>`
    select a.attname as name from pg_index x join pg_attribute a
      on a.attrelid = x.indrelid and a.attnum = any(x.indkey)
    where x.indrelid = ${table}::regclass and x.indisunique and not exists (select from pg_attribute o
      where o.attrelid = x.indrelid and o.attnum = any(x.indkey) and o.attname = 'organisation_id')`;
  return new Set(rows.map(({ name }) => name));
};
const otherThan = (name: string, type: string): string =>
  type === 'uuid' ? 'gen_random_uuid()' : `'~' || substr("${name}"::text, 2)`;

/** A row of the house with the least that the columns ask for; nothing but whose it is matters here. */
async function makeRow(table: string): Promise<void> {
  const columns = await owner<{ name: string; type: string; check: string | null }[]>`
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      (select (regexp_match(pg_get_constraintdef(k.oid), '''([^'']+)''::text'))[1] from pg_constraint k
        where k.conrelid = a.attrelid and k.contype = 'c' and a.attnum = any(k.conkey) limit 1) as check
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = '' and (a.attnotnull and d.oid is null or a.attname = 'organisation_id')`;
  const value = ({ name, type, check }: (typeof columns)[number]): string => {
    if (name === 'organisation_id') return `'${house.organisationId}'`;
    if (type.startsWith('json') || type.endsWith('[]')) return `'{}'`;
    if (check !== null) return `'${check}'`;
    if (type === 'uuid') return 'gen_random_uuid()';
    if (type.startsWith('timestamp') || type === 'date') return 'now()';
    if (/int|double/.test(type)) return '1';
    if (type === 'boolean') return 'false';
    return `'x'`;
  };
  await owner.unsafe(
    `insert into ${table} (${columns.map(({ name }) => `"${name}"`).join(', ')}) values (${columns.map(value).join(', ')})`,
  );
}

const as = <T>(organisationIds: readonly string[], work: (tx: postgres.TransactionSql) => Promise<T>) =>
  app.begin(async (tx) => {
    await tx`select set_config(${ORGANISATIONS}, ${`{${organisationIds.join(',')}}`}, true)`;
    return work(tx);
  });

describe('[TN-01] [DB11] every table of organisations is an island of each', () => {
  it('by the catalogue: forced security and its two policies, on every table but those of the installation', async () => {
    const rows = await owner<{ name: string; secured: boolean; policies: string[] }[]>`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as secured,
        array(select polname::text from pg_policy where polrelid = c.oid order by 1) as policies
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`;
    const without = rows.filter(({ name }) => !tables.includes(name)).map(({ name }) => name);
    expect(without).toEqual(Object.keys(OF_THE_INSTALLATION));
    for (const row of rows.filter(({ name }) => tables.includes(name)))
      expect(row).toMatchObject({ secured: true, policies: ['island', 'owner'] });
    expect(tables.length).toBeGreaterThan(18);
  });

  it('shows nothing to a query without a condition, where no organisation is named', async () => {
    for (const table of tables.filter((name) => name !== 'pairings'))
      expect(await app`select from ${app(table)}`, table).toHaveLength(0);
    // A device that asks to be paired belongs to nobody yet; those that somebody has are not seen.
    const ofNobody = await app<{ organisationId: string | null }[]>`
      select organisation_id as "organisationId" from pairings`;
    expect(ofNobody.filter(({ organisationId }) => organisationId !== null)).toEqual([]);
  });

  it('shows the rows of the organisation that is named, and no other, to a query without a condition', async () => {
    for (const table of tables) {
      const [all] = await owner`select count(distinct organisation_id)::int as n from ${owner(table)}`;
      expect(all?.['n'], table).toBeGreaterThan(1);
      for (const id of [house.organisationId, stranger]) {
        const seen = await as([id], (tx) => tx`select distinct organisation_id as id from ${tx(table)}`);
        const ids = seen.map((row) => row['id'] as string | null).filter((one) => one !== null);
        expect(ids, table).toEqual([id]);
      }
    }
  });

  it('refuses a row of another organisation, and a row that would change hands', async () => {
    const secret = { tokenHash: randomUUID(), at: '2026-05-20T08:00:00.000Z' };
    const insert = (organisationId: string) =>
      as([house.organisationId], async (tx) => {
        await tx`insert into sessions (token_hash, organisation_id, person_id, created_at, expires_at)
          values (${secret.tokenHash}, ${organisationId}, ${randomUUID()}, ${secret.at}, ${secret.at})`;
      });
    await expect(insert(stranger)).rejects.toMatchObject({ code: '42501' });
    await insert(house.organisationId);
    await expect(
      as([house.organisationId], (tx) => tx`update sessions set organisation_id = ${stranger}`),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('changes the own rows alone, by an update without a condition', async () => {
    const before = await owner`select name from organisations where organisation_id = ${stranger}`;
    const changed = await as([house.organisationId], async (tx) => {
      const rows = await tx`update organisations set name = 'changed' returning organisation_id as id`;
      return rows.map((row) => row['id'] as string);
    });
    expect(changed).toEqual([house.organisationId]);
    expect(await owner`select name from organisations where organisation_id = ${stranger}`).toEqual(before);
  });

  it('forgets the organisation with the transaction: the next one on the connection sees nothing', async () => {
    await as([house.organisationId], (tx) => tx`select from people`);
    expect(await app`select from people`).toHaveLength(0);
  });
});

describe('[PM-10] [DB12] the server works in a role that owns nothing', () => {
  it('that is above no policy, signs in by nothing of its own, and cannot get more', async () => {
    const [role] = await owner`
      select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
        (select count(*)::int from pg_shdepend d where d.refobjid = r.oid and d.deptype = 'o') as owned,
        (select count(*)::int from pg_auth_members m where m.member = r.oid) as member_of
      from pg_roles r where rolname = ${APP_ROLE}`;
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolcanlogin: false,
      rolreplication: false,
      owned: 0,
      member_of: 0,
    });
    for (const statement of [
      'create table public.mine (n int)',
      'create schema mine',
      'alter table people disable row level security',
      'drop policy island on people',
      'truncate journal',
    ])
      await expect(app.unsafe(statement), statement).rejects.toMatchObject({ code: '42501' });
  });

  it('may neither change nor delete what the journal says, nor delete any row of an organisation', async () => {
    await expect(app`update journal set type = 'x'`).rejects.toMatchObject({ code: '42501' });
    for (const table of tables)
      await expect(app`delete from ${app(table)}`, table).rejects.toMatchObject({ code: '42501' });
  });

  it('and the server does not start in another', async () => {
    await expect(assertAppRole(owner)).rejects.toThrow(APP_ROLE);
    await assertAppRole(app);
  });

  it('also where who signs in owns nothing either, and another migrates', async () => {
    const name = `login_${randomUUID().slice(0, 8)}`;
    await owner.unsafe(
      `create role ${name} login password 'only-for-this-test'; grant ${APP_ROLE} to ${name}`,
    );
    const url = new URL(house.databaseUrl);
    url.username = name;
    url.password = 'only-for-this-test';
    const second = await startServer(url.href, { environment: { DATABASE_OWNER_URL: house.databaseUrl } });
    try {
      expect(await second.parts.queries.organisationIds()).toContain(house.organisationId);
    } finally {
      await second.stop();
      await owner.unsafe(`drop role ${name}`);
    }
  });
});

describe('[PM-10] [DB12] where the owner of the database is no superuser', () => {
  it('it is told what to ask for, and with that it migrates, serves, and is verified', async () => {
    const name = `house_${randomUUID().slice(0, 8)}`;
    const url = new URL(house.databaseUrl);
    url.username = name;
    url.password = 'only-for-this-test';
    url.pathname = `/${name}`;
    await owner.unsafe(`create role ${name} login password 'only-for-this-test'`);
    await owner.unsafe(`create database ${name} owner ${name}`);
    try {
      await expect(migrate(url.href)).rejects.toThrow(`grant ${APP_ROLE} to`);
      await owner.unsafe(`grant ${APP_ROLE} to ${name}`);
      const app = await startServer(url.href);
      const id = randomUUID();
      const answer = await app.parts.engine.execute({
        envelope: {
          commandId: randomUUID(),
          streamId: id,
          type: 'platform.createOrganisation',
          input: { name: 'A house of its own', language: 'de', currency: 'CHF' },
          occurredAt: app.parts.clock.now(),
        },
        organisationId: id,
        actor: { kind: 'system' },
      });
      expect(answer).toMatchObject({ ok: true });
      expect(await app.parts.queries.organisationIds()).toEqual([id]);
      await app.stop();
      const own = postgres(url.href, { max: 1, onnotice: () => undefined });
      expect(await own`select id from organisations`).toHaveLength(1);
      expect(await verify(own)).toEqual([]);
      await own.end();
    } finally {
      await owner.unsafe(`drop database ${name} with (force)`);
      await owner.unsafe(`drop role ${name}`);
    }
  });
});

describe('[DB13] the doors', () => {
  it('are these functions and no others, and nobody but the server may call them', async () => {
    const found = await owner<{ name: string; path: string[]; open: boolean }[]>`
      select proname as name, proconfig as path, has_function_privilege('public', oid, 'execute') as open
      from pg_proc where prosecdef and pronamespace = 'public'::regnamespace order by 1`;
    expect(found.map(({ name }) => name)).toEqual(DOORS);
    for (const { path, open } of found) {
      expect(path).toEqual(['search_path=public, pg_temp']);
      expect(open).toBe(false);
    }
  });

  it('and neither seal nor redact a journal that the transaction does not name', async () => {
    const commandId = randomUUID();
    for (const named of [[stranger], []] as const)
      for (const call of [
        `seal_journal('${house.organisationId}', '${house.locationId}', 10)`,
        `redact_journal_entry('${house.organisationId}', '${house.locationId}', 1, '${commandId}', null, null, null, null, null)`,
      ])
        await expect(
          as(named, (tx) => tx.unsafe(`select ${call}`)),
          call,
        ).rejects.toMatchObject({ code: '42501' });
    await as(
      [house.organisationId],
      (tx) => tx`select seal_journal(${house.organisationId}, ${house.locationId}, 10)`,
    );
  });

  it('answer nothing to a wrong key', async () => {
    const wrong = randomUUID();
    for (const call of [
      `session_by_token('${wrong}')`,
      `device_by_token('${wrong}')`,
      `person_by_email('${wrong}@example.org')`,
      `visit_by_link('${wrong}')`,
      `location_by_code('${wrong}')`,
      `enter_stream('${wrong}', false)`,
      `stream_heads(array['${wrong}']::uuid[])`,
    ])
      expect(await app.unsafe(`select * from ${call}`), call).toHaveLength(0);
  });
});
