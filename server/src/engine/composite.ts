/** A column as the database names and types it, and where a row has its value. */
export interface Column<Row> {
  readonly name: string;
  /** The SQL type, as drizzle writes it. */
  readonly type: string;
  readonly of: (row: Row) => unknown;
}

/** SQL: makes the type of such rows. */
export const compositeType = (name: string, columns: readonly Column<never>[]): string =>
  `create type ${name} as (${columns.map((column) => `"${column.name}" ${column.type}`).join(', ')})`;

/**
 * Rows as the text of an array of a composite type: PostgreSQL reads each value once, with its column's own input
 * function. Beside one array for each column it costs a third less by row and half by statement, beside JSON less
 * than half.
 */
export function packRows<Row>(packed: Packed<Row>, rows: readonly Row[]): string {
  let text = '{';
  for (const row of rows) {
    text += text === '{' ? '"(' : ',"(';
    let separator = '';
    for (const { of, write } of packed) {
      const value = of(row);
      text += separator;
      if (value !== null && value !== undefined) text += write(value);
      separator = ',';
    }
    text += ')"';
  }
  return `${text}}`;
}

/** How each column is read and written, worked out once. */
type Packed<Row> = readonly {
  readonly of: (row: Row) => unknown;
  readonly write: (value: unknown) => string;
}[];

export const packed = <Row>(columns: readonly Column<Row>[]): Packed<Row> =>
  columns.map(({ of, type }) => ({ of, write: writerOf(type) }));

const isJson = (type: string): boolean => type === 'json' || type === 'jsonb';
/** Their texts hold nothing that means anything to the text of a row. */
const PLAIN = /^(uuid|bigint|integer|boolean|double precision|date|timestamp.*)$/;

function writerOf(type: string): (value: unknown) => string {
  if (PLAIN.test(type)) return String;
  if (isJson(type)) return (value) => quoted(JSON.stringify(value));
  if (type.endsWith('[]'))
    return (value) => quoted(`{${(value as readonly string[]).map(listed).join(',')}}`);
  return (value) => quoted(String(value));
}

/** A value within a row within an array: what has to be escaped is escaped for both. */
const quoted = (value: string): string => {
  const safe = SPECIAL.test(value)
    ? value.replace(/["\\]/g, (c) => (c === '"' ? '\\\\\\"' : '\\\\\\\\'))
    : value;
  return `\\"${safe}\\"`;
};
const SPECIAL = /["\\]/;
const listed = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;
