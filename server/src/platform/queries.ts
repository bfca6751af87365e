import { and, eq, isNull, sql } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { locations, organisations, people } from '@schalter/drizzle/schema/platform.ts';
import { visits } from '@schalter/drizzle/schema/queue.ts';

export interface PersonRecord {
  readonly id: string;
  readonly organisationId: string;
}
export interface LocationRecord {
  readonly id: string;
  readonly organisationId: string;
  readonly code: string;
  readonly name: string;
  readonly timeZone: string;
}

/** Cold look-ups across streams: who signs in, which locations there are, whose link this is. */
export class PlatformQueries {
  readonly #db: PostgresJsDatabase;

  constructor(client: postgres.Sql) {
    this.#db = drizzle(client, { casing: 'snake_case' });
  }

  async personByEmail(email: string): Promise<PersonRecord | null> {
    const rows = await this.#db
      .select({ id: people.id, organisationId: people.organisationId })
      .from(people)
      .where(and(eq(people.email, email.trim().toLowerCase()), isNull(people.archivedAt)));
    return rows[0] ?? null;
  }

  locations(organisationId: string): Promise<LocationRecord[]> {
    return this.#db
      .select(LOCATION)
      .from(locations)
      .where(and(eq(locations.organisationId, organisationId), isNull(locations.archivedAt)))
      .orderBy(locations.name);
  }

  async locationByCode(code: string): Promise<LocationRecord | null> {
    const rows = await this.#db
      .select(LOCATION)
      .from(locations)
      .where(and(eq(locations.code, code), isNull(locations.archivedAt)));
    return rows[0] ?? null;
  }

  async codeTaken(code: string, streamId: string): Promise<boolean> {
    const found = await this.locationByCode(code);
    return found !== null && found.id !== streamId;
  }

  /** The visit behind a link, as long as the link lives: until the day of the visit is archived. */
  async visitByLink(
    linkToken: string,
  ): Promise<{ id: string; organisationId: string; locationId: string } | null> {
    const rows = await this.#db
      .select({ id: visits.id, organisationId: visits.organisationId, locationId: visits.locationId })
      .from(visits)
      .where(and(eq(visits.linkToken, linkToken), isNull(visits.archivedAt)));
    return rows[0] ?? null;
  }

  async hasOrganisation(): Promise<boolean> {
    const rows = await this.#db
      .select({ one: sql<number>`1` })
      .from(organisations)
      .limit(1);
    return rows.length > 0;
  }

  async organisationIds(): Promise<string[]> {
    return (await this.#db.select({ id: organisations.id }).from(organisations)).map((row) => row.id);
  }

  /** Every location of the installation: for the jobs that look after all of them. */
  async allLocationIds(): Promise<string[]> {
    return (
      await this.#db.select({ id: locations.id }).from(locations).where(isNull(locations.archivedAt))
    ).map((r) => r.id);
  }
}

const LOCATION = {
  id: locations.id,
  organisationId: locations.organisationId,
  code: locations.code,
  name: locations.name,
  timeZone: locations.timeZone,
};
