import { and, asc, desc, eq, gt, ilike, lt, or, sql, type SQL } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { stages, visits } from '@schalter/drizzle/schema/queue.ts';
import type { Islands } from '../engine/postgres-connections.ts';

export interface TicketQuery {
  readonly organisationId: string;
  readonly locationId: string;
  readonly day: string | null;
  readonly limit: number;
  /** The id of the last ticket of the page before. */
  readonly cursor: string | null;
  readonly sort: 'arrivedAt' | '-arrivedAt';
  /** A number as it is said ("B042", "42"), or a part of a name or of a reservation. */
  readonly text: string | null;
}

/** History of tickets, paged by a cursor; today's are in the live set. */
export class QueueQueries {
  readonly #islands: Islands;

  constructor(islands: Islands) {
    this.#islands = islands;
  }

  tickets(query: TicketQuery) {
    return this.#islands.within(query.organisationId, (db) => this.#page(db, query));
  }

  async #page(
    db: PostgresJsDatabase,
    { organisationId, locationId, day, limit, cursor, sort, text }: TicketQuery,
  ) {
    const last = cursor === null ? undefined : await arrivedAt(db, organisationId, locationId, cursor);
    const [beyond, order] = sort === 'arrivedAt' ? [gt, asc] : [lt, desc];
    const rows = await db
      .select({
        id: visits.id,
        businessDay: visits.businessDay,
        series: visits.series,
        number: visits.number,
        source: visits.source,
        arrivedAt: visits.arrivedAt,
        endedAt: visits.endedAt,
        rating: visits.rating,
        stages: sql<
          StageRow[]
        >`(select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'serviceId', s.service_id, 'status', s.status,
          'calledAt', s.called_at, 'startedAt', s.started_at, 'endedAt', s.ended_at, 'counterId', s.counter_id) order by s.created_at), '[]')
          from ${stages} s where s.organisation_id = ${visits.organisationId} and s.location_id = ${visits.locationId} and s.visit_id = ${visits.id})`,
      })
      .from(visits)
      .where(
        and(
          eq(visits.organisationId, organisationId),
          eq(visits.locationId, locationId),
          day === null ? undefined : eq(visits.businessDay, day),
          text === null ? undefined : matching(text),
          last === undefined || cursor === null
            ? undefined
            : or(beyond(visits.arrivedAt, last), and(eq(visits.arrivedAt, last), beyond(visits.id, cursor))),
        ),
      )
      .orderBy(order(visits.arrivedAt), order(visits.id))
      .limit(limit + 1);
    const page = rows.slice(0, limit).map((row) => ({
      ...row,
      arrivedAt: iso(row.arrivedAt),
      endedAt: row.endedAt && iso(row.endedAt),
      stages: row.stages.map((stage) => ({
        ...stage,
        calledAt: stage.calledAt && iso(stage.calledAt),
        startedAt: stage.startedAt && iso(stage.startedAt),
        endedAt: stage.endedAt && iso(stage.endedAt),
      })),
    }));
    return { items: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
  }
}

async function arrivedAt(
  db: PostgresJsDatabase,
  organisationId: string,
  locationId: string,
  id: string,
): Promise<string | undefined> {
  const rows = await db
    .select({ arrivedAt: visits.arrivedAt })
    .from(visits)
    .where(
      and(eq(visits.organisationId, organisationId), eq(visits.locationId, locationId), eq(visits.id, id)),
    );
  return rows[0]?.arrivedAt;
}

interface StageRow {
  readonly id: string;
  readonly serviceId: string;
  readonly status: string;
  readonly calledAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly counterId: string | null;
}

const TICKET_NUMBER = /^([A-Za-z]?)\s*0*(\d{1,6})$/;

/** What somebody looks for: a ticket's number in any form, else a part of a name or reservation. */
function matching(text: string): SQL | undefined {
  const [, series, number] = TICKET_NUMBER.exec(text) ?? [];
  if (number !== undefined) {
    const ofSeries = series ? eq(visits.series, series.toUpperCase()) : undefined;
    return and(eq(visits.number, Number(number)), ofSeries);
  }
  const part = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return or(ilike(visits.name, part), ilike(visits.reservationReference, part));
}

/** The database writes its own form of a time; an answer carries exactly one. */
const iso = (at: string): string => new Date(at).toISOString();
