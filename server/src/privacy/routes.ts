import { Id } from '@schalter/shared/kernel/ids.ts';
import type { AnyChange } from '@schalter/shared/kernel/live.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { ROWS, type Entry } from '@schalter/shared/personal-data.ts';
import { INPUTS } from '@schalter/shared/personal-data-journal.ts';
import { can } from '@schalter/shared/platform/access.ts';
import { parse, type Parts } from '../transport/caller.ts';
import { Routes } from '../transport/routes.ts';
import type { HeldData, SaidEntry, Stream } from './queries.ts';

/** Entries that one export looks through, at each location: some days of a busy one. */
const ENTRIES_MAX = 50_000;
type Entries = Readonly<Record<string, Entry>>;
const ROW_ENTRIES: Readonly<Record<string, Entries>> = ROWS;
const INPUT_ENTRIES: Readonly<Record<string, Entries>> = INPUTS;

interface Ticket {
  readonly locationId: string;
  readonly visitId: string;
}

/** What is held on somebody, for them (GD-01): complete, because it goes by the register and not by a list of its own. */
export function privacyRoutes(parts: Parts, held: HeldData): Routes {
  const routes = new Routes(parts);

  routes.atLocation(
    'get',
    '/locations/:locationId/tickets/:visitId/personal-data',
    'person.export',
    async (person, request, response, { organisationId, locationId }) => {
      const visitId = parse(Id, request.params['visitId']);
      if (!visitId.ok) return visitId;
      const locations = await parts.queries.locations(organisationId);
      const theirs = locations
        .filter(({ id }) => can(person, 'person.export', { organisationId, locationId: id }))
        .map(({ id }) => id);
      const same = await held.withNumberOf(organisationId, theirs, visitId.data);
      const tickets = [{ locationId, visitId: visitId.data }, ...same].filter(
        (ticket, i, all) => all.findIndex((other) => other.visitId === ticket.visitId) === i,
      );
      const file = await exportOf(held, organisationId, tickets, parts.clock.now());
      if (file === null) return reject('visitUnknown');
      // Written down before it leaves, or it does not.
      const isRecorded = await parts.security.record({
        event: 'personalDataExported',
        byPersonId: person.personId,
        deviceId: person.deviceId,
        organisationId,
        locationId,
      });
      if (!isRecorded) return reject('unavailable');
      // The link is the customer's alone.
      send(response, withoutLinks(file));
      return undefined;
    },
    { action: 'person.export', target: 'visitId' },
  );

  routes.customer('get', '/ticket/personal-data', async (actor, _request, response) => {
    const { organisationId, locationId, visitId } = actor;
    const file = await exportOf(held, organisationId, [{ locationId, visitId }], parts.clock.now());
    if (file === null) return reject('visitUnknown');
    send(response, file);
    return undefined;
  });
  return routes;
}

function send(
  response: { setHeader(name: string, value: string): { json(body: unknown): unknown } },
  file: unknown,
) {
  response.setHeader('Content-Disposition', 'attachment; filename="personal-data.json"');
  response.setHeader('Cache-Control', 'no-store').json(file);
}

async function exportOf(held: HeldData, organisationId: string, tickets: readonly Ticket[], now: string) {
  const parts: { locationId: string; rows: readonly AnyChange[]; journal: readonly SaidEntry[] }[] = [];
  for (const locationId of new Set(tickets.map((ticket) => ticket.locationId))) {
    const visitIds = tickets.flatMap((ticket) => (ticket.locationId === locationId ? [ticket.visitId] : []));
    const stream = { organisationId, streamId: locationId };
    const rows = await held.rowsOf(stream, { visitIds, reservationIds: [], personIds: [] });
    if (rows.length > 0) parts.push({ locationId, rows, journal: await journalOf(held, stream, rows) });
  }
  if (parts.length === 0) return null;
  const tables = [...new Set(parts.flatMap(({ rows }) => rows.map(({ table }) => table)))];
  return {
    exportedAt: now,
    tickets,
    fields: Object.fromEntries(tables.map((table) => [table, meaningOf(ROW_ENTRIES[table] ?? {})])),
    held: parts.flatMap(({ locationId, rows }) =>
      rows.map((change) => ({ locationId, ...aboutThem(change) })),
    ),
    journal: parts.flatMap(({ locationId, rows, journal }) => {
      const ids = new Set(rows.map(({ row }) => row.id));
      return journal.map((entry) => ({ locationId, ...said(entry, ids) }));
    }),
  };
}

async function journalOf(
  held: HeldData,
  stream: Stream,
  rows: readonly AnyChange[],
): Promise<readonly SaidEntry[]> {
  const ids = new Set(rows.map(({ row }) => row.id));
  const found: SaidEntry[] = [];
  let seq = await held.lastBefore(stream, rows);
  for (let read = 0; read < ENTRIES_MAX;) {
    const page = await held.entriesAfter(stream, seq, Number.MAX_SAFE_INTEGER);
    found.push(...page.filter(({ changes }) => changes.some(({ row }) => ids.has(row.id))));
    read += page.length;
    const last = page.at(-1);
    if (last === undefined) break;
    seq = last.seq;
  }
  return found;
}

/** Fields that say something of the customer; what they say of colleagues is the colleagues'. */
const isTheirs = (entry: Entry | undefined): entry is Exclude<Entry, 'none'> =>
  entry !== undefined && entry !== 'none' && entry.of === 'customer';

function pick(entries: Entries, values: unknown): Readonly<Record<string, unknown>> {
  const all = Object.entries((values ?? {}) as Readonly<Record<string, unknown>>);
  return Object.fromEntries(all.filter(([field]) => isTheirs(entries[field])));
}
const aboutThem = ({ table, row }: AnyChange) => ({
  table,
  row: { id: row.id, ...pick(ROW_ENTRIES[table] ?? {}, row) },
});
const said = ({ at, type, input, changes, actor }: SaidEntry, ids: ReadonlySet<string>) => ({
  at,
  type,
  by: (actor as { readonly kind: string }).kind,
  input: pick(INPUT_ENTRIES[type] ?? {}, input),
  changes: changes.filter(({ row }) => ids.has(row.id)).map(aboutThem),
});
const meaningOf = (entries: Entries) =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([field, entry]) =>
      isTheirs(entry)
        ? [[field, { kind: entry.kind, purpose: entry.purpose, retention: entry.retention }]]
        : [],
    ),
  );

const LINK_FIELDS = new Set(['linkToken', 'link']);
/** Wherever a link stands, by its field or within the words of a message. */
const withoutLinks = (file: unknown): unknown =>
  JSON.parse(JSON.stringify(file), (key, value: unknown) => {
    if (LINK_FIELDS.has(key) && typeof value === 'string') return '…';
    return typeof value === 'string' ? value.replace(/(\/t#)[A-Za-z0-9_-]+/g, '$1…') : value;
  });
