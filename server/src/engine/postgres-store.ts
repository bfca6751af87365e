import { getTableName, getTableColumns, is } from 'drizzle-orm';
import { CasingCache } from 'drizzle-orm/casing';
import { PgTable } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';
import * as schema from '@schalter/drizzle/schema/index.ts';
import { BOOKKEEPING } from '@schalter/drizzle/schema/columns.ts';
import { tables as tableDefs } from '@schalter/shared/registry.ts';
import type { BaseRow } from '@schalter/shared/kernel/live.ts';
import type { Job } from '../jobs/job.ts';
import { NOT_STORABLE } from './constraints.ts';
import { spreadColumns, spreadFrom, spreadParameters, type Column } from './spread.ts';
import {
  ConstraintViolation,
  OutcomeUnknown,
  type Batch,
  type JournalEntry,
  type RowWrite,
  type Store,
  type StoredAnswer,
  type StreamHead,
  type StreamTransaction,
} from './store.ts';

type Sql = postgres.Sql;
type Connection = postgres.ReservedSql;
/** What statements run on: a connection of the pool, reserved or in postgres.js' own transaction. */
type Tx = Connection | postgres.TransactionSql;

/** Adds jobs in the transaction of their cause; pg-boss in production. */
export type AddJobs = (connection: Connection, jobs: readonly Job[]) => Promise<void>;

const STREAM_COLUMNS = 'id, kind, organisation_id, location_id, seq';
const ENTRY_COLUMNS =
  'seq, command_id, fingerprint, type, input, result, facts, changes, actor, device_id, occurred_at, at';
/** Integrity constraint violations, SQLSTATE class 23. */
const INTEGRITY = /^23/;
/** Data exceptions, class 22: a text too long, a number too large for its column. */
const DATA = /^22/;

/**
 * Streams in PostgreSQL. Statements are prepared, rows travel as one parameter per column and are spread by
 * the database: one statement per table and batch, whatever the number of rows.
 */
export class PostgresStore implements Store {
  readonly #sql: Sql;
  readonly #addJobs: AddJobs;

  constructor(sql: Sql, addJobs: AddJobs) {
    this.#sql = sql;
    this.#addJobs = addJobs;
  }

  async openStream(head: Omit<StreamHead, 'seq'>): Promise<void> {
    await this.#sql`
      insert into streams (id, kind, organisation_id, location_id)
      values (${head.id}, ${head.kind}, ${head.organisationId}, ${head.locationId})
      on conflict (id) do nothing`;
  }

  async transact<T>(
    streamId: string,
    commandIds: readonly string[],
    work: (tx: StreamTransaction) => Promise<T>,
  ): Promise<T | null> {
    const connection = await this.#sql.reserve();
    try {
      return await this.#inTransaction(connection, streamId, commandIds, work);
    } catch (error) {
      throw asViolation(error);
    } finally {
      connection.release();
    }
  }

  /**
   * Two round trips instead of four: BEGIN goes out with the lock and the answers known already, COMMIT with
   * the writes. A statement that fails aborts the transaction, and COMMIT then rolls it back.
   */
  async #inTransaction<T>(
    connection: Connection,
    streamId: string,
    commandIds: readonly string[],
    work: (tx: StreamTransaction) => Promise<T>,
  ): Promise<T | null> {
    let ended = false;
    const end = (statement: 'commit' | 'rollback') => {
      ended = true;
      return connection.unsafe(statement);
    };
    try {
      const [, heads, known] = (await allOf([
        connection.unsafe('begin'),
        connection.unsafe<HeadRow[]>(SELECT_HEAD_LOCKED, [streamId], PREPARED),
        connection.unsafe<AnswerRow[]>(SELECT_ANSWERS, [streamId, commandIds as string[]], PREPARED),
      ])) as [unknown, HeadRow[], AnswerRow[]];
      const head = heads[0] === undefined ? null : toHead(heads[0]);
      const result =
        head === null ? null : await work(this.#transaction(connection, head, known, () => end('commit')));
      // Nothing was written: there is nothing to keep either.
      if (!ended) await end('rollback');
      return result;
    } catch (error) {
      if (!ended)
        await end('rollback').catch(() => undefined); // a broken connection has rolled back by itself
      else if (!isVerdict(error)) throw new OutcomeUnknown({ cause: error });
      throw error;
    }
  }

  #transaction(
    tx: Connection,
    head: StreamHead,
    known: readonly AnswerRow[],
    commit: () => Promise<unknown>,
  ): StreamTransaction {
    return {
      head,
      known: new Map(known.map((row) => [row.command_id, toAnswer(row)])),
      journalAfter: (seq) => selectJournal(tx, head, seq, null),
      loadLive: () => selectLive(tx, head),
      write: (batch) => this.#write(tx, head, batch, commit),
    };
  }

  async #write(
    tx: Connection,
    head: StreamHead,
    batch: Batch,
    commit: () => Promise<unknown>,
  ): Promise<void> {
    const statements: Promise<unknown>[] = [];
    // Not awaited one by one: postgres.js pipelines them, and the first error fails the transaction.
    for (const { table, rows, isNew } of byTable(batch)) {
      const { insert, upsert, columns } = columnsOf(table);
      const values = rows.map((row) => toColumns(table, batch.at, row));
      statements.push(run(tx, isNew ? insert : upsert, spreadParameters(columns, values)));
    }
    if (batch.entries.length > 0) {
      const entries = spreadParameters(ENTRY, batch.entries.map(ofEntry));
      statements.push(run(tx, INSERT_JOURNAL, [head.organisationId, head.id, ...entries]));
      statements.push(run(tx, 'update streams set seq = $2 where id = $1', [head.id, batch.seq]));
    }
    if (batch.refusals.length > 0) {
      const refusals = spreadParameters(REFUSAL, batch.refusals.map(ofRefusal));
      statements.push(run(tx, INSERT_REFUSALS, [head.organisationId, head.id, batch.at, ...refusals]));
    }
    // pg-boss may ask before it inserts, so its commit waits for it.
    if (batch.jobs.length > 0) await allOf([...statements, this.#addJobs(tx, batch.jobs)]);
    // In this order: postgres.js sends a query when it is first waited for.
    const committed = (await allOf([...statements, commit()])).at(-1) as { command?: string };
    if (committed.command !== 'COMMIT') throw new RolledBack();
  }

  async head(streamId: string): Promise<StreamHead | null> {
    return (await this.heads([streamId]))[0] ?? null;
  }

  async heads(streamIds: readonly string[]): Promise<readonly StreamHead[]> {
    const rows = await this.#sql.unsafe<HeadRow[]>(
      `select ${STREAM_COLUMNS} from streams where id = any($1::uuid[])`,
      [streamIds as string[]],
      PREPARED,
    );
    return rows.map(toHead);
  }

  async journalAfter(streamId: string, seq: number, limit: number): Promise<readonly JournalEntry[]> {
    const head = await this.head(streamId);
    return head === null ? [] : selectJournal(this.#sql, head, seq, limit);
  }

  async load(streamId: string): ReturnType<Store['load']> {
    // One snapshot for head and rows: otherwise a commit between the two reads would be applied twice.
    return await this.#sql.begin('isolation level repeatable read read only', async (tx) => {
      const rows = await tx.unsafe<HeadRow[]>(
        `select ${STREAM_COLUMNS} from streams where id = $1`,
        [streamId],
        PREPARED,
      );
      if (rows[0] === undefined) return null;
      const head = toHead(rows[0]);
      return { head, live: await selectLive(tx, head) };
    });
  }
}

const SELECT_HEAD_LOCKED = `select ${STREAM_COLUMNS} from streams where id = $1 for update`;
const SELECT_ANSWERS = `
  select j.command_id, j.fingerprint, j.seq, j.result as answer
  from streams s join journal j on j.organisation_id = s.organisation_id and j.stream_id = s.id
  where s.id = $1 and j.command_id = any($2::uuid[])
  union all
  select r.command_id, r.fingerprint, null, r.answer
  from streams s join refusals r on r.organisation_id = s.organisation_id and r.stream_id = s.id
  where s.id = $1 and r.command_id = any($2::uuid[])`;

/**
 * Waits for every one, also after the first has failed: what is still to be sent (a COMMIT behind a statement
 * that is being prepared, a job) must not be left behind, nor come after the connection is somebody else's.
 */
async function allOf(pending: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const results = await Promise.allSettled(pending);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

const PREPARED = { prepare: true } as const;
const run = (tx: Tx, text: string, parameters: (string | number)[]): Promise<unknown> =>
  tx.unsafe(text, parameters, PREPARED);

interface HeadRow {
  id: string;
  kind: StreamHead['kind'];
  organisation_id: string;
  location_id: string | null;
  seq: string | number;
}
interface AnswerRow {
  command_id: string;
  fingerprint: string;
  /** null for a refusal, whose answer is `answer`; otherwise that is the result. */
  seq: string | null;
  answer: unknown;
}
interface EntryRow {
  seq: string | number;
  command_id: string;
  fingerprint: string;
  type: string;
  input: unknown;
  result: unknown;
  facts: JournalEntry['facts'];
  changes: JournalEntry['changes'];
  actor: JournalEntry['actor'];
  device_id: string | null;
  occurred_at: Date;
  at: Date;
}

const toHead = (row: HeadRow): StreamHead => ({
  id: row.id,
  kind: row.kind,
  organisationId: row.organisation_id,
  locationId: row.location_id,
  seq: Number(row.seq),
});
const toAnswer = (row: AnswerRow): StoredAnswer => ({
  commandId: row.command_id,
  fingerprint: row.fingerprint,
  answer:
    row.seq === null
      ? (row.answer as StoredAnswer['answer'])
      : { ok: true, seq: Number(row.seq), result: row.answer },
});
const toEntry = (row: EntryRow): JournalEntry => ({
  seq: Number(row.seq),
  commandId: row.command_id,
  fingerprint: row.fingerprint,
  type: row.type,
  input: row.input,
  result: row.result,
  facts: row.facts,
  changes: row.changes,
  actor: row.actor,
  deviceId: row.device_id,
  occurredAt: row.occurred_at.toISOString(),
  at: row.at.toISOString(),
});

async function selectJournal(sql: Sql | Tx, head: StreamHead, seq: number, limit: number | null) {
  const rows = await sql.unsafe<EntryRow[]>(
    `select ${ENTRY_COLUMNS} from journal
     where organisation_id = $1 and stream_id = $2 and seq > $3 order by seq limit $4`,
    [head.organisationId, head.id, seq, limit],
    PREPARED,
  );
  return rows.map(toEntry);
}

async function selectLive(sql: Tx, head: StreamHead) {
  const wanted = [...tableDefs.values()].filter((def) => def.stream === head.kind);
  return Promise.all(
    wanted.map(async (def) => {
      const table = columnsOf(def.name);
      const scope = head.locationId === null ? '' : 'and location_id = $2';
      const rows = await sql.unsafe<{ row: Record<string, unknown> }[]>(
        `select to_jsonb(t) as row from ${table.sqlName} t where organisation_id = $1 ${scope} and archived_at is null`,
        head.locationId === null ? [head.organisationId] : [head.organisationId, head.locationId],
        PREPARED,
      );
      return { table: def.name, rows: rows.map(({ row }) => fromColumns(def.name, row)) };
    }),
  );
}

interface TableColumns {
  readonly sqlName: string;
  /** All of the table's. */
  readonly columns: readonly Column[];
  /** Those that a row carries: [name in rows, name in the database, is a time] */
  readonly carried: readonly (readonly [string, string, boolean])[];
  readonly insert: string;
  readonly upsert: string;
}

const namesOf = (columns: readonly Column[]): string => columns.map(({ name }) => `"${name}"`).join(', ');
const casing = new CasingCache('snake_case');
const pgTables = new Map(
  (Object.entries(schema) as [string, unknown][]).flatMap(([name, table]) =>
    is(table, PgTable) ? [[name, describe(table)] as const] : [],
  ),
);

/** Reads from drizzle's description of the table what the generic statements need. */
function describe(table: PgTable): TableColumns {
  const sqlName = `"${getTableName(table)}"`;
  const all = Object.entries(getTableColumns(table)).map(
    ([key, column]) =>
      [key, casing.getColumnCasing(column), column.columnType.startsWith('PgTimestamp')] as const,
  );
  const columns = Object.values(getTableColumns(table)).map((column) => ({
    name: casing.getColumnCasing(column),
    type: column.getSQLType(),
  }));
  const key = all.some(([, name]) => name === 'location_id')
    ? 'organisation_id, location_id, id'
    : 'organisation_id, id';
  const updates = all
    .map(([, name]) => name)
    .filter((name) => !['id', 'organisation_id', 'location_id', 'created_at', 'created_by'].includes(name))
    .map((name) => `"${name}" = excluded."${name}"`)
    .join(', ');
  const insert = `insert into ${sqlName} (${namesOf(columns)})
      select ${spreadColumns(columns)} from ${spreadFrom(columns)}`;
  return {
    sqlName,
    columns,
    carried: all.filter(([, name]) => !(BOOKKEEPING as readonly string[]).includes(name)),
    insert,
    upsert: `${insert} on conflict (${key}) do update set ${updates}`,
  };
}

function columnsOf(table: string): TableColumns {
  const columns = pgTables.get(table);
  if (columns === undefined) throw new Error(`no table in the schema for ${table}`);
  return columns;
}

function toColumns(
  table: string,
  at: string,
  { row, writtenBy, entrySeq }: RowWrite,
): Record<string, unknown> {
  const out: Record<string, unknown> = {
    created_at: at,
    created_by: writtenBy,
    updated_at: at,
    updated_by: writtenBy,
    seq: entrySeq,
  };
  for (const [key, name] of columnsOf(table).carried)
    out[name] = (row as unknown as Record<string, unknown>)[key] ?? null;
  return out;
}

function fromColumns(table: string, stored: Record<string, unknown>): BaseRow {
  const row: Record<string, unknown> = {};
  for (const [key, name, isTime] of columnsOf(table).carried) {
    const value = stored[name];
    // PostgreSQL writes its own form of ISO 8601 into JSON; rows carry exactly one form.
    row[key] = isTime && typeof value === 'string' ? new Date(value).toISOString() : value;
  }
  return row as unknown as BaseRow;
}

/**
 * Rows by table, tables in the order of the registry: what is named is written before what names it. New rows
 * after changed ones: they may take what those give up (a counter, an open stage).
 */
function byTable(batch: Batch): { table: string; isNew: boolean; rows: RowWrite[] }[] {
  const groups = [...tableDefs.keys()].flatMap((table) =>
    [false, true].map((isNew) => ({ table, isNew, rows: [] as RowWrite[] })),
  );
  const byKey = new Map(groups.map((group) => [`${group.table}/${group.isNew}`, group]));
  for (const row of batch.rows) byKey.get(`${row.table}/${row.isNew}`)?.rows.push(row);
  return groups.filter(({ rows }) => rows.length > 0);
}

/** The database itself has said no. Whatever else befell a COMMIT befell the connection. */
const isVerdict = (error: unknown): boolean => {
  if (error instanceof RolledBack) return true;
  const { name, severity } = error as { name?: unknown; severity?: unknown };
  // FATAL: the connection is being ended, before or after the commit.
  return name === 'PostgresError' && severity === 'ERROR';
};

class RolledBack extends Error {
  constructor() {
    super('the transaction was rolled back');
  }
}

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
const INSERT_JOURNAL = `
  insert into journal (organisation_id, stream_id, ${namesOf(ENTRY)})
  select $1::uuid, $2::uuid, ${spreadColumns(ENTRY)} from ${spreadFrom(ENTRY, 3)}`;

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
const INSERT_REFUSALS = `
  insert into refusals (organisation_id, stream_id, at, ${namesOf(REFUSAL)})
  select $1::uuid, $2::uuid, $3::timestamptz, ${spreadColumns(REFUSAL)} from ${spreadFrom(REFUSAL, 4)}`;

function asViolation(error: unknown): unknown {
  const { code, constraint_name: constraint } = error as { code?: unknown; constraint_name?: unknown };
  if (typeof code === 'string' && INTEGRITY.test(code) && typeof constraint === 'string') {
    return new ConstraintViolation(constraint, { cause: error });
  }
  // A missing value breaks a constraint that has no name.
  if (typeof code === 'string' && (INTEGRITY.test(code) || DATA.test(code)))
    return new ConstraintViolation(NOT_STORABLE, { cause: error });
  return error;
}
