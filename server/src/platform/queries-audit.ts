import { and, desc, eq, gte, inArray, lt, sql, type SQL } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { journal, journalChecks, journalSeals, streams } from '@schalter/drizzle/schema/engine.ts';
import type {
  ACTOR_KINDS,
  AuditEntry,
  AuditIntegrity,
  AuditItem,
  AuditSubject,
} from '@schalter/shared/audit.ts';
import { changedFields } from '@schalter/shared/audit-fields.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import { addMs } from '@schalter/shared/kernel/time.ts';
import type { Scope } from '@schalter/shared/platform/access.ts';
import { SECURITY_COMMANDS, type SecurityEventName } from '@schalter/shared/platform/security.ts';
import { actorOf, eventOf, idsIn, isMadeBy, subjectsOf, whyOf, type Subject } from './audit.ts';
import { AuditNames } from './queries-audit-names.ts';

export interface AuditFilter {
  readonly from: string | null;
  /** Before this instant. */
  readonly until: string | null;
  readonly actor: (typeof ACTOR_KINDS)[number] | null;
  readonly personId: string | null;
  readonly deviceId: string | null;
  readonly type: string | null;
  /** What concerns security alone; or one kind of event of it. */
  readonly report: 'security' | null;
  readonly event: SecurityEventName | null;
  /** Everything about one ticket, person, device, counter… */
  readonly recordId: string | null;
  readonly text: string | null;
}
export interface AuditQuery {
  readonly scope: Scope;
  readonly filter: AuditFilter;
  readonly limit: number;
  /** Entries below this sequence; null for the newest. */
  readonly cursor: number | null;
}

/** What one request looks through at most, in pages: 50,000 entries are several days of a busy location. */
const SCAN_ENTRIES = 5_000;
const SCANS_MAX = 10;
/** Clocks of several servers, or one that was set back: an entry may be this much older than one before it. */
const CLOCK_MS = 5 * 60_000;
/** How far back a row's last version is looked for, and of how many rows of an entry. */
const LOOK_BACK_ENTRIES = 20_000;
const ROWS_MAX = 30;

const SHORT = {
  seq: journal.seq,
  at: journal.at,
  occurredAt: journal.occurredAt,
  type: journal.type,
  actor: journal.actor,
  deviceId: journal.deviceId,
  facts: journal.facts,
  input: journal.input,
};
interface ShortEntry {
  readonly seq: number;
  readonly at: string;
  readonly occurredAt: string;
  readonly type: string;
  readonly actor: unknown;
  readonly deviceId: string | null;
  readonly facts: unknown;
  readonly input: unknown;
}
interface ChangedRow {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>> & { readonly id: string };
}

/** The journal as people read it. It reads what the engine wrote and writes nothing of its own. */
export class AuditQueries {
  readonly #db: PostgresJsDatabase;
  readonly #names: AuditNames;

  /** `db` sees the organisation of the scopes that are asked for. */
  constructor(db: PostgresJsDatabase) {
    this.#db = db;
    this.#names = new AuditNames(this.#db);
  }

  /** The newest first. A page may be short of its limit where little matches: the cursor says whether to go on. */
  async page({ scope, filter, limit, cursor }: AuditQuery) {
    const ids = filter.text === null ? null : await this.#names.search(scope, filter.text, filter);
    if (ids?.length === 0) return { items: [], nextCursor: null };
    const { least, below: end } = await this.#range(scope, filter);
    const matches = matching(filter, ids);
    const found: ShortEntry[] = [];
    let below = Math.min(cursor ?? end, end);
    for (let scan = 0; scan < SCANS_MAX && below > least && found.length <= limit; scan++) {
      const from = Math.max(least, below - SCAN_ENTRIES);
      const rows = await this.#db
        .select(SHORT)
        .from(journal)
        .where(and(ofStream(scope), gte(journal.seq, from), lt(journal.seq, below), ...matches))
        .orderBy(desc(journal.seq))
        .limit(limit + 1 - found.length);
      found.push(...rows);
      below = from;
    }
    const page = found.slice(0, limit);
    const nextCursor = found.length > limit ? (page.at(-1)?.seq ?? null) : below > least ? below : null;
    return { items: await this.#items(scope, page), nextCursor };
  }

  /** The hashes of entries, as far as they are sealed. */
  async hashes(scope: Scope, seqs: readonly number[]): Promise<ReadonlyMap<number, string>> {
    if (seqs.length === 0) return new Map();
    const rows = await this.#db
      .select({ seq: journalSeals.seq, hash: sql<string>`encode(${journalSeals.hash}, 'hex')` })
      .from(journalSeals)
      .where(and(ofSeals(scope), inArray(journalSeals.seq, [...seqs])));
    return new Map(rows.map(({ seq, hash }) => [seq, hash]));
  }

  async integrity(scope: Scope): Promise<AuditIntegrity> {
    const [[head], [sealed], [checked]] = await Promise.all([
      this.#db
        .select({ seq: streams.seq })
        .from(streams)
        .where(eq(streams.id, streamOf(scope))),
      this.#db
        .select({
          seq: journalSeals.seq,
          hash: sql<string>`encode(${journalSeals.hash}, 'hex')`,
          at: journal.at,
        })
        .from(journalSeals)
        .innerJoin(journal, and(ofStream(scope), eq(journal.seq, journalSeals.seq)))
        .where(ofSeals(scope))
        .orderBy(desc(journalSeals.seq))
        .limit(1),
      this.#db
        .select({ at: journalChecks.checkedAt, damages: journalChecks.damages })
        .from(journalChecks)
        .where(eq(journalChecks.organisationId, scope.organisationId)),
    ]);
    const damages = checked?.damages ?? null;
    return {
      seq: head?.seq ?? 0,
      sealed: sealed === undefined ? null : { ...sealed, at: iso(sealed.at) },
      checked: checked === undefined || damages === null ? null : { at: iso(checked.at), damages },
    };
  }

  /** One entry with what it changed: what each row was before is in the last entry before it that changed the row. */
  async entry(scope: Scope, seq: number, language: Language): Promise<AuditEntry | null> {
    const [entry] = await this.#db
      .select({ ...SHORT, commandId: journal.commandId, changes: journal.changes })
      .from(journal)
      .where(and(ofStream(scope), eq(journal.seq, seq)));
    if (entry === undefined) return null;
    const changes = entry.changes as readonly ChangedRow[];
    const [item] = await this.#items(scope, [entry]);
    if (item === undefined) return null;
    const read = changes.slice(0, ROWS_MAX);
    const before = await this.#before(
      scope,
      seq,
      read.filter(({ row }) => !isMadeBy(entry.commandId, row.id)),
    );
    const isWhole = seq <= LOOK_BACK_ENTRIES;
    const rows = read
      .map(({ table, row }) => {
        const was = before.get(keyOf(table, row.id)) ?? null;
        const isNew = isWhole || isMadeBy(entry.commandId, row.id);
        const state: AuditEntry['rows'][number]['state'] =
          was !== null ? 'changed' : isNew ? 'new' : 'unknown';
        return { table, row, state, fields: changedFields(table, was, row) };
      })
      .filter(({ fields }) => fields.length > 0);
    const values = rows.flatMap(({ fields }) => fields.flatMap((field) => [field.before, field.after]));
    const titles = new Map(rows.map(({ table, row }) => [keyOf(table, row.id), titleIdOf(table, row)]));
    const ids = [...idsIn(values), ...idsIn([...titles.values()])];
    const names = await this.#names.of(scope, ids, language);
    return {
      item,
      rows: rows.map(({ table, row, state, fields }) => ({
        table,
        id: row.id,
        name: names[titles.get(keyOf(table, row.id)) ?? ''] ?? null,
        state,
        fields,
      })),
      moreRows: changes.length - read.length,
      names,
    };
  }

  /**
   * Which sequences a span of time can have. The sequence is gapless and grows with the time, so twenty looks by key
   * find the first of a million; what is not in the span after all is filtered out by its own time.
   */
  async #range(scope: Scope, { from, until }: AuditFilter): Promise<{ least: number; below: number }> {
    const [head] = await this.#db
      .select({ seq: streams.seq })
      .from(streams)
      .where(and(eq(streams.organisationId, scope.organisationId), eq(streams.id, streamOf(scope))));
    const end = (head?.seq ?? 0) + 1;
    const [least, below] = await Promise.all([
      from === null ? 1 : this.#firstSince(scope, addMs(from, -CLOCK_MS), end),
      until === null ? end : this.#firstSince(scope, addMs(until, CLOCK_MS), end),
    ]);
    return { least, below };
  }

  /** By halves, in one statement: a question for each half would be thirty on the way. */
  async #firstSince(scope: Scope, instant: string, end: number): Promise<number> {
    const [found] = await this.#db.execute<{ low: string }>(
      sql`with recursive look (low, high) as (
          select 1::bigint, ${end}::bigint
          union all
          select case when is_before then middle + 1 else low end, case when is_before then high else middle end
          from look,
            lateral (select (low + high) / 2 as middle) half,
            lateral (select coalesce((
              select j.at < ${instant}::timestamptz from ${journal} j
              where j.organisation_id = ${scope.organisationId} and j.stream_id = ${streamOf(scope)}
                and j.seq = middle
            ), true) as is_before) entry
          where low < high
        ) select low from look where low = high`,
    );
    return Number(found?.low ?? 1);
  }

  /** The last version of each row before an entry; the text is looked at before it is taken apart. */
  async #before(scope: Scope, seq: number, rows: readonly ChangedRow[]) {
    if (rows.length === 0) return new Map<string, Readonly<Record<string, unknown>>>();
    const wanted = sql.join(
      rows.map(({ table, row }) => sql`(${table}::text, ${row.id}::text)`),
      sql`, `,
    );
    const found = await this.#db.execute<{ table: string; id: string; row: Record<string, unknown> | null }>(
      sql`select w."table", w.id, was.row from (values ${wanted}) w ("table", id)
        left join lateral (
          select change->'row' as row from ${journal} j,
            json_array_elements(case when j.changes::text like '%' || w.id || '%' then j.changes else '[]' end) change
          where j.organisation_id = ${scope.organisationId} and j.stream_id = ${streamOf(scope)}
            and j.seq < ${seq} and j.seq >= ${seq - LOOK_BACK_ENTRIES}
            and change->>'table' = w."table" and change->'row'->>'id' = w.id
          order by j.seq desc limit 1
        ) was on true`,
    );
    return new Map(
      found.flatMap(({ table, id, row }) => (row === null ? [] : [[keyOf(table, id), row] as const])),
    );
  }

  async #items(scope: Scope, entries: readonly ShortEntry[]): Promise<AuditItem[]> {
    const lines = entries.map((entry) => ({
      entry,
      ...actorOf(entry),
      subjects: subjectsOf(entry.facts as Readonly<Record<string, unknown>>[]),
    }));
    const subjects = lines.flatMap((line) => line.subjects);
    const tickets = await this.#names.tickets(scope, subjects);
    const ids = [
      ...lines.flatMap(({ actor, deviceId }) => [actor.id, deviceId]),
      ...subjects.map(({ id }) => id),
    ];
    const names = await this.#names.of(scope, idsIn(ids));
    return lines.map(({ entry, actor, deviceId, subjects: about }) => {
      return {
        seq: entry.seq,
        at: iso(entry.at),
        occurredAt: iso(entry.occurredAt),
        type: entry.type,
        actor: { ...actor, name: names[actor.id ?? ''] ?? null },
        device: deviceId === null ? null : { id: deviceId, name: names[deviceId] ?? null },
        facts: (entry.facts as readonly { type: string }[]).map(({ type }) => type),
        subjects: about
          .map((subject) => named(subject, tickets, names))
          .filter(({ id }) => id !== actor.id && id !== deviceId),
        why: whyOf(entry.type, entry.input),
        event: eventOf(entry),
      };
    });
  }
}

function named(
  { kind, by, id }: Subject,
  tickets: ReadonlyMap<string, { readonly id: string; readonly name: string }>,
  names: Readonly<Record<string, string>>,
): AuditSubject {
  const ticket = by === 'id' ? undefined : tickets.get(id);
  return { kind, id: ticket?.id ?? id, name: ticket?.name ?? names[id] ?? null };
}

function matching(filter: AuditFilter, ids: readonly string[] | null): SQL[] {
  const { from, until, actor, personId, deviceId, type, report, event, recordId } = filter;
  const found: SQL[] = [];
  if (from !== null) found.push(gte(journal.at, from));
  if (until !== null) found.push(lt(journal.at, until));
  if (type !== null) found.push(eq(journal.type, type));
  if (report !== null) found.push(inArray(journal.type, [...SECURITY_COMMANDS]));
  if (event !== null) found.push(sql`(${isEvent} and ${journal.input}->>'event' = ${event})`);
  // The server writes down what a person did to the access itself: it was the person all the same.
  const by = (column: SQL, id: string, key: string): SQL =>
    sql`(${column} = ${id} or (${isEvent} and ${journal.input}->>${key} = ${id}))`;
  if (deviceId !== null) found.push(by(sql`${journal.deviceId}::text`, deviceId, 'deviceId'));
  if (personId !== null) found.push(by(sql`${journal.actor}->>'personId'`, personId, 'byPersonId'));
  if (actor !== null) found.push(sql`${journal.actor}->>'kind' = ${actor}`);
  const named = [ids, recordId === null ? null : [recordId]].filter((some) => some !== null);
  for (const some of named) {
    const parts = sql.join(
      some.map((id) => sql`${`%${id}%`}`),
      sql`, `,
    );
    const said = sql`${journal.changes}::text || ${journal.actor}::text || ${journal.facts}::text`;
    found.push(sql`(${said}) like any(array[${parts}])`);
  }
  return found;
}

const isEvent = sql`${journal.type} = 'platform.recordSecurityEvent'`;

/** Whose name stands over a changed row: a stage and a call are their ticket's, a presence is its counter's. */
const titleIdOf = (table: string, row: Readonly<Record<string, unknown>>): string | null => {
  const id = row['visitId'] ?? (table === 'presences' ? row['counterId'] : row['id']);
  return typeof id === 'string' ? id : null;
};
const keyOf = (table: string, id: string): string => `${table} ${id}`;
const streamOf = ({ organisationId, locationId }: Scope): string => locationId ?? organisationId;
const ofStream = (scope: Scope): SQL | undefined =>
  and(eq(journal.organisationId, scope.organisationId), eq(journal.streamId, streamOf(scope)));
const ofSeals = (scope: Scope): SQL | undefined =>
  and(eq(journalSeals.organisationId, scope.organisationId), eq(journalSeals.streamId, streamOf(scope)));
/** The database writes its own form of a time; an answer carries exactly one. */
const iso = (at: string): string => new Date(at).toISOString();
