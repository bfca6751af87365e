import type postgres from 'postgres';
import type { AnyChange } from '@schalter/shared/kernel/live.ts';
import { within } from '../engine/postgres-connections.ts';
import { columnsOf, fromColumns } from '../engine/postgres-tables.ts';

/** Whose rows: by tickets, bookings, and the ids of members of staff. */
export interface Who {
  readonly visitIds: readonly string[];
  readonly reservationIds: readonly string[];
  readonly personIds: readonly string[];
}
export interface Stream {
  readonly organisationId: string;
  readonly streamId: string;
}
export interface SaidEntry {
  readonly seq: number;
  readonly commandId: string;
  readonly type: string;
  readonly input: unknown;
  readonly changes: readonly AnyChange[];
  readonly actor: unknown;
  readonly at: string;
}

/** Tables of a location that say something of somebody, and how their rows are found. */
const OF_LOCATION: Readonly<Record<string, string>> = {
  visits: 'id = any($3::uuid[])',
  visitContacts: 'visit_id = any($3::uuid[])',
  stages: 'visit_id = any($3::uuid[])',
  messages: 'visit_id = any($3::uuid[])',
  reservations: '(id = any($4::uuid[]) or visit_id = any($3::uuid[]))',
  presences: 'person_id = any($5::uuid[])',
};
/** Entries read at once. */
const PAGE = 500;
/** Servers' clocks may differ by this: an entry may be so much older than the row that it made. */
const CLOCK = '5 minutes';

/** What is held on people, wherever: rows that have left the live sets, and the journal. */
export class HeldData {
  readonly #sql: postgres.Sql;

  constructor(sql: postgres.Sql) {
    this.#sql = sql;
  }

  /** Every row of a location that is about them, archived or not. */
  rowsOf({ organisationId, streamId }: Stream, who: Who): Promise<readonly AnyChange[]> {
    const values = [organisationId, streamId, ids(who.visitIds), ids(who.reservationIds), ids(who.personIds)];
    return within(this.#sql, organisationId, async (tx) => {
      const rows: AnyChange[] = [];
      for (const [table, isTheirs] of Object.entries(OF_LOCATION)) {
        const columns = columnsOf(table);
        const found = await tx.unsafe<{ row: Record<string, unknown> }[]>(
          `select to_jsonb(t) as row from ${columns.sqlName} t
           where organisation_id = $1 and location_id = $2 and ${isTheirs}
             and ($3::uuid[], $4::uuid[], $5::uuid[]) is not null order by created_at, id`,
          values,
        );
        rows.push(...found.map(({ row }) => ({ table, row: fromColumns(columns, row) })));
      }
      return rows;
    });
  }

  person(organisationId: string, personId: string): Promise<readonly AnyChange[]> {
    const columns = columnsOf('people');
    return within(this.#sql, organisationId, async (tx) => {
      const found = await tx.unsafe<{ row: Record<string, unknown> }[]>(
        `select to_jsonb(t) as row from ${columns.sqlName} t where organisation_id = $1 and id = $2`,
        [organisationId, personId],
      );
      return found.map(({ row }) => ({ table: 'people', row: fromColumns(columns, row) }));
    });
  }

  /** Tickets and bookings of days up to `day` that still say something of somebody, the oldest first. */
  async overdue(
    { organisationId, streamId }: Stream,
    day: string,
    most: number,
  ): Promise<Omit<Who, 'personIds'>> {
    return within(this.#sql, organisationId, async (tx) => {
      const visits = await tx<{ id: string }[]>`
        select v.id from visits v
        where v.organisation_id = ${organisationId} and v.location_id = ${streamId} and v.business_day <= ${day}
          and v.archived_at is not null and (v.name is not null or v.note is not null or v.sms_opt_in
            or v.reservation_reference is not null or exists (select from stages s
              where s.organisation_id = v.organisation_id and s.location_id = v.location_id and s.visit_id = v.id
                and (s.hold_reason is not null or s.end_reason is not null or s.undo is not null)))
        order by v.business_day, v.id limit ${most}`;
      const reservations = await tx<{ id: string }[]>`
        select id from reservations where organisation_id = ${organisationId} and location_id = ${streamId}
          and business_day <= ${day} and (last_name <> '' or first_name <> '' or subject <> '')
        order by business_day, id limit ${most}`;
      return { visitIds: visits.map(({ id }) => id), reservationIds: reservations.map(({ id }) => id) };
    });
  }

  /** Other tickets of the same telephone number, at the locations that are named. */
  withNumberOf(
    organisationId: string,
    locationIds: readonly string[],
    visitId: string,
  ): Promise<readonly { locationId: string; visitId: string }[]> {
    return within(
      this.#sql,
      organisationId,
      (tx) => tx<{ locationId: string; visitId: string }[]>`
        select distinct o.location_id as "locationId", o.visit_id as "visitId"
        from visit_contacts c join visit_contacts o
          on o.organisation_id = c.organisation_id and o.phone_e164 = c.phone_e164
        where c.organisation_id = ${organisationId} and c.visit_id = ${visitId} and c.phone_e164 <> ''
          and o.location_id = any(${ids(locationIds)}::uuid[])`,
    );
  }

  entryOf({ organisationId, streamId }: Stream, commandId: string): Promise<SaidEntry | null> {
    return within(this.#sql, organisationId, async (tx) => {
      const rows = await tx.unsafe<SaidEntry[]>(`${SELECT} and command_id = $3`, [
        organisationId,
        streamId,
        commandId,
      ]);
      return rows[0] ?? null;
    });
  }

  /** The entries after `seq` and before `until`, a page of them, in their order. */
  entriesAfter(
    { organisationId, streamId }: Stream,
    seq: number,
    until: number,
  ): Promise<readonly SaidEntry[]> {
    return within(this.#sql, organisationId, async (tx) =>
      tx.unsafe<SaidEntry[]>(`${SELECT} and seq > $3 and seq < $4 order by seq limit ${PAGE}`, [
        organisationId,
        streamId,
        seq,
        until,
      ]),
    );
  }

  /** The last entry before anything could be said of the rows that an entry changed. */
  async lastBefore({ organisationId, streamId }: Stream, changes: readonly AnyChange[]): Promise<number> {
    return within(this.#sql, organisationId, async (tx) => {
      const first: string[] = [];
      for (const table of new Set(changes.map((change) => change.table))) {
        const rowIds = changes.filter((change) => change.table === table).map(({ row }) => row.id);
        const [row] = await tx.unsafe<{ at: string | null }[]>(
          `select min(created_at)::text as at from ${columnsOf(table).sqlName}
           where organisation_id = $1 and id = any($2::uuid[])`,
          [organisationId, rowIds],
        );
        if (row?.at != null) first.push(row.at);
      }
      if (first.length === 0) return 0;
      const [entry] = await tx<{ seq: number }[]>`
        select seq::float8 as seq from journal where organisation_id = ${organisationId} and stream_id = ${streamId}
          and at < (select min(x::timestamptz) from unnest(${first}::text[]) x) - ${CLOCK}::interval
        order by seq desc limit 1`;
      return entry?.seq ?? 0;
    });
  }

  /** Takes out of one entry what it said; the only way there is (docs/spec/audit.md, AU12). */
  async redact(
    { organisationId, streamId }: Stream,
    { seq, commandId, input, changes }: { seq: number; commandId: string; input: unknown; changes: unknown },
  ): Promise<void> {
    const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
    await within(
      this.#sql,
      organisationId,
      (tx) => tx`select redact_journal_entry(${organisationId}, ${streamId}, ${seq}, ${commandId},
        ${json(input)}::text::json, null, null, ${json(changes)}::text::json, null)`,
    );
  }

  /** Which of these commands are in the journal. */
  async known(
    { organisationId, streamId }: Stream,
    commandIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const rows = await within(
      this.#sql,
      organisationId,
      (tx) => tx<{ id: string }[]>`
        select command_id as id from journal where organisation_id = ${organisationId} and stream_id = ${streamId}
          and command_id = any(${ids(commandIds)}::uuid[])`,
    );
    return new Set(rows.map(({ id }) => id));
  }
}

const ids = (list: readonly string[]): string[] => [...list];
const SELECT = `select seq::float8 as seq, command_id as "commandId", type, input, changes, actor, at
  from journal where organisation_id = $1 and stream_id = $2`;
