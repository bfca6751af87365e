import type { BaseRow } from './live.ts';

/**
 * What follows from the rows of one table and is asked for with every command: kept current row by row, because a
 * busy day has thousands of them and the question is about a few.
 */
export interface Derived<Row extends BaseRow, T> {
  empty(): T;
  /** A row is `after` now (null: it has left the live set) and was `before` (undefined: it is new). */
  update(derived: T, after: Row | null, before: Row | undefined, rows: ReadonlyMap<string, Row>): void;
}

interface Kept {
  /** Of the rows that are counted in: rows that came by another way than `apply` are noticed by it. */
  size: number;
  readonly states: Map<Derived<BaseRow, unknown>, unknown>;
}

const keptOf = new WeakMap<ReadonlyMap<string, BaseRow>, Kept>();

/** Asked for the first time, it is made from all rows; from then on `apply` keeps it current. */
export function derive<Row extends BaseRow, T>(rows: ReadonlyMap<string, Row>, derived: Derived<Row, T>): T {
  let kept = keptOf.get(rows);
  if (kept?.size !== rows.size) {
    kept = { size: rows.size, states: new Map() };
    keptOf.set(rows, kept);
  }
  const key = derived as unknown as Derived<BaseRow, unknown>;
  const found = kept.states.get(key);
  if (found !== undefined) return found as T;
  const made = derived.empty();
  for (const row of rows.values()) derived.update(made, row, undefined, rows);
  kept.states.set(key, made);
  return made;
}

/** Puts a row into its table, or takes it out, and keeps current what is derived from the table. */
export function putRow(rows: Map<string, BaseRow>, row: BaseRow): void {
  const kept = keptOf.get(rows);
  const before = kept === undefined ? undefined : rows.get(row.id);
  const isCurrent = kept?.size === rows.size;
  const after = row.archivedAt === null ? row : null;
  if (after === null) rows.delete(row.id);
  else rows.set(row.id, row);
  if (kept === undefined) return;
  if (!isCurrent) return void keptOf.delete(rows);
  kept.size = rows.size;
  for (const [derived, state] of kept.states) {
    if (after !== null || before !== undefined) derived.update(state, after, before, rows);
  }
}
