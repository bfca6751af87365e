import { createHash } from 'node:crypto';
import type postgres from 'postgres';
import { compositeType, packRows, type Column } from './composite.ts';
import type { Batch, JournalEntry, RowWrite, StoredAnswer, StreamHead } from './store.ts';
import { DOMAIN_TABLES, namesOf, toColumns, type TableColumns } from './table-columns.ts';

/**
 * A batch in one statement: a function in the database, made from the schema, that every process with the same
 * schema shares (its name is its text's hash). Eight statements in one round trip cost PostgreSQL and Node three
 * times what this one costs: each is bound, executed, answered and read for itself.
 */

/** The stream has moved on, or a command of the batch is known already: nothing was written. */
export const NOT_CURRENT = 'SC001';

/** Any number that nothing else locks: two processes that start together make the function one after another. */
const DEFINITION_LOCK = 4_011_978;

const ENTRY: readonly Column[] = [
  { name: 'seq', type: 'bigint' },
  { name: 'command_id', type: 'uuid' },
  { name: 'fingerprint', type: 'text' },
  { name: 'type', type: 'text' },
  { name: 'input', type: 'json' },
  { name: 'result', type: 'json' },
  { name: 'facts', type: 'json' },
  { name: 'changes', type: 'json' },
  { name: 'actor', type: 'json' },
  { name: 'device_id', type: 'uuid' },
  { name: 'occurred_at', type: 'timestamptz' },
  { name: 'at', type: 'timestamptz' },
];
const ofEntry = (entry: JournalEntry) => ({
  ...entry,
  command_id: entry.commandId,
  device_id: entry.deviceId,
  occurred_at: entry.occurredAt,
});

const REFUSAL: readonly Column[] = [
  { name: 'command_id', type: 'uuid' },
  { name: 'fingerprint', type: 'text' },
  { name: 'answer', type: 'json' },
];
const ofRefusal = ({ commandId, fingerprint, answer }: StoredAnswer) => ({
  command_id: commandId,
  fingerprint,
  answer,
});

/** One packed parameter: the rows of one table, and how they are written. */
interface Write {
  /** Of their composite type, within the schema of the function. */
  readonly type: string;
  readonly columns: readonly Column[];
  readonly sql: (rows: string) => string;
}

const insertOf =
  (sqlName: string, columns: readonly Column[], fixed: readonly [string, string][] = []) =>
  (rows: string): string =>
    `insert into ${sqlName} (${[...fixed.map(([name]) => name), namesOf(columns)].join(', ')})
      select ${[...fixed.map(([, value]) => value), 'r.*'].join(', ')} from unnest(${rows}) r`;

const upsertOf =
  ({ sqlName, columns, key, changing }: TableColumns) =>
  (rows: string): string =>
    `${insertOf(sqlName, columns)(rows)}
      on conflict (${key}) do update set ${changing.map((name) => `"${name}" = excluded."${name}"`).join(', ')}`;

/** $1 organisation, $2 stream, $3 expected head, $4 new head, $5 time, $6 commands that must be unknown. */
const FIXED = ['uuid', 'uuid', 'bigint', 'bigint', 'timestamptz', 'uuid[]'];

/**
 * What is written, in this order. New rows after changed ones: they may take what those give up (a counter, an
 * open stage).
 */
const WRITES: readonly Write[] = [
  ...DOMAIN_TABLES.flatMap((table) => {
    const { sqlName: type, columns } = table;
    return [
      { type, columns, sql: upsertOf(table) },
      { type, columns, sql: insertOf(table.sqlName, columns) },
    ];
  }),
  {
    type: 'journal',
    columns: ENTRY,
    sql: insertOf('journal', ENTRY, [
      ['organisation_id', '$1'],
      ['stream_id', '$2'],
    ]),
  },
  {
    type: 'refusals',
    columns: REFUSAL,
    sql: insertOf('refusals', REFUSAL, [
      ['organisation_id', '$1'],
      ['stream_id', '$2'],
      ['at', '$5'],
    ]),
  },
];

const BODY = `
begin
  update streams set seq = $4 where id = $2 and seq = $3;
  if not found or exists (
    select from journal where organisation_id = $1 and stream_id = $2 and command_id = any($6)
  ) or exists (
    select from refusals where organisation_id = $1 and stream_id = $2 and command_id = any($6)
  ) then
    raise exception 'not current' using errcode = '${NOT_CURRENT}';
  end if;
${WRITES.map(({ sql }, i) => {
  const rows = `$${FIXED.length + 1 + i}`;
  return `  if ${rows} is not null then\n    ${sql(rows)};\n  end if;`;
}).join('\n')}
end`;

const COMPOSITES = new Map(WRITES.map(({ type, columns }) => [type, columns]));
const SCHEMA = `batch_${createHash('sha256')
  .update(JSON.stringify([...COMPOSITES]) + BODY)
  .digest('hex')
  .slice(0, 12)}`;
const TYPES = [...FIXED, ...WRITES.map(({ type }) => `${SCHEMA}.${type}[]`)];
// Values that the planner could see would make it plan anew for each batch.
const DEFINITION = `
create schema ${SCHEMA};
${[...COMPOSITES].map(([type, columns]) => compositeType(`${SCHEMA}.${type}`, columns)).join(';\n')};
create function ${SCHEMA}.write(${TYPES.join(', ')}) returns void language plpgsql
  set plan_cache_mode = force_generic_plan as $_$${BODY}$_$;`;
const CALL = `select ${SCHEMA}.write(${TYPES.map((type, i) => `$${i + 1}::${castOf(type)}`).join(', ')})`;

/** The driver is told that packed rows are text; it would write an array of its own. */
function castOf(type: string): string {
  return type.startsWith(SCHEMA) ? `text::${type}` : type;
}

/** Makes the function where this schema's is not there yet. Those of earlier versions stay, for who still runs them. */
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
 * Writes rows, journal, refusals and head. It fails with NOT_CURRENT, and writes nothing, where the stream is not at
 * `head` any more or knows one of `unknownIds`.
 */
export function writeBatch(
  tx: Pick<postgres.Sql, 'unsafe'>,
  head: StreamHead,
  batch: Batch,
  unknownIds: readonly string[],
): postgres.PendingQuery<postgres.Row[]> {
  const groups = new Map<string, RowWrite[]>();
  for (const row of batch.rows) {
    const key = `${row.table}/${row.isNew}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const packed = DOMAIN_TABLES.flatMap((table) =>
    [false, true].map((isNew) => {
      const rows = groups.get(`${table.name}/${isNew}`) ?? [];
      return pack(
        table.columns,
        rows.map((row) => toColumns(table, batch.at, row)),
      );
    }),
  );
  return tx.unsafe(
    CALL,
    [
      head.organisationId,
      head.id,
      head.seq,
      batch.seq,
      batch.at,
      unknownIds as string[],
      ...packed,
      pack(ENTRY, batch.entries.map(ofEntry)),
      pack(REFUSAL, batch.refusals.map(ofRefusal)),
    ],
    { prepare: true },
  );
}

const pack = (
  columns: readonly Column[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string | null => (rows.length === 0 ? null : packRows(columns, rows));
