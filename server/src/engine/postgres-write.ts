import { createHash } from 'node:crypto';
import type postgres from 'postgres';
import { ORGANISATIONS } from '@schalter/drizzle/islands.ts';
import { compositeType, packed, packRows, type Column } from './composite.ts';
import type { Batch, JournalEntry, RowWrite, StoredAnswer, StreamHead } from './store.ts';
import { DOMAIN_TABLES, namesOf, type RowOfBatch, type TableColumns } from './postgres-tables.ts';

/**
 * Batches in one statement: a function in the database, made from the schema, that every process with the same
 * schema shares (its name is its text's hash). Eight statements in one round trip cost PostgreSQL and Node three
 * times what this one costs: each is bound, executed, answered and read for itself.
 */

/** A stream has moved on, or a command is known already: nothing was written. */
export const NOT_CURRENT = 'SC001';

/** Any number that nothing else locks: two processes that start together make the function one after another. */
const DEFINITION_LOCK = 4_011_978;

/** What one lane has decided: on which head, and the ids of its commands, none of which may be known. */
export interface Append {
  readonly head: StreamHead;
  readonly commandIds: readonly string[];
  readonly batch: Batch;
}
/** Something of a batch, with whose it is. */
type Of<T> = T & { readonly append: Append };

const HEAD: readonly Column<Append>[] = [
  { name: 'organisation_id', type: 'uuid', of: ({ head }) => head.organisationId },
  { name: 'stream_id', type: 'uuid', of: ({ head }) => head.id },
  { name: 'seq', type: 'bigint', of: ({ head }) => head.seq },
  { name: 'next_seq', type: 'bigint', of: ({ batch }) => batch.seq },
];
const OWNED: readonly Column<{ readonly append: Append }>[] = [
  { name: 'organisation_id', type: 'uuid', of: ({ append }) => append.head.organisationId },
  { name: 'stream_id', type: 'uuid', of: ({ append }) => append.head.id },
];
const COMMAND: readonly Column<Of<{ readonly commandId: string }>>[] = [
  ...OWNED,
  { name: 'command_id', type: 'uuid', of: ({ commandId }) => commandId },
];
const ENTRY: readonly Column<Of<{ readonly entry: JournalEntry }>>[] = [
  ...OWNED,
  { name: 'seq', type: 'bigint', of: ({ entry }) => entry.seq },
  { name: 'command_id', type: 'uuid', of: ({ entry }) => entry.commandId },
  { name: 'fingerprint', type: 'text', of: ({ entry }) => entry.fingerprint },
  { name: 'type', type: 'text', of: ({ entry }) => entry.type },
  { name: 'input', type: 'json', of: ({ entry }) => entry.input },
  { name: 'result', type: 'json', of: ({ entry }) => entry.result },
  { name: 'facts', type: 'json', of: ({ entry }) => entry.facts },
  { name: 'changes', type: 'json', of: ({ entry }) => entry.changes },
  { name: 'actor', type: 'json', of: ({ entry }) => entry.actor },
  { name: 'device_id', type: 'uuid', of: ({ entry }) => entry.deviceId },
  { name: 'occurred_at', type: 'timestamptz', of: ({ entry }) => entry.occurredAt },
  { name: 'at', type: 'timestamptz', of: ({ entry }) => entry.at },
];
const REFUSAL: readonly Column<Of<{ readonly refusal: StoredAnswer }>>[] = [
  ...OWNED,
  { name: 'at', type: 'timestamptz', of: ({ append }) => append.batch.at },
  { name: 'command_id', type: 'uuid', of: ({ refusal }) => refusal.commandId },
  { name: 'fingerprint', type: 'text', of: ({ refusal }) => refusal.fingerprint },
  { name: 'answer', type: 'json', of: ({ refusal }) => refusal.answer },
];

/** One packed parameter: some rows of one table, and how they are written. */
interface Write {
  /** Of their composite type, within the schema of the function. */
  readonly type: string;
  readonly columns: readonly Column<never>[];
  readonly sql: (rows: string) => string;
}

const insertOf =
  (sqlName: string, columns: readonly Column<never>[]) =>
  (rows: string): string =>
    `insert into ${sqlName} (${namesOf(columns)}) select r.* from unnest(${rows}) r`;

const setTo = ({ changing }: TableColumns, from: string): string =>
  changing.map((name) => `"${name}" = ${from}."${name}"`).join(', ');

const upsertOf = (table: TableColumns) => (rows: string) =>
  `${insertOf(table.sqlName, table.columns)(rows)}
      on conflict (${table.key.join(', ')}) do update set ${setTo(table, 'excluded')}`;

/** A row that this process knows and the table does not: this process is wrong about more than that. */
const updateOf = (table: TableColumns) => (rows: string) =>
  `update ${table.sqlName} t set ${setTo(table, 'r')} from unnest(${rows}) r
      where ${table.key.map((name) => `t.${name} = r.${name}`).join(' and ')};
    get diagnostics _written = row_count;
    if _written <> cardinality(${rows}) then raise exception 'not current' using errcode = '${NOT_CURRENT}'; end if`;

/** What gives up a counter or an open stage is written before what takes it. */
const HOW: readonly { how: RowWrite['how']; sqlOf: (table: TableColumns) => Write['sql'] }[] = [
  { how: 'update', sqlOf: updateOf },
  { how: 'upsert', sqlOf: upsertOf },
  { how: 'insert', sqlOf: (table) => insertOf(table.sqlName, table.columns) },
];

/** What is written, in this order. */
const WRITES: readonly Write[] = [
  ...DOMAIN_TABLES.flatMap((table) =>
    HOW.map(({ sqlOf }) => ({ type: table.sqlName, columns: table.columns, sql: sqlOf(table) })),
  ),
  { type: 'journal', columns: ENTRY, sql: insertOf('journal', ENTRY) },
  { type: 'refusals', columns: REFUSAL, sql: insertOf('refusals', REFUSAL) },
];

/** The commands $2 that a table knows. */
const knownIn = (table: string): string =>
  `select from unnest($2) c join ${table} k
      on k.organisation_id = c.organisation_id and k.stream_id = c.stream_id and k.command_id = c.command_id`;

/** Batches that are written together wait for a lock this long, then each for itself, and for as long as it takes. */
const IMPATIENT_MS = 50;

/** $1 the heads, $2 the commands that must be unknown, $3 whether locks are waited for, then what is written. */
const BODY = `
declare
  _written bigint;
begin
  perform set_config('${ORGANISATIONS}', (select array_agg(distinct h.organisation_id)::text from unnest($1) h), true);
  if not $3 then
    perform set_config('lock_timeout', '${IMPATIENT_MS}', true);
  end if;
  update streams s set seq = h.next_seq from unnest($1) h where s.id = h.stream_id and s.seq = h.seq;
  get diagnostics _written = row_count;
  if _written <> cardinality($1) or exists (${knownIn('journal')}) or exists (${knownIn('refusals')}) then
    raise exception 'not current' using errcode = '${NOT_CURRENT}';
  end if;
${WRITES.map(({ sql }, i) => `  if $${i + 4} is not null then\n    ${sql(`$${i + 4}`)};\n  end if;`).join('\n')}
end`;

const COMPOSITES = new Map<string, readonly Column<never>[]>([
  ['head', HEAD],
  ['command', COMMAND],
  ...WRITES.map(({ type, columns }) => [type, columns] as const),
]);
const SCHEMA = `batch_${createHash('sha256')
  .update(JSON.stringify([...COMPOSITES]) + BODY)
  .digest('hex')
  .slice(0, 12)}`;
const arrayOf = (type: string) => `${SCHEMA}.${type}[]`;
const TYPES = [arrayOf('head'), arrayOf('command'), 'boolean', ...WRITES.map(({ type }) => arrayOf(type))];
/**
 * Planned once, whatever the values, and by the keys: a table that was never counted would be read whole for each
 * row that is written.
 */
const SETTINGS = [
  'plan_cache_mode = force_generic_plan',
  'jit = off',
  ...['seqscan', 'hashjoin', 'mergejoin'].map((way) => `enable_${way} = off`),
];
const DEFINITION = `
create schema ${SCHEMA};
${[...COMPOSITES].map(([type, columns]) => compositeType(`${SCHEMA}.${type}`, columns)).join(';\n')};
create function ${SCHEMA}.write(${TYPES.join(', ')}) returns void language plpgsql
  ${SETTINGS.map((setting) => `set ${setting}`).join(' ')} as $_$${BODY}$_$;`;
/** The driver is told that packed rows are text; it would write an array of its own. */
const CALL = `select ${SCHEMA}.write(${TYPES.map((type, i) => `$${i + 1}::text::${type}`).join(', ')})`;

/**
 * Makes the function where this schema's is not there yet, as the owner of the database, before the server begins to
 * work. Those of earlier versions stay, for who still runs them.
 */
export async function defineWriteBatch(sql: postgres.Sql): Promise<void> {
  const isDefined = async (on: postgres.Sql | postgres.TransactionSql): Promise<boolean> =>
    (await on`select to_regnamespace(${SCHEMA}) is not null as defined`)[0]?.['defined'] === true;
  if (await isDefined(sql)) return;
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${DEFINITION_LOCK})`;
    if (!(await isDefined(tx))) await tx.unsafe(DEFINITION);
  });
}

/**
 * Writes the rows, entries, refusals and heads of batches of different streams, all or nothing. It fails with
 * NOT_CURRENT, and writes nothing, where a stream is not at its `head` any more or knows one of the commands; who is
 * not patient fails soon where somebody else holds a lock.
 */
export function writeBatches(
  tx: Pick<postgres.Sql, 'unsafe'>,
  appends: readonly Append[],
  isPatient: boolean,
): postgres.PendingQuery<postgres.Row[]> {
  const groups = new Map<string, RowOfBatch[]>();
  for (const { batch } of appends) {
    for (const row of batch.rows) {
      const key = `${row.table}/${row.how}`;
      const group = groups.get(key);
      const written = { ...row, at: batch.at };
      if (group === undefined) groups.set(key, [written]);
      else group.push(written);
    }
  }
  const parameters = [
    packHeads(appends),
    packCommands(appends.flatMap((append) => append.commandIds.map((commandId) => ({ append, commandId })))),
    String(isPatient),
    ...TABLES.flatMap(({ name, pack }) => HOW.map(({ how }) => pack(groups.get(`${name}/${how}`) ?? []))),
    packEntries(appends.flatMap((append) => append.batch.entries.map((entry) => ({ append, entry })))),
    packRefusals(appends.flatMap((append) => append.batch.refusals.map((refusal) => ({ append, refusal })))),
  ];
  return tx.unsafe(CALL, parameters, { prepare: true });
}

/** Null where there is nothing to write: the function passes over it. */
function packer<Row>(columns: readonly Column<Row>[]): (rows: readonly Row[]) => string | null {
  const how = packed(columns);
  return (rows) => (rows.length === 0 ? null : packRows(how, rows));
}
const TABLES = DOMAIN_TABLES.map(({ name, columns }) => ({ name, pack: packer(columns) }));
const packHeads = packer(HEAD);
const packCommands = packer(COMMAND);
const packEntries = packer(ENTRY);
const packRefusals = packer(REFUSAL);
