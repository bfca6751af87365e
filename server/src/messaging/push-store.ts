import { randomUUID } from 'node:crypto';
import { and, asc, eq, exists, gt, inArray, isNull, sql } from 'drizzle-orm';
import { pushSubscriptions, type PUSH_OWNERS } from '@schalter/drizzle/schema/messaging.ts';
import { sessions } from '@schalter/drizzle/schema/sign-in.ts';
import { addMs, HOUR, type Instant } from '@schalter/shared/kernel/time.ts';
import type { Islands } from '../engine/postgres-connections.ts';
import type { FieldCipher } from '../platform/field-encryption.ts';
import type { Subscription } from '../ports/push.ts';

/** Whose browser it is. */
export interface PushOwner {
  readonly organisationId: string;
  readonly owner: (typeof PUSH_OWNERS)[number];
  readonly ownerId: string;
}
export interface Subscribed extends PushOwner {
  readonly id: string;
  readonly to: Subscription;
}
type Row = typeof pushSubscriptions.$inferSelect;

/** More than anybody has devices; the oldest gives way. */
const BROWSERS_MAX = 10;
/** A member of staff who has not signed in there for so long is asked again; a visit is over with its day. */
const KEPT_MS = { person: 90 * 24 * HOUR, visit: 24 * HOUR } as const;

const isOf = ({ organisationId, owner, ownerId }: PushOwner) =>
  and(
    eq(pushSubscriptions.organisationId, organisationId),
    eq(pushSubscriptions.owner, owner),
    eq(pushSubscriptions.ownerId, ownerId),
  );
/** Nothing stays by which the browser could be reached; the row goes with the next sweep. */
const ended = (now: Instant) => ({ endpoint: null, keys: null, expiresAt: now });
const isGood = (now: Instant) => gt(pushSubscriptions.expiresAt, now);

/** The browsers that asked to be told, and what is needed to write to them. */
export class PushStore {
  readonly #islands: Islands;
  readonly #fields: FieldCipher;

  constructor(islands: Islands, fields: FieldCipher) {
    this.#islands = islands;
    this.#fields = fields;
  }

  /** The same browser again is the same row, with the keys and the session of now. */
  async add(of: PushOwner, to: Subscription, sessionId: string | null, now: Instant): Promise<void> {
    const { organisationId, owner } = of;
    await this.#islands.within(organisationId, async (db) => {
      const known = await db
        .select()
        .from(pushSubscriptions)
        .where(and(isOf(of), isGood(now)))
        .orderBy(asc(pushSubscriptions.createdAt))
        .for('update');
      const same = known.find(({ endpoint }) => endpoint === to.endpoint);
      const id = same?.id ?? randomUUID();
      const keys = this.#fields.seal(JSON.stringify(to.keys), placeOf({ organisationId, id }));
      const set = { keys, sessionId, expiresAt: addMs(now, KEPT_MS[owner]) };
      await db
        .insert(pushSubscriptions)
        .values({ ...of, id, endpoint: to.endpoint, createdAt: now, ...set })
        .onConflictDoUpdate({ target: [pushSubscriptions.organisationId, pushSubscriptions.id], set });
      const others = known.filter((row) => row !== same).map((row) => row.id);
      const tooMany = others.slice(0, Math.max(0, others.length - BROWSERS_MAX + 1));
      if (tooMany.length > 0)
        await db
          .update(pushSubscriptions)
          .set(ended(now))
          .where(
            and(eq(pushSubscriptions.organisationId, organisationId), inArray(pushSubscriptions.id, tooMany)),
          );
    });
  }

  /** Somebody who is told in this browser has signed in there again; false where they are not. */
  async resume(of: PushOwner, endpoint: string, sessionId: string, now: Instant): Promise<boolean> {
    const rows = await this.#islands.within(of.organisationId, (db) =>
      db
        .update(pushSubscriptions)
        .set({ sessionId, expiresAt: addMs(now, KEPT_MS[of.owner]) })
        .where(and(isOf(of), eq(pushSubscriptions.endpoint, endpoint), isGood(now)))
        .returning({ id: pushSubscriptions.id }),
    );
    return rows.length > 0;
  }

  /** No more, in one browser or in all of them. */
  async end(of: PushOwner, endpoint: string | null, now: Instant): Promise<void> {
    const one = endpoint === null ? undefined : eq(pushSubscriptions.endpoint, endpoint);
    await this.#islands.within(of.organisationId, (db) =>
      db
        .update(pushSubscriptions)
        .set(ended(now))
        .where(and(isOf(of), one)),
    );
  }

  /** Of everybody in the organisation who is signed in where they asked to be told. */
  people(organisationId: string, now: Instant): Promise<readonly Subscribed[]> {
    return this.#islands.within(organisationId, async (db) => {
      const session = db
        .select({ id: sessions.id })
        .from(sessions)
        .where(
          and(
            eq(sessions.organisationId, organisationId),
            eq(sessions.id, pushSubscriptions.sessionId),
            eq(sessions.personId, pushSubscriptions.ownerId),
            isNull(sessions.revokedAt),
            gt(sessions.expiresAt, now),
          ),
        );
      const rows = await db
        .select()
        .from(pushSubscriptions)
        .where(
          and(
            eq(pushSubscriptions.organisationId, organisationId),
            eq(pushSubscriptions.owner, 'person'),
            isGood(now),
            exists(session),
          ),
        );
      return rows.flatMap((row) => this.#opened(row));
    });
  }

  async visit(organisationId: string, visitId: string, now: Instant): Promise<readonly Subscribed[]> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .select()
        .from(pushSubscriptions)
        .where(and(isOf({ organisationId, owner: 'visit', ownerId: visitId }), isGood(now))),
    );
    return rows.flatMap((row) => this.#opened(row));
  }

  /** True for the first who asks, for this stage: a worker that is run again tells nobody twice. */
  async claimApproaching({ organisationId, id }: Subscribed, stageId: string): Promise<boolean> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .update(pushSubscriptions)
        .set({ approachingStageId: stageId })
        .where(
          and(
            eq(pushSubscriptions.organisationId, organisationId),
            eq(pushSubscriptions.id, id),
            sql`${pushSubscriptions.approachingStageId} is distinct from ${stageId}`,
          ),
        )
        .returning({ id: pushSubscriptions.id }),
    );
    return rows.length > 0;
  }

  #opened(row: Row): readonly Subscribed[] {
    const { organisationId, id, owner, ownerId, endpoint } = row;
    if (endpoint === null || row.keys === null) return [];
    const keys = JSON.parse(this.#fields.open(row.keys, placeOf(row))) as Subscription['keys'];
    return [{ organisationId, id, owner: owner as PushOwner['owner'], ownerId, to: { endpoint, keys } }];
  }
}

const placeOf = ({ organisationId, id }: Pick<Row, 'organisationId' | 'id'>) => ({
  organisationId,
  table: 'push_subscriptions',
  rowId: id,
  column: 'keys',
});
