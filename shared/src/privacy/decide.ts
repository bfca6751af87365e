import type { BookingLive, BookingTables } from '../booking/rows.ts';
import type { Context, Decide } from '../kernel/command.ts';
import type { AnyChange, Change } from '../kernel/live.ts';
import { reject } from '../kernel/rejections.ts';
import { mayDecideOver } from '../platform/escalation.ts';
import { given, hasOwner } from '../platform/rights.ts';
import { RETENTION, erasedRow, type Retention } from '../personal-data.ts';
import type { PrivacyCommands } from './commands.ts';
import type { PrivacyFact } from './facts.ts';

const EVERYTHING = Object.keys(RETENTION) as Retention[];

interface Who {
  readonly visitIds: readonly string[];
  readonly reservationIds: readonly string[];
  readonly personIds: readonly string[];
}
type AnyRow = Readonly<Record<string, unknown>>;

/** By what a row of a table is known to be about somebody. */
const ABOUT: { readonly [T in keyof BookingTables]?: (row: BookingTables[T], who: Who) => boolean } = {
  visits: ({ id }, { visitIds }) => visitIds.includes(id),
  visitContacts: ({ visitId }, { visitIds }) => visitIds.includes(visitId),
  stages: ({ visitId }, { visitIds }) => visitIds.includes(visitId),
  messages: ({ visitId }, { visitIds }) => visitIds.includes(visitId),
  reservations: ({ id, visitId }, { visitIds, reservationIds }) =>
    reservationIds.includes(id) || (visitId !== null && visitIds.includes(visitId)),
  presences: ({ personId }, { personIds }) => personIds.includes(personId),
};

/**
 * The rows that are about them: those of the live set as they are, and those that have left it, which the server has
 * looked up; null where one has left it only since.
 */
function rowsAbout(live: BookingLive, who: Who, ctx: Context): readonly AnyChange[] | null {
  const rows: AnyChange[] = [];
  for (const [table, isAbout] of Object.entries(ABOUT) as [
    keyof BookingTables,
    (row: AnyRow, who: Who) => boolean,
  ][]) {
    const here = live.rows[table] as ReadonlyMap<string, AnyChange['row'] & AnyRow>;
    for (const row of here.values()) if (isAbout(row, who)) rows.push({ table, row });
    for (const { table: of, row } of ctx.given.archived ?? []) {
      if (of !== table || here.has(row.id) || !isAbout(row as unknown as AnyRow, who)) continue;
      if (row.archivedAt === null) return null;
      rows.push({ table, row });
    }
  }
  return rows;
}

/** What else an erasure means for a row: nobody is written to any more, and a number that is gone is no contact. */
function settled({ table, row }: AnyChange, ctx: Context): AnyChange['row'] {
  if (table === 'visitContacts') return { ...row, archivedAt: row.archivedAt ?? ctx.now };
  const { status } = row as AnyChange['row'] & { readonly status?: unknown };
  if (table !== 'messages' || status !== 'queued') return row;
  return { ...row, status: 'cancelled' } as AnyChange['row'];
}

/** At the carrier already: it is erased when its end is known (messaging/forget.ts). */
const isUnderWay = ({ table, row }: AnyChange): boolean =>
  table === 'messages' && (row as AnyChange['row'] & { readonly status?: unknown }).status === 'sending';

export const decidePrivacy: Decide<PrivacyCommands, BookingLive, BookingTables, PrivacyFact> = {
  'privacy.erase': (live, { visitIds, reservationIds, personIds }, ctx) => {
    const rows = rowsAbout(live, { visitIds, reservationIds, personIds }, ctx);
    if (rows === null) return reject('versionConflict');
    const changes = rows
      .filter((change) => !isUnderWay(change))
      .map(({ table, row }) => {
        const erased = erasedRow(table as keyof BookingTables, row as never, EVERYTHING);
        return { table, row: settled({ table, row: erased }, ctx) };
      });
    return {
      ok: true,
      changes: changes as unknown as readonly Change<BookingTables>[],
      facts: [{ type: 'privacy.erased', visitIds, reservationIds, personIds }],
      result: { rows: changes.length },
    };
  },

  'privacy.erasePerson': (live, { personId }, ctx) => {
    const person =
      live.rows.people.get(personId) ??
      ctx.given.archived?.find(({ table, row }) => table === 'people' && row.id === personId)?.row;
    if (person === undefined) return reject('personUnknown');
    const { actor, now } = ctx;
    // P3, P5
    if (actor.kind === 'person' && !mayDecideOver(actor.rights, given(live, personId, now)))
      return reject('notPermitted');
    const people = new Map([...live.rows.people].filter(([id]) => id !== personId));
    if (!hasOwner({ ...live, rows: { ...live.rows, people } }, now)) return reject('lastOwner');
    const row = erasedRow('people', person as BookingTables['people'], EVERYTHING);
    return {
      ok: true,
      changes: [{ table: 'people', row: { ...row, active: false, archivedAt: row.archivedAt ?? ctx.now } }],
      facts: [{ type: 'privacy.personErased', personId }],
    };
  },
};
