import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { passkeys, passkeyChallenges } from '@schalter/drizzle/schema/sign-in.ts';
import { addMs, type Instant } from '@schalter/shared/kernel/time.ts';
import type { Islands } from '../engine/postgres-connections.ts';
import type { Who } from './factor-store.ts';
import { hashToken } from './secrets.ts';

export type Passkey = typeof passkeys.$inferSelect;
/** Long enough to find the finger; a challenge that waits longer is asked for anew. */
export const CHALLENGE_MS = 5 * 60_000;

/** What a challenge may be answered for, and by whom: the browser that asked, or the session. */
export interface Bound {
  readonly purpose: 'register' | 'signIn' | 'prove';
  readonly to: string;
}

/** Public keys of people's authenticators, and the challenges that they answer. */
export class PasskeyStore {
  readonly #islands: Islands;

  constructor(islands: Islands) {
    this.#islands = islands;
  }

  list({ organisationId, personId }: Who): Promise<Passkey[]> {
    return this.#islands.within(organisationId, (db) =>
      db
        .select()
        .from(passkeys)
        .where(
          and(
            eq(passkeys.organisationId, organisationId),
            eq(passkeys.personId, personId),
            isNull(passkeys.removedAt),
          ),
        )
        .orderBy(asc(passkeys.createdAt)),
    );
  }

  /** Whose it is: an authenticator names no organisation. */
  async byCredential(credentialId: string): Promise<Passkey | null> {
    const [owner] = await this.#islands.outside.execute<{ id: string | null }>(
      sql`select organisation_of_passkey(${credentialId}) as id`,
    );
    const organisationId = owner?.id ?? null;
    if (organisationId === null) return null;
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .select()
        .from(passkeys)
        .where(
          and(
            eq(passkeys.organisationId, organisationId),
            eq(passkeys.credentialId, credentialId),
            isNull(passkeys.removedAt),
          ),
        ),
    );
    return rows[0] ?? null;
  }

  async add(passkey: typeof passkeys.$inferInsert): Promise<boolean> {
    const rows = await this.#islands.within(passkey.organisationId, (db) =>
      db.insert(passkeys).values(passkey).onConflictDoNothing().returning({ id: passkeys.id }),
    );
    return rows.length === 1;
  }

  /** Counts up; false where another answer has counted as far already: one of two is a copy. */
  async use(
    { organisationId, id, counter: before }: Passkey,
    counter: number,
    now: Instant,
  ): Promise<boolean> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .update(passkeys)
        .set({ counter, lastUsedAt: now })
        .where(
          and(
            eq(passkeys.organisationId, organisationId),
            eq(passkeys.id, id),
            eq(passkeys.counter, before),
            isNull(passkeys.removedAt),
          ),
        )
        .returning({ id: passkeys.id }),
    );
    return rows.length === 1;
  }

  /** False where that was none of theirs. */
  async remove({ organisationId, personId }: Who, id: string | null, now: Instant): Promise<boolean> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .update(passkeys)
        .set({ removedAt: now })
        .where(
          and(
            eq(passkeys.organisationId, organisationId),
            eq(passkeys.personId, personId),
            id === null ? undefined : eq(passkeys.id, id),
            isNull(passkeys.removedAt),
          ),
        )
        .returning({ id: passkeys.id }),
    );
    return rows.length > 0;
  }

  async challenge(challenge: string, bound: Bound, now: Instant): Promise<void> {
    await this.#islands.outside
      .insert(passkeyChallenges)
      .values({ hash: hashOf(challenge, bound), expiresAt: addMs(now, CHALLENGE_MS) });
  }

  /** True once, for what it was asked for. */
  async takeChallenge(challenge: string, bound: Bound, now: Instant): Promise<boolean> {
    const rows = await this.#islands.outside
      .update(passkeyChallenges)
      .set({ usedAt: now })
      .where(
        and(
          eq(passkeyChallenges.hash, hashOf(challenge, bound)),
          isNull(passkeyChallenges.usedAt),
          gt(passkeyChallenges.expiresAt, now),
        ),
      )
      .returning({ hash: passkeyChallenges.hash });
    return rows.length === 1;
  }
}

const hashOf = (challenge: string, { purpose, to }: Bound): string =>
  hashToken(JSON.stringify([purpose, to, challenge]));
