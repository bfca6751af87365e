import type { Audience } from './audience.ts';
import { putRow } from './derived.ts';
import type { z } from 'zod';

/** What every row of every table has. Rows are not deleted: they are archived and leave the live set. */
export interface BaseRow {
  readonly id: string;
  readonly organisationId: string;
  readonly archivedAt: string | null;
}

export type TableRows = { readonly [table: string]: BaseRow };

/** The live set of one stream: what screens need at once, one Map by id per table. */
export interface Live<T> {
  readonly rows: { readonly [K in keyof T]: Map<string, T[K]> };
}

/** A row as it is now: the only thing that travels down to screens. */
export type Change<T> = { [K in keyof T]: { readonly table: K; readonly row: T[K] } }[keyof T];

export interface AnyChange {
  readonly table: string;
  readonly row: BaseRow;
}

export type StreamKind = 'location' | 'organisation';

/** A table as the engine knows it. `mask` gives each audience its version of a row, or null for none. */
export interface TableDef<Row extends BaseRow = BaseRow> {
  readonly name: string;
  readonly stream: StreamKind;
  readonly schema: z.ZodType<Row>;
  mask(audience: Audience, row: Row): Row | null;
}

export const defineTable = <Row extends BaseRow>(def: TableDef<Row>): TableDef<Row> => def;

/**
 * Applies changes in place and returns the same live set: a Map updated in place costs 0.03 µs a change, a
 * state spread anew 24 µs at 100 waiting tickets. An archived row leaves; an unknown table (a newer server)
 * is passed over.
 */
export function apply<T>(live: Live<T>, changes: readonly Change<T>[]): Live<T> {
  for (const { table, row } of changes as unknown as readonly AnyChange[]) {
    const rows = (live.rows as Record<string, Map<string, BaseRow> | undefined>)[table];
    if (rows !== undefined) putRow(rows, row);
  }
  return live;
}

export function emptyLive<T>(tables: readonly (keyof T & string)[]): Live<T> {
  return { rows: Object.fromEntries(tables.map((t) => [t, new Map()])) } as unknown as Live<T>;
}

/** A copy that can be changed without touching the original; rows themselves are never mutated. */
export function copyLive<T>(live: Live<T>): Live<T> {
  const rows: Record<string, Map<string, BaseRow>> = {};
  for (const [table, map] of Object.entries(live.rows) as [string, Map<string, BaseRow>][]) {
    rows[table] = new Map(map);
  }
  return { rows } as unknown as Live<T>;
}
