import { and, count, eq, notInArray } from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { messages } from '@schalter/drizzle/schema/messaging.ts';
import { UNSENT } from '@schalter/shared/messaging/select.ts';

export interface Recipient {
  readonly organisationId: string;
  readonly toE164: string;
  readonly businessDay: string;
}

/** What the live set of one location cannot know. */
export class MessagingQueries {
  readonly #db: PostgresJsDatabase;

  constructor(client: postgres.Sql) {
    this.#db = drizzle(client, { casing: 'snake_case' });
  }

  /** Messages of a business day to one number, from all locations, without those that were never sent. */
  async toNumber({ organisationId, toE164, businessDay }: Recipient): Promise<number> {
    const rows = await this.#db
      .select({ sent: count() })
      .from(messages)
      .where(
        and(
          eq(messages.organisationId, organisationId),
          eq(messages.toE164, toE164),
          eq(messages.businessDay, businessDay),
          notInArray(messages.status, [...UNSENT]),
        ),
      );
    return rows[0]?.sent ?? 0;
  }
}
