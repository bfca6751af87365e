import { and, desc, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { accessTokens, sessions, type SIGN_IN_METHODS } from '@schalter/drizzle/schema/sign-in.ts';
import { addMs, ms, type Instant } from '@schalter/shared/kernel/time.ts';
import type { Islands } from '../engine/postgres-connections.ts';
import { deriveToken, hashToken, newToken } from './secrets.ts';

export type SignInMethod = (typeof SIGN_IN_METHODS)[number];

export interface Session {
  readonly id: string;
  readonly organisationId: string;
  readonly personId: string;
  /** The station that a PIN was typed on; null for a session that is good anywhere. */
  readonly deviceId: string | null;
  /** Begun with two factors, or given the second since. */
  readonly isStrong: boolean;
}
export interface NewSession extends Omit<Session, 'id' | 'isStrong'> {
  readonly isStrong?: boolean;
  readonly method?: SignInMethod;
  readonly userAgent?: string;
}
export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}
/** An old refresh token was used: whose session has just ended. */
export interface Reused {
  readonly reused: { readonly organisationId: string; readonly personId: string };
}
export type ListedSession = Pick<
  typeof sessions.$inferSelect,
  'id' | 'deviceId' | 'method' | 'userAgent' | 'createdAt' | 'lastSeenAt' | 'expiresAt'
>;

/** A working day and its overtime; a forgotten sign-out ends with the night. */
export const SESSION_MS = 14 * 3_600_000;
/** What is sent with every request is worth this long to a thief (ID-07). */
export const ACCESS_MS = 15 * 60_000;
/** Two tabs that wake up at the same moment send the same refresh token; the second is no thief. */
const GRACE_MS = 10_000;
/** A refresh token is the family's name, which never changes, and a secret that does; base64url of 256 bits each. */
const KEY_LENGTH = 43;

const alive = (now: Instant) => and(isNull(sessions.revokedAt), gt(sessions.expiresAt, now));

/**
 * Sessions: families of tokens. Only hashes are stored. What follows a refresh token is derived from it with a key of
 * the installation: whoever asks twice gets the same answer, on every server process, and neither the database nor an
 * old token alone is enough to make the next one. A token names no organisation: whose it is, a door answers.
 */
export class SessionStore {
  readonly #islands: Islands;
  readonly #key: string;

  constructor(islands: Islands, key: string) {
    this.#islands = islands;
    this.#key = key;
  }

  async open({ method = 'password', userAgent = '', ...session }: NewSession, now: Instant): Promise<Tokens> {
    const refresh = newToken() + newToken();
    const { key, secret } = partsOf(refresh);
    const expiresAt = addMs(now, SESSION_MS);
    return this.#islands.within(session.organisationId, async (tx) => {
      await tx.insert(sessions).values({
        ...session,
        tokenHash: hashToken(key),
        refreshHash: hashToken(secret),
        method,
        userAgent: userAgent.slice(0, 200),
        createdAt: now,
        lastSeenAt: now,
        expiresAt,
      });
      const { organisationId } = session;
      const access = await this.#giveAccess(tx, { organisationId, refresh, expiresAt }, now);
      return { access, refresh };
    });
  }

  /**
   * Whose access token this is. A connection that was opened with it stays as long as the session, `staying`: the token
   * has run out, and the next one is in a cookie that an open connection never sends.
   */
  async byAccess(access: string, now: Instant, staying = false): Promise<Session | null> {
    const [row] = await this.#islands.outside.execute<{
      id: string;
      organisation_id: string;
      person_id: string;
      device_id: string | null;
      is_strong: boolean;
      is_seen: boolean;
    }>(
      sql`select id, organisation_id, person_id, device_id, is_strong, is_seen from session_by_access(${hashToken(access)})
        where revoked_at is null and expires_at > ${now}::timestamptz
          and (${staying} or access_expires_at > ${now}::timestamptz)`,
    );
    if (row === undefined) return null;
    const session = {
      id: row.id,
      organisationId: row.organisation_id,
      personId: row.person_id,
      deviceId: row.device_id,
      isStrong: row.is_strong,
    };
    if (!row.is_seen) await this.#see(access, session, now);
    return session;
  }

  /** The second factor has come as well. */
  async strengthen(organisationId: string, id: string): Promise<void> {
    await this.#islands.within(organisationId, (db) =>
      db
        .update(sessions)
        .set({ isStrong: true })
        .where(and(eq(sessions.organisationId, organisationId), eq(sessions.id, id))),
    );
  }

  /** The next tokens; null for one that is worth nothing. */
  async refresh(refresh: string, now: Instant): Promise<Tokens | Reused | null> {
    const { key, secret } = partsOf(refresh);
    const organisationId = await this.#organisationOf(key);
    if (organisationId === null) return null;
    const own = eq(sessions.tokenHash, hashToken(key));
    return this.#islands.within(organisationId, async (tx) => {
      const [row] = await tx
        .select()
        .from(sessions)
        .where(and(own, alive(now)))
        .for('update');
      if (row === undefined) return null;
      const next = this.#following(refresh);
      const of = { organisationId: row.organisationId, refresh: next, expiresAt: asInstant(row.expiresAt) };
      if (hashToken(secret) === row.refreshHash) {
        await tx
          .update(sessions)
          .set({
            refreshHash: hashToken(partsOf(next).secret),
            previousHash: row.refreshHash,
            rotatedAt: now,
            lastSeenAt: now,
          })
          .where(own);
        return { access: await this.#giveAccess(tx, of, now), refresh: next };
      }
      if (hashToken(secret) === row.previousHash && (await this.#mayRepeat(tx, next, row.rotatedAt, now)))
        return { access: await this.#giveAccess(tx, of, now), refresh: next };
      await tx.update(sessions).set({ revokedAt: now }).where(own);
      return { reused: { organisationId: row.organisationId, personId: row.personId } };
    });
  }

  /** Ends the session that an access token or a refresh token belongs to, also one that has run out. */
  async endByToken(token: string, now: Instant): Promise<Session | null> {
    const [known] = await this.#islands.outside.execute<{ organisation_id: string; token_hash: string }>(
      sql`select organisation_id, token_hash from session_by_access(${hashToken(token)})
        union all select organisation_id, token_hash from session_by_token(${hashToken(partsOf(token).key)})`,
    );
    if (known === undefined) return null;
    const rows = await this.#islands.within(known.organisation_id, (db) =>
      db
        .update(sessions)
        .set({ revokedAt: now })
        .where(and(eq(sessions.tokenHash, known.token_hash), isNull(sessions.revokedAt)))
        .returning({
          id: sessions.id,
          organisationId: sessions.organisationId,
          personId: sessions.personId,
          deviceId: sessions.deviceId,
          isStrong: sessions.isStrong,
        }),
    );
    return rows[0] ?? null;
  }

  list(organisationId: string, personId: string, now: Instant): Promise<ListedSession[]> {
    return this.#islands.within(organisationId, (db) =>
      db
        .select({
          id: sessions.id,
          deviceId: sessions.deviceId,
          method: sessions.method,
          userAgent: sessions.userAgent,
          createdAt: sessions.createdAt,
          lastSeenAt: sessions.lastSeenAt,
          expiresAt: sessions.expiresAt,
        })
        .from(sessions)
        .where(and(eq(sessions.organisationId, organisationId), eq(sessions.personId, personId), alive(now)))
        .orderBy(desc(sessions.lastSeenAt)),
    );
  }

  /** True where that was one of the person's open sessions. */
  async end(organisationId: string, personId: string, id: string, now: Instant): Promise<boolean> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .update(sessions)
        .set({ revokedAt: now })
        .where(
          and(
            eq(sessions.organisationId, organisationId),
            eq(sessions.personId, personId),
            eq(sessions.id, id),
            isNull(sessions.revokedAt),
          ),
        )
        .returning({ id: sessions.id }),
    );
    return rows.length > 0;
  }

  /** Ends all sessions of a person, but for one where it is named. */
  async endAll(
    organisationId: string,
    personId: string,
    now: Instant,
    exceptId: string | null = null,
  ): Promise<void> {
    await this.#islands.within(organisationId, (db) =>
      db
        .update(sessions)
        .set({ revokedAt: now })
        .where(
          and(
            eq(sessions.organisationId, organisationId),
            eq(sessions.personId, personId),
            isNull(sessions.revokedAt),
            exceptId === null ? undefined : ne(sessions.id, exceptId),
          ),
        ),
    );
  }

  /** Whose family a refresh token is of. */
  async #organisationOf(key: string): Promise<string | null> {
    const [row] = await this.#islands.outside.execute<{ organisation_id: string }>(
      sql`select organisation_id from session_by_token(${hashToken(key)})`,
    );
    return row?.organisation_id ?? null;
  }

  #following(refresh: string): string {
    return partsOf(refresh).key + deriveToken(this.#key, `refresh/${refresh}`);
  }

  #accessOf(refresh: string): string {
    return deriveToken(this.#key, `access/${refresh}`);
  }

  async #giveAccess(
    tx: Pick<PostgresJsDatabase, 'insert'>,
    of: { readonly organisationId: string; readonly refresh: string; readonly expiresAt: Instant },
    now: Instant,
  ): Promise<string> {
    const access = this.#accessOf(of.refresh);
    const until = addMs(now, ACCESS_MS);
    const expiresAt = until < of.expiresAt ? until : of.expiresAt;
    await tx
      .insert(accessTokens)
      .values({
        tokenHash: hashToken(access),
        organisationId: of.organisationId,
        sessionHash: hashToken(partsOf(of.refresh).key),
        expiresAt,
      })
      .onConflictDoUpdate({ target: accessTokens.tokenHash, set: { expiresAt } });
    return access;
  }

  /** An answer that never arrived is given again; one that was used is not. */
  async #mayRepeat(
    tx: Pick<PostgresJsDatabase, 'select'>,
    next: string,
    rotatedAt: string | null,
    now: Instant,
  ): Promise<boolean> {
    if (rotatedAt !== null && ms(now) - Date.parse(rotatedAt) <= GRACE_MS) return true;
    const rows = await tx
      .select({ seenAt: accessTokens.seenAt })
      .from(accessTokens)
      .where(eq(accessTokens.tokenHash, hashToken(this.#accessOf(next))));
    return rows[0]?.seenAt === null;
  }

  async #see(access: string, { id, organisationId }: Session, now: Instant): Promise<void> {
    await this.#islands.within(organisationId, async (tx) => {
      await tx
        .update(accessTokens)
        .set({ seenAt: now })
        .where(eq(accessTokens.tokenHash, hashToken(access)));
      await tx.update(sessions).set({ lastSeenAt: now }).where(eq(sessions.id, id));
    });
  }
}

/** The database writes its own form of a time. */
const asInstant = (at: string): Instant => new Date(at).toISOString();

const partsOf = (refresh: string) => ({
  key: refresh.slice(0, KEY_LENGTH),
  secret: refresh.slice(KEY_LENGTH),
});
