import { and, count, eq, notInArray } from 'drizzle-orm';
import { messages } from '@schalter/drizzle/schema/messaging.ts';
import { UNSENT } from '@schalter/shared/messaging/select.ts';
import type { Islands } from '../engine/postgres-connections.ts';

export interface Recipient {
  readonly organisationId: string;
  readonly toE164: string;
  readonly businessDay: string;
}

/** What the live set of one location cannot know. */
export class MessagingQueries {
  readonly #islands: Islands;

  constructor(islands: Islands) {
    this.#islands = islands;
  }

  /** Messages of a business day to one number, from all locations, without those that were never sent. */
  async toNumber({ organisationId, toE164, businessDay }: Recipient): Promise<number> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .select({ sent: count() })
        .from(messages)
        .where(
          and(
            eq(messages.organisationId, organisationId),
            eq(messages.toE164, toE164),
            eq(messages.businessDay, businessDay),
            notInArray(messages.status, [...UNSENT]),
          ),
        ),
    );
    return rows[0]?.sent ?? 0;
  }
}
