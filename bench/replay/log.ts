import { parse } from 'csv-parse/sync';

/** One customer of a queue log. Times are seconds of the log's local day. */
export interface LogRow {
  /** The line of the file, for messages. */
  readonly line: number;
  readonly day: string;
  readonly joinS: number;
  readonly service: string;
  readonly priority: number;
  readonly waitS: number;
  readonly outcome: 'served' | 'left';
  /** null where the customer left, and in the few rows that do not say. */
  readonly startS: number | null;
  readonly serviceS: number | null;
  readonly agent: string | null;
}

export const LOG_COLUMNS = [
  'day',
  'join_s',
  'service',
  'priority',
  'wait_s',
  'outcome',
  'start_s',
  'service_s',
  'agent',
] as const;
type Column = (typeof LOG_COLUMNS)[number];

/** A log is refused whole: half a day would be replayed as if it were the whole. */
export class LogError extends Error {}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const WHOLE = /^\d+$/;
const NAME = /^[A-Za-z0-9_-]{1,12}$/;
/** Somebody served after midnight belongs to the day on which the queue was joined. */
const SECONDS_MAX = 2 * 86_400;

/** Reads a log; the columns may stand in any order, others are passed over. */
export function readLog(text: string): LogRow[] {
  const records = recordsOf(text);
  const [header] = records;
  if (header === undefined) throw new LogError('the file is empty');
  const missing = LOG_COLUMNS.filter((name) => !header.fields.includes(name));
  if (missing.length > 0) throw new LogError(`line 1: columns missing: ${missing.join(', ')}`);
  const place = new Map(LOG_COLUMNS.map((name) => [name, header.fields.indexOf(name)]));
  return records
    .slice(1)
    .map(({ line, fields }) => readRow(line, (name) => fields[place.get(name) ?? -1] ?? ''));
}

function recordsOf(text: string): { line: number; fields: string[] }[] {
  try {
    const rows = parse(text, { bom: true, trim: true, skip_empty_lines: true, info: true }) as unknown as {
      record: string[];
      info: { lines: number };
    }[];
    return rows.map(({ record, info }) => ({ line: info.lines, fields: record }));
  } catch (error) {
    throw new LogError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function readRow(line: number, field: (name: Column) => string): LogRow {
  const wrong = (name: Column, wanted: string): LogError =>
    new LogError(`line ${line}: ${name} is "${field(name).slice(0, 40)}", but should be ${wanted}`);
  const optional = (name: Column): number | null => {
    if (field(name) === '') return null;
    const value = Number(field(name));
    if (!WHOLE.test(field(name)) || value > SECONDS_MAX) throw wrong(name, 'whole seconds');
    return value;
  };
  const seconds = (name: Column): number => {
    const value = optional(name);
    if (value === null) throw wrong(name, 'whole seconds');
    return value;
  };
  const outcome = field('outcome');
  if (outcome !== 'served' && outcome !== 'left') throw wrong('outcome', '"served" or "left"');
  if (!DAY.test(field('day'))) throw wrong('day', 'a date such as 2026-05-20');
  if (!NAME.test(field('service'))) throw wrong('service', 'a short name');
  if (field('agent') !== '' && !NAME.test(field('agent'))) throw wrong('agent', 'a short name');
  return {
    line,
    day: field('day'),
    joinS: seconds('join_s'),
    service: field('service'),
    priority: seconds('priority'),
    waitS: seconds('wait_s'),
    outcome,
    startS: optional('start_s'),
    serviceS: optional('service_s'),
    agent: field('agent') === '' ? null : field('agent'),
  };
}

export const daysOf = (rows: readonly LogRow[]): string[] => [...new Set(rows.map((row) => row.day))].sort();

/** The same form that `readLog` reads. */
export function writeLog(rows: readonly Omit<LogRow, 'line'>[]): string {
  const lines = rows.map((r) =>
    [r.day, r.joinS, r.service, r.priority, r.waitS, r.outcome, r.startS, r.serviceS, r.agent]
      .map((value) => value ?? '')
      .join(','),
  );
  return [LOG_COLUMNS.join(','), ...lines, ''].join('\n');
}
