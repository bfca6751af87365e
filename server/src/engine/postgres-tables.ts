import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { CasingCache } from 'drizzle-orm/casing';
import { PgTable } from 'drizzle-orm/pg-core';
import * as schema from '@schalter/drizzle/schema/index.ts';
import type { BOOKKEEPING } from '@schalter/drizzle/schema/columns.ts';
import type { BaseRow } from '@schalter/shared/kernel/live.ts';
import { tables as tableDefs } from '@schalter/shared/registry.ts';
import type { Column } from './composite.ts';
import type { RowWrite } from './store.ts';

/** A row with the time of its batch. */
export interface RowOfBatch extends RowWrite {
  readonly at: string;
}

/** Who wrote a row when, and in which entry: not part of the row that everybody knows. */
const WRITTEN: Readonly<Record<(typeof BOOKKEEPING)[number], (row: RowOfBatch) => unknown>> = {
  created_at: ({ at }) => at,
  created_by: ({ writtenBy }) => writtenBy,
  updated_at: ({ at }) => at,
  updated_by: ({ writtenBy }) => writtenBy,
  seq: ({ entrySeq }) => entrySeq,
};
const isWritten = (column: string): column is keyof typeof WRITTEN => column in WRITTEN;

/** A table of domain rows, as drizzle's schema describes it. */
export interface TableColumns {
  /** As rows name it. */
  readonly name: string;
  readonly sqlName: string;
  /** All of the table's. */
  readonly columns: readonly Column<RowOfBatch>[];
  /** Those that a row carries: [name in rows, name in the database, is a time] */
  readonly carried: readonly (readonly [string, string, boolean])[];
  /** What names a row. */
  readonly key: readonly string[];
  /** What a further write of the same row may change. */
  readonly changing: readonly string[];
}

/** Written once: whose it is, and who made it when. */
const LASTING = ['id', 'organisation_id', 'location_id', 'created_at', 'created_by'];
const casing = new CasingCache('snake_case');
const pgTables = new Map(
  (Object.entries(schema) as [string, unknown][]).flatMap(([name, table]) =>
    is(table, PgTable) ? [[name, describe(name, table)] as const] : [],
  ),
);

function describe(name: string, table: PgTable): TableColumns {
  const all = Object.entries(getTableColumns(table)).map(
    ([key, column]) =>
      [key, casing.getColumnCasing(column), column.columnType.startsWith('PgTimestamp')] as const,
  );
  const names = all.map(([, column]) => column);
  return {
    name,
    sqlName: `"${getTableName(table)}"`,
    columns: Object.entries(getTableColumns(table)).map(([key, column]) => {
      const columnName = casing.getColumnCasing(column);
      const of = isWritten(columnName)
        ? WRITTEN[columnName]
        : ({ row }: RowOfBatch) => (row as unknown as Record<string, unknown>)[key];
      return { name: columnName, type: column.getSQLType(), of };
    }),
    carried: all.filter(([, column]) => !isWritten(column)),
    key: ['organisation_id', ...(names.includes('location_id') ? ['location_id'] : []), 'id'],
    changing: names.filter((column) => !LASTING.includes(column)),
  };
}

export function columnsOf(table: string): TableColumns {
  const columns = pgTables.get(table);
  if (columns === undefined) throw new Error(`no table in the schema for ${table}`);
  return columns;
}

/** The tables of the registry in its order: what is named comes before what names it. */
export const DOMAIN_TABLES: readonly TableColumns[] = [...tableDefs.keys()].map(columnsOf);

export const namesOf = (columns: readonly Column<never>[]): string =>
  columns.map(({ name }) => `"${name}"`).join(', ');

/** A row as everybody else knows it, from what the database says of it as JSON. */
export function fromColumns({ carried }: TableColumns, stored: Record<string, unknown>): BaseRow {
  const row: Record<string, unknown> = {};
  for (const [key, name, isTime] of carried) {
    const value = stored[name];
    // PostgreSQL writes its own form of ISO 8601 into JSON; rows carry exactly one form.
    row[key] = isTime && typeof value === 'string' ? new Date(value).toISOString() : value;
  }
  return row as unknown as BaseRow;
}
