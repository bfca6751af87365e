import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Response } from 'express';
import type { AuditItem } from '@schalter/shared/audit.ts';
import type { Scope } from '@schalter/shared/platform/access.ts';
import type { AuditFilter, AuditQueries } from './queries-audit.ts';

/** A busy location's month; more than that is asked for by span. */
const ROWS_MAX = 50_000;
const PAGE = 500;

const COLUMNS = [
  ...['seq', 'occurredAt', 'at', 'type', 'event', 'detail', 'count', 'actorKind', 'actorId', 'actor'],
  ...['deviceId', 'device', 'facts', 'subjectIds', 'subjects', 'why', 'hash'],
];

const rowOf = (item: AuditItem, hash: string | undefined): readonly unknown[] => [
  ...[item.seq, item.occurredAt, item.at, item.type, item.event?.name, item.event?.what, item.event?.count],
  ...[
    item.actor.kind,
    item.actor.id,
    item.actor.name,
    item.device?.id,
    item.device?.name,
    item.facts.join(' '),
  ],
  ...[item.subjects.map(({ id }) => id).join(' '), item.subjects.map(({ name }) => name ?? '').join(', ')],
  ...[item.why, hash],
];

/**
 * The entries of a filter as CSV (RFC 4180), page by page as the caller reads, each with the hash of its seal. A cell
 * that a spreadsheet would calculate begins with an apostrophe.
 */
export async function sendCsv(
  response: Response,
  reading: <T>(read: (audit: AuditQueries) => Promise<T>) => Promise<T>,
  { scope, filter }: { readonly scope: Scope; readonly filter: AuditFilter },
): Promise<void> {
  async function* rows(): AsyncGenerator<readonly unknown[]> {
    let cursor: number | null = null;
    let sent = 0;
    do {
      const limit = Math.min(PAGE, ROWS_MAX - sent);
      const from: number | null = cursor;
      const { items, nextCursor, hashes } = await reading(async (audit) => {
        const page = await audit.page({ scope, filter, cursor: from, limit });
        const seqs = page.items.map(({ seq }) => seq);
        return { ...page, hashes: await audit.hashes(scope, seqs) };
      });
      for (const item of items) yield rowOf(item, hashes.get(item.seq));
      sent += items.length;
      cursor = nextCursor;
    } while (cursor !== null && sent < ROWS_MAX);
  }
  response.attachment('audit.csv').type('text/csv; charset=utf-8');
  const csv = stringify({
    ...{ header: true, columns: COLUMNS, record_delimiter: 'windows', bom: true, escape_formulas: true },
  });
  await pipeline(Readable.from(rows()), csv, response);
}
