import { and, eq, isNull, sql, type SQL } from 'drizzle-orm';
import { locations } from '@schalter/drizzle/schema/platform.ts';
import type { Islands } from '../engine/postgres-connections.ts';

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

/** Cold look-ups: who signs in, which locations there are, whose link this is. Most are doors: drizzle/islands.ts. */
export class PlatformQueries {
  readonly #islands: Islands;

  constructor(islands: Islands) {
    this.#islands = islands;
  }

  async personByEmail(email: string): Promise<PersonRecord | null> {
    const rows = await this.#islands.outside.execute<{ id: string; organisation_id: string }>(
      sql`select id, organisation_id from person_by_email(${email.trim().toLowerCase()})`,
    );
    const [row] = rows;
    return row === undefined ? null : { id: row.id, organisationId: row.organisation_id };
  }

  locations(organisationId: string): Promise<LocationRecord[]> {
    return this.#islands.within(organisationId, (db) =>
      db
        .select(LOCATION)
        .from(locations)
        .where(and(eq(locations.organisationId, organisationId), isNull(locations.archivedAt)))
        .orderBy(locations.name),
    );
  }

  async locationByCode(code: string): Promise<LocationRecord | null> {
    const [row] = await this.#islands.outside.execute<{
      id: string;
      organisation_id: string;
      code: string;
      name: string;
      time_zone: string;
    }>(sql`select id, organisation_id, code, name, time_zone from location_by_code(${code})`);
    if (row === undefined) return null;
    const { id, name, organisation_id: organisationId, time_zone: timeZone } = row;
    return { id, organisationId, code: row.code, name, timeZone };
  }

  async codeTaken(code: string, streamId: string): Promise<boolean> {
    const found = await this.locationByCode(code);
    return found !== null && found.id !== streamId;
  }

  /** The visit behind a link, as long as the link lives: until the day of the visit is archived. */
  async visitByLink(
    linkToken: string,
  ): Promise<{ id: string; organisationId: string; locationId: string } | null> {
    const [row] = await this.#islands.outside.execute<{
      id: string;
      organisation_id: string;
      location_id: string;
    }>(sql`select id, organisation_id, location_id from visit_by_link(${linkToken})`);
    if (row === undefined) return null;
    return { id: row.id, organisationId: row.organisation_id, locationId: row.location_id };
  }

  async hasOrganisation(): Promise<boolean> {
    return (await this.organisationIds()).length > 0;
  }

  organisationIds(): Promise<string[]> {
    return this.#ids(sql`select organisation_ids() as id`);
  }

  /** Every location of the installation: for the jobs that look after all of them. */
  allLocationIds(): Promise<string[]> {
    return this.#ids(sql`select location_ids() as id`);
  }

  async #ids(query: SQL): Promise<string[]> {
    return (await this.#islands.outside.execute<{ id: string }>(query)).map(({ id }) => id);
  }
}

const LOCATION = {
  id: locations.id,
  organisationId: locations.organisationId,
  code: locations.code,
  name: locations.name,
  timeZone: locations.timeZone,
};
