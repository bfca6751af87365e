import type postgres from 'postgres';
import { tables as tableDefs } from '@schalter/shared/registry.ts';
import type { Job } from '../jobs/job.ts';
import { NOT_STORABLE } from './constraints.ts';
import { GroupCommit } from './group-commit.ts';
import {
  ConstraintViolation,
  OutcomeUnknown,
  type Batch,
  type JournalEntry,
  type Store,
  type StoredAnswer,
  type StreamHead,
  type StreamTransaction,
} from './store.ts';
import { within } from './postgres-connections.ts';
import { columnsOf, fromColumns } from './postgres-tables.ts';
import { NOT_CURRENT, writeBatches, type Append } from './postgres-write.ts';

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

/** Streams in PostgreSQL. Statements are prepared, and a batch is written by one of them (`postgres-write.ts`). */
export class PostgresStore implements Store {
  readonly #sql: Sql;
  readonly #addJobs: AddJobs;
  readonly #group = new GroupCommit((appends, isPatient) => this.#appendAll(appends, isPatient));

  constructor(sql: Sql, addJobs: AddJobs) {
    this.#sql = sql;
    this.#addJobs = addJobs;
  }

  async openStream(head: Omit<StreamHead, 'seq'>): Promise<void> {
    await within(this.#sql, head.organisationId, async (tx) => {
      await tx`
        insert into streams (id, kind, organisation_id, location_id)
        values (${head.id}, ${head.kind}, ${head.organisationId}, ${head.locationId})
        on conflict (id) do nothing`;
    });
  }

  append(head: StreamHead, commandIds: readonly string[], batch: Batch): Promise<boolean> {
    const append = { head, commandIds, batch };
    return batch.jobs.length === 0 ? this.#group.append(append) : this.#appendWithJobs(append);
  }

  /** One statement is one transaction. */
  async #appendAll(appends: readonly Append[], isPatient: boolean): Promise<boolean> {
    const connection = await this.#sql.reserve();
    try {
      await writeBatches(connection, appends, isPatient);
      return true;
    } catch (error) {
      if (isNotCurrent(error)) return false;
      throw isVerdict(error) ? asViolation(error) : new OutcomeUnknown({ cause: error });
    } finally {
      connection.release();
    }
  }

  async #appendWithJobs(append: Append): Promise<boolean> {
    const connection = await this.#sql.reserve();
    try {
      await this.#inTransaction(connection, (commit) => this.#write(connection, append, commit));
      return true;
    } catch (error) {
      if (isNotCurrent(error)) return false;
      throw asViolation(error);
    } finally {
      connection.release();
    }
  }

  async transact<T>(
    streamId: string,
    commandIds: readonly string[],
    work: (tx: StreamTransaction) => Promise<T>,
  ): Promise<T | null> {
    const connection = await this.#sql.reserve();
    try {
      // BEGIN goes out with the lock and the answers known already, COMMIT with the writes.
      return await this.#inTransaction(connection, async (commit) => {
        const [heads, known] = (await allOf([
          connection.unsafe<HeadRow[]>(ENTER_LOCKED, [streamId], PREPARED),
          connection.unsafe<AnswerRow[]>(SELECT_ANSWERS, [streamId, commandIds as string[]], PREPARED),
        ])) as [HeadRow[], AnswerRow[]];
        if (heads[0] === undefined) return null;
        return work(this.#transaction(connection, toHead(heads[0]), known, commit));
      });
    } catch (error) {
      throw asViolation(error);
    } finally {
      connection.release();
    }
  }

  /**
   * BEGIN is not waited for, and `work` sends COMMIT together with its last statement: two round trips instead of
   * four. A statement that fails aborts the transaction, and COMMIT then rolls it back.
   */
  async #inTransaction<T>(
    connection: Connection,
    work: (commit: () => Promise<unknown>) => Promise<T>,
  ): Promise<T> {
    let ended = false;
    const end = (statement: 'commit' | 'rollback') => {
      ended = true;
      return connection.unsafe(statement);
    };
    const begun = connection.unsafe('begin').then(() => undefined);
    try {
      const [result] = (await allOf([work(() => end('commit')), begun])) as [T, undefined];
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
      journalAfter: (seq) => selectJournal(tx, head.id, seq, null),
      loadLive: () => selectLive(tx, head),
      // Under the lock, with the answers that are known: nothing has to be asked again.
      write: (batch) => this.#write(tx, { head, commandIds: [], batch }, commit),
    };
  }

  async #write(tx: Connection, append: Append, commit: () => Promise<unknown>): Promise<void> {
    const written = writeBatches(tx, [append], true);
    const { jobs } = append.batch;
    // pg-boss may ask before it inserts, so its commit waits for it.
    if (jobs.length > 0) await allOf([written, this.#addJobs(tx, jobs)]);
    // In this order: postgres.js sends a query when it is first waited for.
    const committed = (await allOf([written, commit()])).at(-1) as { command?: string };
    if (committed.command !== 'COMMIT') throw new RolledBack();
  }

  async head(streamId: string): Promise<StreamHead | null> {
    return (await this.heads([streamId]))[0] ?? null;
  }

  async heads(streamIds: readonly string[]): Promise<readonly StreamHead[]> {
    const rows = await this.#sql.unsafe<HeadRow[]>(
      `select ${STREAM_COLUMNS} from stream_heads($1::uuid[])`,
      [streamIds as string[]],
      PREPARED,
    );
    return rows.map(toHead);
  }

  async journalAfter(streamId: string, seq: number, limit: number): Promise<readonly JournalEntry[]> {
    const connection = await this.#sql.reserve();
    try {
      return await this.#inTransaction(connection, async (commit) => {
        const [, entries] = (await allOf([
          // Sent at once: what comes behind it sees nothing before it.
          connection.unsafe(ENTER, [streamId], PREPARED).execute(),
          selectJournal(connection, streamId, seq, limit),
          commit(),
        ])) as [unknown, readonly JournalEntry[], unknown];
        return entries;
      });
    } finally {
      connection.release();
    }
  }

  async load(streamId: string): ReturnType<Store['load']> {
    // One snapshot for head and rows: otherwise a commit between the two reads would be applied twice.
    return await this.#sql.begin('isolation level repeatable read read only', async (tx) => {
      const rows = await tx.unsafe<HeadRow[]>(ENTER, [streamId], PREPARED);
      if (rows[0] === undefined) return null;
      const head = toHead(rows[0]);
      return { head, live: await selectLive(tx, head) };
    });
  }
}

/** The stream's head; the rest of the transaction sees the rows of its organisation. */
const ENTER = `select ${STREAM_COLUMNS} from enter_stream($1, false)`;
const ENTER_LOCKED = `select ${STREAM_COLUMNS} from enter_stream($1, true)`;
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

async function selectJournal(sql: Tx, streamId: string, seq: number, limit: number | null) {
  const rows = await sql.unsafe<EntryRow[]>(
    `select ${ENTRY_COLUMNS} from journal
     where organisation_id = (select organisation_id from streams where id = $1) and stream_id = $1 and seq > $2
     order by seq limit $3`,
    [streamId, seq, limit],
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
      return { table: def.name, rows: rows.map(({ row }) => fromColumns(table, row)) };
    }),
  );
}

const isNotCurrent = (error: unknown): boolean => (error as { code?: unknown }).code === NOT_CURRENT;

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
