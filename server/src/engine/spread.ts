/** A column as the database names and types it. */
export interface Column {
  readonly name: string;
  /** The SQL type, as drizzle writes it. */
  readonly type: string;
}

/**
 * Between two values, and in place of one that is missing. Unicode keeps these for the use inside a program:
 * no text has them that means anything, and `storable.ts` lets none in.
 */
const SEPARATOR = '\uFDD0';
const MISSING = '\uFDD1';
export const OURS_ALONE = /[\uFDD0\uFDD1]/;

/**
 * A FROM item that spreads one text parameter per column into rows, as `r`, from parameter `first` on. Half the
 * cost in PostgreSQL of the same rows as one JSON text, which is parsed twice.
 */
export function spreadFrom(columns: readonly Column[], first = 1): string {
  const arrays = columns.map((_, i) => `string_to_array($${first + i}, '${SEPARATOR}', '${MISSING}')`);
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  // The first row is none: without it, one row with an empty text would be no row at all.
  return `(select * from unnest(${arrays.join(', ')}) with ordinality as r(${names}, spread_n) where spread_n > 1) r`;
}

/** The columns of `spreadFrom`, each of its own type. */
export const spreadColumns = (columns: readonly Column[]): string =>
  columns.map(({ name, type }) => `r."${name}"${castOf(type)}`).join(', ');

/** The parameters of `spreadFrom`: for each column the values of all rows. */
export const spreadParameters = (
  columns: readonly Column[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string[] =>
  columns.map(({ name, type }) => {
    const write = writerOf(type);
    let text = '';
    for (const row of rows) {
      const value = row[name];
      text += SEPARATOR + (value === null || value === undefined ? MISSING : write(value));
    }
    return text;
  });

const isJson = (type: string): boolean => type === 'json' || type === 'jsonb';

/** Without a length: a cast to varchar(80) would cut a text silently that the column itself refuses. */
const castOf = (type: string): string => {
  if (type === 'text' || /^varchar\(\d+\)$/.test(type)) return '';
  return `::${type.replace(/^varchar\(\d+\)/, 'text')}`;
};

function writerOf(type: string): (value: unknown) => string {
  if (isJson(type)) return (value) => JSON.stringify(value);
  if (type.endsWith('[]')) return (value) => `{${(value as readonly string[]).map(quoted).join(',')}}`;
  return String;
}

const quoted = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;
