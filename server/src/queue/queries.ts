import { and, desc, eq, lt, or, sql } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { stages, visits } from '@schalter/drizzle/schema/queue.ts';

export interface TicketQuery {
  readonly organisationId: string;
  readonly locationId: string;
  readonly day: string | null;
  readonly limit: number;
  /** The id of the last ticket of the page before. */
  readonly cursor: string | null;
}

/** History of tickets, paged by a cursor; today's are in the live set. */
export class QueueQueries {
  readonly #db: PostgresJsDatabase;

  constructor(client: postgres.Sql) {
    this.#db = drizzle(client, { casing: 'snake_case' });
  }

  async tickets({ organisationId, locationId, day, limit, cursor }: TicketQuery) {
    const before = cursor === null ? undefined : await this.#arrivedAt(organisationId, locationId, cursor);
    const rows = await this.#db
      .select({
        id: visits.id,
        businessDay: visits.businessDay,
        series: visits.series,
        number: visits.number,
        source: visits.source,
        arrivedAt: visits.arrivedAt,
        endedAt: visits.endedAt,
        rating: visits.rating,
        stages: sql<unknown>`(select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'serviceId', s.service_id, 'status', s.status,
          'calledAt', s.called_at, 'startedAt', s.started_at, 'endedAt', s.ended_at, 'counterId', s.counter_id) order by s.created_at), '[]')
          from ${stages} s where s.organisation_id = ${visits.organisationId} and s.location_id = ${visits.locationId} and s.visit_id = ${visits.id})`,
      })
      .from(visits)
      .where(
        and(
          eq(visits.organisationId, organisationId),
          eq(visits.locationId, locationId),
          day === null ? undefined : eq(visits.businessDay, day),
          before === undefined || cursor === null
            ? undefined
            : or(lt(visits.arrivedAt, before), and(eq(visits.arrivedAt, before), lt(visits.id, cursor))),
        ),
      )
      .orderBy(desc(visits.arrivedAt), desc(visits.id))
      .limit(limit + 1);
    const page = rows
      .slice(0, limit)
      .map((row) => ({ ...row, arrivedAt: iso(row.arrivedAt), endedAt: row.endedAt && iso(row.endedAt) }));
    return { items: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
  }

  async #arrivedAt(organisationId: string, locationId: string, id: string): Promise<string | undefined> {
    const rows = await this.#db
      .select({ arrivedAt: visits.arrivedAt })
      .from(visits)
      .where(
        and(eq(visits.organisationId, organisationId), eq(visits.locationId, locationId), eq(visits.id, id)),
      );
    return rows[0]?.arrivedAt;
  }
}

const iso = (at: string): string => new Date(at).toISOString();
