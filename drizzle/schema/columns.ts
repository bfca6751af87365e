import { sql, type SQL } from 'drizzle-orm';
import { bigint, check, date, foreignKey, timestamp, uuid, type AnyPgColumn } from 'drizzle-orm/pg-core';

/** Times are timestamptz with milliseconds: exactly what the rows carry as ISO text. */
export const at = () => timestamp({ withTimezone: true, precision: 3, mode: 'string' });
export const day = () => date({ mode: 'string' });

/** Every row: whose it is, when and by whom it was written, in which entry of the journal. */
export const ofOrganisation = {
  organisationId: uuid().notNull(),
  id: uuid().notNull(),
  archivedAt: at(),
  createdAt: at().notNull().defaultNow(),
  createdBy: uuid(),
  updatedAt: at().notNull().defaultNow(),
  updatedBy: uuid(),
  seq: bigint({ mode: 'number' }).notNull(),
};

export const ofLocation = { ...ofOrganisation, locationId: uuid().notNull() };

/** The written columns that a row of the live set does not carry. */
export const BOOKKEEPING = ['created_at', 'created_by', 'updated_at', 'updated_by', 'seq'] as const;

export const listed = (values: readonly string[]) => sql.raw(values.map((v) => `'${v}'`).join(', '));

/** An enumeration, checked by the database itself. */
export const oneOf = (name: string, column: AnyPgColumn | SQL, values: readonly string[]) =>
  check(name, sql`${column} in (${listed(values)})`);

/** A list whose every element is of an enumeration. */
export const eachOf = (name: string, column: AnyPgColumn, values: readonly string[]) =>
  check(name, sql`${column} <@ array[${listed(values)}]`);

export const isTrue = (name: string, condition: SQL) => check(name, condition);

/** A foreign key; nothing that something else names is ever deleted under it. */
export const refersTo = (
  name: string,
  columns: [AnyPgColumn, AnyPgColumn, AnyPgColumn],
  foreignColumns: [AnyPgColumn, AnyPgColumn, AnyPgColumn],
) => foreignKey({ name, columns, foreignColumns }).onDelete('restrict');
