import { and, desc, eq, gte, ilike, inArray, lt, or, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { reservations } from '@schalter/drizzle/schema/booking.ts';
import { counters, services } from '@schalter/drizzle/schema/directory.ts';
import { messages } from '@schalter/drizzle/schema/messaging.ts';
import { devices } from '@schalter/drizzle/schema/devices.ts';
import { people } from '@schalter/drizzle/schema/people.ts';
import { locations } from '@schalter/drizzle/schema/platform.ts';
import { calls, visits } from '@schalter/drizzle/schema/queue.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import { addMs } from '@schalter/shared/kernel/time.ts';
import type { Scope } from '@schalter/shared/platform/access.ts';
import { numberIn, type Subject } from './audit.ts';

/** What a search may mean at most; the newest first. */
const MEANT_MAX = 20;
/** A ticket lives for its business day, and may have been issued before the span begins. */
const TICKET_MS_MAX = 36 * 3_600_000;

const ticketName = ({ series, number }: { series: string; number: number }): string =>
  `${series}${String(number).padStart(3, '0')}`;

/** What things are called now, and which things a text may mean. */
export class AuditNames {
  readonly #db: PostgresJsDatabase;

  constructor(db: PostgresJsDatabase) {
    this.#db = db;
  }

  /** By id; what is not known any more is missing. */
  async of(
    scope: Scope,
    wanted: readonly string[],
    language: Language = 'de',
  ): Promise<Record<string, string>> {
    const ids = [...new Set(wanted)];
    if (ids.length === 0) return {};
    const { organisationId, locationId } = scope;
    const ofHouse = [people, devices, locations].map((table) =>
      this.#db
        .select({ id: table.id, name: table.name })
        .from(table)
        .where(and(eq(table.organisationId, organisationId), inArray(table.id, ids))),
    );
    const found = await Promise.all([
      ...ofHouse,
      ...(locationId === null ? [] : this.#here(scope, ids, language)),
    ]);
    return Object.fromEntries(found.flat().map(({ id, name }) => [id, name]));
  }

  #here(scope: Scope, ids: readonly string[], language: Language): Promise<{ id: string; name: string }[]>[] {
    const within = (table: Located): SQL | undefined =>
      and(isHere(table, scope), inArray(table.id, [...ids]));
    const tickets = this.#db
      .select({ id: visits.id, series: visits.series, number: visits.number })
      .from(visits)
      .where(within(visits));
    return [
      tickets.then((rows) => rows.map((row) => ({ id: row.id, name: ticketName(row) }))),
      this.#db
        .select({ id: counters.id, name: counters.name })
        .from(counters)
        .where(within(counters))
        .execute(),
      this.#db
        .select({ id: services.id, name: sql<string>`${services.name}->>${language}` })
        .from(services)
        .where(within(services))
        .execute(),
      this.#db
        .select({ id: reservations.id, name: reservations.reference })
        .from(reservations)
        .where(within(reservations))
        .execute(),
    ];
  }

  /** The tickets that calls and messages are about, by the id of the call or message. */
  async tickets(scope: Scope, subjects: readonly Subject[]) {
    const idsBy = (by: Subject['by']): string[] => subjects.filter((s) => s.by === by).map(({ id }) => id);
    const [callIds, messageIds] = [idsBy('call'), idsBy('message')];
    const ofCalls =
      callIds.length === 0
        ? []
        : this.#db
            .select({ key: calls.id, id: calls.visitId, series: calls.series, number: calls.number })
            .from(calls)
            .where(and(isHere(calls, scope), inArray(calls.id, callIds)));
    const ofMessages =
      messageIds.length === 0
        ? []
        : this.#db
            .select({ key: messages.id, id: visits.id, series: visits.series, number: visits.number })
            .from(messages)
            .innerJoin(visits, and(isHere(visits, scope), eq(visits.id, messages.visitId)))
            .where(and(isHere(messages, scope), inArray(messages.id, messageIds)));
    const found = await Promise.all([ofCalls, ofMessages]);
    return new Map(found.flat().map((row) => [row.key, { id: row.id, name: ticketName(row) }] as const));
  }

  /** A ticket's number, or a part of the name of somebody or something. */
  async search(
    scope: Scope,
    text: string,
    { from, until }: { readonly from: string | null; readonly until: string | null },
  ): Promise<string[]> {
    const part = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
    const { organisationId, locationId } = scope;
    const ofPeople = this.#db
      .select({ id: people.id })
      .from(people)
      .where(and(eq(people.organisationId, organisationId), ilike(people.name, part)))
      .limit(MEANT_MAX);
    if (locationId === null) return (await ofPeople).map(({ id }) => id);
    const number = numberIn(text);
    const isMeant =
      number === null
        ? or(ilike(visits.name, part), ilike(visits.reservationReference, part))
        : and(
            eq(visits.number, number.number),
            number.series === null ? undefined : eq(visits.series, number.series),
          );
    const tickets = this.#db
      .select({ id: visits.id })
      .from(visits)
      .where(
        and(
          isHere(visits, scope),
          isMeant,
          from === null ? undefined : gte(visits.arrivedAt, addMs(from, -TICKET_MS_MAX)),
          until === null ? undefined : lt(visits.arrivedAt, until),
        ),
      )
      .orderBy(desc(visits.arrivedAt))
      .limit(MEANT_MAX);
    const ofName = (table: typeof counters | typeof devices, is: SQL) =>
      this.#db
        .select({ id: table.id })
        .from(table)
        .where(and(isHere(table, scope), is))
        .limit(MEANT_MAX);
    const found = await Promise.all([
      tickets,
      ofPeople,
      // A counter is called "3": a part of a name would be every number with a 3 in it.
      ofName(counters, sql`lower(${counters.name}) = lower(${text})`),
      ofName(devices, ilike(devices.name, part)),
      this.#db
        .select({ id: services.id })
        .from(services)
        .where(and(isHere(services, scope), sql`${services.name}::text ilike ${part}`))
        .limit(MEANT_MAX),
    ]);
    return found.flat().map(({ id }) => id);
  }
}

interface Located {
  readonly organisationId: PgColumn;
  readonly locationId: PgColumn;
  readonly id: PgColumn;
}
const isHere = ({ organisationId, locationId }: Located, scope: Scope): SQL | undefined =>
  and(eq(organisationId, scope.organisationId), eq(locationId, scope.locationId ?? scope.organisationId));
