// The catalogue of a migrated database, walked table by table: what docs/spec/database.md promises.
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tables as rowTables } from '@schalter/shared/registry.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly precision: number | null;
  readonly nullable: boolean;
}
interface Constraint {
  readonly table: string;
  readonly name: string;
  readonly kind: 'p' | 'u' | 'f' | 'c';
  readonly columns: readonly string[];
  readonly definition: string;
}
interface Index {
  readonly table: string;
  readonly name: string;
  readonly isUnique: boolean;
  readonly isPrimary: boolean;
  readonly isPartial: boolean;
  readonly columns: readonly string[];
}

let database: TestDatabase;
let columns: readonly Column[];
let constraints: readonly Constraint[];
let indexes: readonly Index[];

beforeAll(async () => {
  database = await createTestDatabase();
  const sql = postgres(database.url, { max: 1 });
  columns = await sql<Column[]>`
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
      information_schema._pg_datetime_precision(a.atttypid, a.atttypmod) as precision, not a.attnotnull as nullable
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
    order by c.relname, a.attnum`;
  constraints = await sql<Constraint[]>`
    select t.relname as table, k.conname as name, k.contype as kind, pg_get_constraintdef(k.oid) as definition,
      array(select a.attname::text from unnest(k.conkey) with ordinality u(attnum, place)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum order by u.place) as columns
    from pg_constraint k join pg_class t on t.oid = k.conrelid join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = 'public' and k.contype <> 'n' order by 1, 2`;
  indexes = await sql<Index[]>`
    select t.relname as table, i.relname as name, x.indisunique as "isUnique", x.indisprimary as "isPrimary",
      x.indpred is not null as "isPartial",
      array(select a.attname::text from unnest(x.indkey::int[]) with ordinality u(attnum, place)
        join pg_attribute a on a.attrelid = x.indrelid and a.attnum = u.attnum order by u.place) as columns
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    join pg_namespace n on n.oid = t.relnamespace where n.nspname = 'public' order by 1, 2`;
  await sql.end();
});
afterAll(() => database.drop());

const tableNames = () => [...new Set(columns.map(({ table }) => table))];
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const at = ({ table, column }: { table: string; column: string }) => `${table}.${column}`;

/** True where `words` stand in `all` in the same order: a name may leave words out, never turn them round. */
function inOrder(words: readonly string[], all: readonly string[]): boolean {
  let from = 0;
  return words.every((word) => {
    const found = all.indexOf(word, from);
    from = found + 1;
    return found >= 0;
  });
}

/** What is wrong with a name by the convention `<table>_<columns>_<suffix>`, or nothing. */
function nameProblem(
  { table, name, columns: of }: { table: string; name: string; columns: readonly string[] },
  suffix: string,
  mayBeLabelled: boolean,
): string | null {
  if (!name.startsWith(`${table}_`) || !name.endsWith(`_${suffix}`))
    return `${name}: not ${table}_…_${suffix}`;
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) return `${name}: not lower case, or longer than PostgreSQL keeps`;
  const words = name.slice(table.length + 1, -suffix.length - 1).split('_');
  const all = of.flatMap((column) => column.split('_'));
  const ok = inOrder(words, all) || (mayBeLabelled && inOrder(words.slice(0, -1), all));
  return ok ? null : `${name}: does not name its columns ${of.join(', ')}`;
}

describe('[DB-01] [DB1] names', () => {
  it('are lower case with underscores, tables in the plural', () => {
    const names = [...tableNames(), ...columns.map(({ column }) => column)];
    expect(names.filter((name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))).toEqual([]);
    // A name that is its own plural.
    const plural = ['people', 'number_series', 'journal', 'credentials'];
    expect(tableNames().filter((name) => !name.endsWith('s') && !plural.includes(name))).toEqual([]);
  });

  it('of keys, constraints and indexes say table, columns and kind', () => {
    const problems = [
      ...constraints
        .filter(({ kind }) => kind === 'p')
        .flatMap(({ table, name }) => (name === `${table}_pkey` ? [] : [name])),
      ...constraints.filter(({ kind }) => kind === 'f').map((c) => nameProblem(c, 'fkey', false)),
      // A check on a part of a JSON column is named by that part as well.
      ...constraints.filter(({ kind }) => kind === 'c').map((c) => nameProblem(c, 'check', true)),
      // A partial index says what it is partial to ("busy", "open").
      ...indexes
        .filter(({ isUnique, isPrimary }) => isUnique && !isPrimary)
        .map((index) => nameProblem(index, 'key', index.isPartial)),
      ...indexes.filter(({ isUnique }) => !isUnique).map((index) => nameProblem(index, 'idx', false)),
    ].filter((problem) => problem !== null);
    expect(problems).toEqual([]);
  });

  it('are unique: no constraint is there twice', () => {
    expect(constraints.filter(({ kind }) => kind === 'u')).toEqual([]);
    expect(new Set(constraints.map(({ table, name }) => `${table} ${name}`)).size).toBe(constraints.length);
  });
});

describe('[DB-01] [DB2] foreign keys', () => {
  it('say what happens on delete, and that is nothing: what is named stays', () => {
    const keys = constraints.filter(({ kind }) => kind === 'f');
    expect(keys.length).toBeGreaterThan(8);
    expect(keys.filter(({ definition }) => !definition.endsWith('ON DELETE RESTRICT'))).toEqual([]);
  });

  /** Ids without a foreign key, with the reason. */
  const LOOSE: Readonly<Record<string, string>> = {
    created_by: 'a person or a device, whoever wrote',
    updated_by: 'a person or a device, whoever wrote',
    organisation_id: 'the stream of the organisation; it is the first part of every key instead',
    location_id: 'the stream of the location; it is part of every key instead',
    command_id: 'a command, which the journal itself holds',
    person_id: 'people live in the stream of the organisation, this row in that of a location',
    for_person_id: 'as person_id',
    resolved_by: 'as person_id',
    claimed_by: 'as person_id',
    assigned_by: 'a person, whoever gave it',
    role_assigned_by: 'as assigned_by',
    device_id: 'a device or none: the journal and sessions outlive it; a pairing names it before it exists',
    stream_id: 'the statement that writes it moves the head of that very stream, and fails without it',
    'reservations.visit_id': 'booking is written beside the visit, and the visit names it back',
    'visits.reservation_id': 'the queue lies below booking and does not know its table',
    'messages.visit_id': 'the stage, which is a foreign key, has the same visit',
    'calls.visit_id': 'the stage, which is a foreign key, has the same visit',
    'calls.service_id': 'the stage, which is a foreign key, has the same service',
    'stages.counter_id': 'where it was served; a counter that is taken out of use stays archived',
    'stages.for_counter_id': 'as stages.counter_id',
    'stages.from_stage_id': 'the stage before, of the same visit',
    'messages.provider_id': 'the id of the carrier',
    'organisations.id': 'its own',
    'passkeys.credential_id': 'what an authenticator calls itself',
    'push_subscriptions.owner_id': 'a person or a visit, whose browser it is',
    'push_subscriptions.session_id': 'as proofs.session_id',
    'push_subscriptions.approaching_stage_id': 'what was told once; stages are archived',
    'proofs.session_id': 'a session is known by its hash; both are swept',
  };

  it('stand wherever an id names a row of the same stream', () => {
    const keyed = new Set(
      constraints
        .filter(({ kind }) => kind === 'f')
        .flatMap(({ table, columns: of }) => of.map((column) => at({ table, column }))),
    );
    const loose = columns.filter(
      (c) => /(_id|_by)$/.test(c.column) && !keyed.has(at(c)) && !(c.column in LOOSE) && !(at(c) in LOOSE),
    );
    expect(loose.map(at)).toEqual([]);
  });
});

describe('[DB-02] types', () => {
  it('[DB3] no floating point where money could be: these columns are minutes and coordinates', () => {
    const floats = columns.filter(({ type }) => /^(real|double precision|numeric|money)/.test(type)).map(at);
    expect(floats).toEqual([
      'locations.latitude',
      'locations.longitude',
      'services.credit_min',
      'stages.credit_min',
      'stages.quoted_low_min',
      'stages.quoted_high_min',
      'stages.expected_min',
    ]);
    const money = columns.filter(({ column }) => /amount|price|cents|total|fee|balance/.test(column));
    // Amounts are integer minor units with their currency; there are none yet.
    expect(money.filter(({ type, column }) => type !== 'bigint' || !column.endsWith('_cents'))).toEqual([]);
  });

  it('[DB4] every time is timestamptz in milliseconds; a day is a date, a time of day is text of five', () => {
    const times = columns.filter(({ type }) => /timestamp|^time|^date|interval/.test(type));
    expect(times.filter(({ type }) => type !== 'date' && type !== 'timestamp(3) with time zone')).toEqual([]);
    expect(times.filter(({ type, column }) => (type === 'date') !== (column === 'business_day'))).toEqual([]);
    const named = columns.filter(({ column }) => /_(at|until)$|^(at|since|not_before)$/.test(column));
    expect(named.filter(({ type }) => type !== 'timestamp(3) with time zone').map(at)).toEqual([]);
  });

  /** Columns of unbounded text that no check bounds, with the reason. */
  const HASHES = [
    'access_tokens.token_hash',
    'access_tokens.session_hash',
    'credentials.password_hash',
    'credentials.pin_hash',
    'credentials.totp_secret',
    'device_tokens.token_hash',
    'device_tokens.follows_hash',
    'journal.fingerprint',
    'one_time_links.token_hash',
    'one_time_links.address_hash',
    'pairings.code_hash',
    'pairings.secret_hash',
    'passkey_challenges.hash',
    'proofs.target_hash',
    'rate_limits.key_hash',
    'recovery_codes.code_hash',
    'refusals.fingerprint',
    'sessions.token_hash',
    'sessions.refresh_hash',
    'sessions.previous_hash',
    'sign_in_steps.token_hash',
  ];

  it('[DB5] texts are bounded: by their length, by an enumeration, or because the server made a hash of them', () => {
    const checked = new Set(
      constraints
        .filter(({ kind, definition }) => kind === 'c' && /= ANY|<@|= '/.test(definition))
        .flatMap(({ table, columns: of }) => of.map((column) => at({ table, column }))),
    );
    const unbounded = columns
      .filter(({ type }) => /^(text|character varying)(\[\])?$/.test(type))
      .map(at)
      .filter((column) => !checked.has(column));
    expect(unbounded).toEqual(HASHES);
  });

  it('[DB6] JSON stands where the row itself is a text in four languages, hours, settings or rights, or in the journal', () => {
    expect(columns.filter(({ type }) => type === 'jsonb').map(at)).toEqual([
      'devices.settings',
      'devices.health',
      'locations.hours',
      'locations.waiting_area',
      'locations.house_message',
      // A condition is one of a few objects; what a role gives is read and written as one.
      'person_grants.condition',
      // Which counters were open when a line was lost; which have been told: read and written as one.
      'presences.away',
      'roles.grants',
      'services.name',
      'services.hint',
      'services.hours',
      'stages.undo',
      'stages.also_called',
    ]);
    const asItCame = columns.filter(({ type }) => type === 'json');
    expect(new Set(asItCame.map(({ table }) => table))).toEqual(new Set(['journal', 'refusals']));
  });
});

describe('[TN-02] [DB7] whose a row is', () => {
  /** Keys that cannot begin with the organisation, with the reason. */
  const WITHOUT_ORGANISATION: Readonly<Record<string, string>> = {
    streams_pkey: 'a command names the stream alone; the organisation is what this row answers',
    one_time_links_pkey: 'known by its hash alone',
    access_tokens_pkey: 'known by its hash alone',
    sessions_pkey: 'a session is known by the hash of its token alone',
    sign_in_steps_pkey: 'a step of a sign-in is known by the hash of its token alone',
    device_tokens_pkey: 'a device is known by the hash of its token alone',
    pairings_pkey: 'a device that asks to be paired belongs to nobody yet',
    pairings_code_hash_key: 'a device that asks to be paired belongs to nobody yet',
    installation_secrets_pkey: 'of the installation, not of an organisation',
    passkey_challenges_pkey: 'who is asked to sign belongs to nobody yet',
    passkeys_credential_id_key: 'an authenticator names nothing but itself',
    rate_limits_pkey: 'who tries belongs to nobody yet',
    visits_link_token_key: 'a customer’s link names nothing but itself',
  };

  /** Keys that look across the locations of an organisation, with the reason. */
  const ACROSS_LOCATIONS: Readonly<Record<string, string>> = {
    locations_organisation_id_code_key: 'a code is unique among the locations',
    messages_organisation_id_to_e164_business_day_idx: 'a number gets so many messages a day, wherever',
  };

  it('every table carries its organisation, but for what belongs to the installation', () => {
    const owned = new Set(
      columns.filter((c) => c.column === 'organisation_id' && !c.nullable).map(({ table }) => table),
    );
    expect(tableNames().filter((name) => !owned.has(name))).toEqual([
      'installation_secrets',
      'pairings',
      'passkey_challenges',
      'rate_limits',
    ]);
  });

  it('every key begins with the organisation, and with the location where there is one', () => {
    const problems = indexes.flatMap(({ table, name, columns: of }) => {
      if (name in WITHOUT_ORGANISATION) return [];
      const hasLocation = rowTables.get(camel(table))?.stream === 'location';
      const head = hasLocation ? ['organisation_id', 'location_id'] : ['organisation_id'];
      const wanted = name in ACROSS_LOCATIONS ? ['organisation_id'] : head;
      return wanted.every((column, i) => of[i] === column) ? [] : [`${name} (${of.join(', ')})`];
    });
    expect(problems).toEqual([]);
    const names = indexes.map(({ name }) => name);
    expect(Object.keys(WITHOUT_ORGANISATION).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('[ID-13] [DB8] every row says when and by whom it was written, and in which entry of the journal', () => {
    for (const name of rowTables.keys()) {
      const own = columns.filter(({ table }) => table === snake(name)).map(({ column }) => column);
      expect(own, name).toEqual(
        expect.arrayContaining([
          'id',
          'archived_at',
          'created_at',
          'created_by',
          'updated_at',
          'updated_by',
          'seq',
        ]),
      );
    }
    const journal = columns.filter(({ table }) => table === 'journal');
    expect(journal.filter(({ column }) => ['actor', 'at', 'occurred_at'].includes(column))).toMatchObject([
      { column: 'actor', nullable: false },
      { column: 'occurred_at', nullable: false },
      { column: 'at', nullable: false },
    ]);
  });
});

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
