import type postgres from 'postgres';
import { within } from '../engine/postgres-connections.ts';
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
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'credentials', rowId: 'person_id', column: 'totp_secret', blindIndex: null },
  { table: 'mails', rowId: 'id', column: 'body', blindIndex: null },
  { table: 'push_subscriptions', rowId: 'id', column: 'keys', blindIndex: null },
];

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
  readonly #organisationIds: () => Promise<readonly string[]>;
  readonly #columns: readonly SealedColumn[];

  constructor(
    sql: postgres.Sql,
    organisationIds: () => Promise<readonly string[]>,
    columns = SEALED_COLUMNS,
  ) {
    this.#sql = sql;
    this.#organisationIds = organisationIds;
    this.#columns = columns;
  }

  /** How many values are sealed with which version: a key may go once nothing needs it. */
  async byVersion(): Promise<ReadonlyMap<number, number>> {
    const counts = new Map<number, number>();
    for (const organisationId of await this.#organisationIds()) {
      for (const { table, column } of this.#columns) {
        const rows = await within(
          this.#sql,
          organisationId,
          (tx) => tx<{ version: number; count: number }[]>`
            select substring(${tx(column)} from '^v([0-9]+)[.]')::int as version, count(*)::int as count
            from ${tx(table)} where organisation_id = ${organisationId} and ${tx(column)} ~ '^v[0-9]+[.]' group by 1`,
        );
        for (const { version, count } of rows) counts.set(version, (counts.get(version) ?? 0) + count);
      }
    }
    return counts;
  }

  /** Seals anew whatever is sealed with an older key than the one in front. It may be ended at any moment, and run twice at once. */
  async reseal(fields: FieldCipher): Promise<Resealed> {
    let count = 0;
    const broken: string[] = [];
    for (const organisationId of await this.#organisationIds()) {
      for (const column of this.#columns) {
        for await (const row of this.#rows(organisationId, column)) {
          if (!fields.needsResealing(row.sealed)) continue;
          if (await this.#resealRow(fields, column, row)) count += 1;
          else
            broken.push(
              `${column.table}.${column.column} of ${row.rowId}, key ${versionOf(row.sealed) ?? '?'}`,
            );
        }
      }
    }
    return { count, broken };
  }

  async *#rows(organisationId: string, of: SealedColumn): AsyncGenerator<SealedRow> {
    let after: string | null = null;
    for (;;) {
      const rows: readonly SealedRow[] = await this.#after(organisationId, of, after);
      yield* rows;
      after = rows.at(-1)?.rowId ?? null;
      if (rows.length < PORTION) return;
    }
  }

  #after(
    organisationId: string,
    { table, rowId, column }: SealedColumn,
    after: string | null,
  ): Promise<readonly SealedRow[]> {
    return within(this.#sql, organisationId, (tx) => {
      const [id, value] = [tx(rowId), tx(column)];
      const later = after === null ? tx`` : tx`and ${id}::text > ${after}`;
      return tx<SealedRow[]>`
        select organisation_id as "organisationId", ${id}::text as "rowId", ${value} as sealed
        from ${tx(table)} where organisation_id = ${organisationId} and ${value} is not null ${later}
        order by ${id}::text limit ${PORTION}`;
    });
  }

  /** False where the value does not open. One that somebody else has written meanwhile stands: it is newer. */
  async #resealRow(fields: FieldCipher, of: SealedColumn, row: SealedRow): Promise<boolean> {
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
    await within(
      this.#sql,
      organisationId,
      (tx) => tx`
        update ${tx(table)} set ${tx(fresh)}
        where organisation_id = ${organisationId} and ${tx(of.rowId)}::text = ${rowId}
          and ${tx(column)} = ${row.sealed}`,
    );
    return true;
  }
}
