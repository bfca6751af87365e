import type postgres from 'postgres';
import { versionOf, type FieldCipher } from './field-encryption.ts';

/** A column whose values are sealed: its place is the table, the row's id and the column, as the database calls them. */
export interface SealedColumn {
  readonly table: string;
  /** The column that, beside the organisation, tells a row from all others. */
  readonly rowId: string;
  readonly column: string;
  /** Where the column is searched: the column of its blind index. */
  readonly blindIndex: string | null;
}

/** Every sealed column; one that is missing here would be unreadable once its key is gone. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [];

/** What is sealed with an older key, read in portions: a rotation holds up nobody. */
const PORTION = 200;

interface SealedRow {
  readonly organisationId: string;
  readonly rowId: string;
  readonly sealed: string;
}

export interface Resealed {
  readonly count: number;
  /** Values that do not open: they stay as they are, and whoever looks after the installation is told. */
  readonly broken: readonly string[];
}

export class SealedStore {
  readonly #sql: postgres.Sql;
  readonly #columns: readonly SealedColumn[];

  constructor(sql: postgres.Sql, columns = SEALED_COLUMNS) {
    this.#sql = sql;
    this.#columns = columns;
  }

  /** How many values are sealed with which version: a key may go once nothing needs it. */
  async byVersion(): Promise<ReadonlyMap<number, number>> {
    const counts = new Map<number, number>();
    for (const { table, column } of this.#columns) {
      const rows = await this.#sql<{ version: number; count: number }[]>`
        select substring(${this.#sql(column)} from '^v([0-9]+)[.]')::int as version, count(*)::int as count
        from ${this.#sql(table)} where ${this.#sql(column)} ~ '^v[0-9]+[.]' group by 1`;
      for (const { version, count } of rows) counts.set(version, (counts.get(version) ?? 0) + count);
    }
    return counts;
  }

  /** Seals anew whatever is sealed with an older key than the one in front. It may be ended at any moment, and run twice at once. */
  async reseal(fields: FieldCipher): Promise<Resealed> {
    let count = 0;
    const broken: string[] = [];
    for (const column of this.#columns) {
      let after: SealedRow | null = null;
      for (;;) {
        const rows: readonly SealedRow[] = await this.#after(column, after);
        for (const row of rows) {
          if (!fields.needsResealing(row.sealed)) continue;
          if (await this.#resealRow(fields, column, row)) count += 1;
          else
            broken.push(
              `${column.table}.${column.column} of ${row.rowId}, key ${versionOf(row.sealed) ?? '?'}`,
            );
        }
        after = rows.at(-1) ?? null;
        if (rows.length < PORTION) break;
      }
    }
    return { count, broken };
  }

  #after({ table, rowId, column }: SealedColumn, after: SealedRow | null): Promise<readonly SealedRow[]> {
    const sql = this.#sql;
    const [id, value] = [sql(rowId), sql(column)];
    const later =
      after === null
        ? sql``
        : sql`and (organisation_id, ${id}::text) > (${after.organisationId}::uuid, ${after.rowId})`;
    return sql<SealedRow[]>`
      select organisation_id as "organisationId", ${id}::text as "rowId", ${value} as sealed
      from ${sql(table)} where ${value} is not null ${later}
      order by organisation_id, ${id}::text limit ${PORTION}`;
  }

  /** False where the value does not open. One that somebody else has written meanwhile stands: it is newer. */
  async #resealRow(fields: FieldCipher, of: SealedColumn, row: SealedRow): Promise<boolean> {
    const sql = this.#sql;
    const { table, column, blindIndex } = of;
    const { organisationId, rowId } = row;
    const place = { organisationId, table, rowId, column };
    let plain: string;
    try {
      plain = fields.open(row.sealed, place);
    } catch {
      return false;
    }
    const fresh = {
      [column]: fields.seal(plain, place),
      ...(blindIndex === null ? {} : { [blindIndex]: fields.blindIndex(plain, place) }),
    };
    await sql`
      update ${sql(table)} set ${sql(fresh)}
      where organisation_id = ${organisationId} and ${sql(of.rowId)}::text = ${rowId}
        and ${sql(column)} = ${row.sealed}`;
    return true;
  }
}
