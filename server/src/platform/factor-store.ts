import { and, eq, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import { credentials, recoveryCodes, signInSteps } from '@schalter/drizzle/schema/sign-in.ts';
import { addMs, type Instant } from '@schalter/shared/kernel/time.ts';
import type { Islands } from '../engine/postgres-connections.ts';
import type { FieldCipher } from './field-encryption.ts';
import { hashToken, newToken } from './secrets.ts';

export interface Who {
  readonly organisationId: string;
  readonly personId: string;
}
/** Between the password and the code: long enough to find the phone. */
export const STEP_MS = 5 * 60_000;

/** What is asked for after the password: the sealed secret of an authenticator app, and codes for the day it is lost. */
export class FactorStore {
  readonly #islands: Islands;
  readonly #fields: FieldCipher;

  constructor(islands: Islands, fields: FieldCipher) {
    this.#islands = islands;
    this.#fields = fields;
  }

  /** The secret, and since when it is asked for; null since it was made alone means that it is not yet. */
  async totp(who: Who): Promise<{ readonly secret: string; readonly since: string | null } | null> {
    const [row] = await this.#islands.within(who.organisationId, (db) =>
      db
        .select({ secret: credentials.totpSecret, since: credentials.totpSince })
        .from(credentials)
        .where(of(who)),
    );
    if (row?.secret == null) return null;
    return { secret: this.#fields.open(row.secret, placeOf(who)), since: row.since };
  }

  /** A new secret, which counts once a code of it was typed. False where one counts already. */
  async begin(who: Who, secret: string): Promise<boolean> {
    const totpSecret = this.#fields.seal(secret, placeOf(who));
    const rows = await this.#islands.within(who.organisationId, (db) =>
      db
        .insert(credentials)
        .values({ ...who, totpSecret })
        .onConflictDoUpdate({
          target: [credentials.organisationId, credentials.personId],
          set: { totpSecret, totpLastStep: null },
          setWhere: isNull(credentials.totpSince),
        })
        .returning({ personId: credentials.personId }),
    );
    return rows.length === 1;
  }

  /** From now on it is asked for. */
  async confirm(who: Who, codeHashes: readonly string[], now: Instant): Promise<void> {
    await this.#islands.within(who.organisationId, async (db) => {
      await db.update(credentials).set({ totpSince: now }).where(of(who));
      await replaceCodes(db, who, codeHashes, now);
    });
  }

  /** False where there was none. */
  async remove(who: Who, now: Instant): Promise<boolean> {
    return this.#islands.within(who.organisationId, async (db) => {
      const rows = await db
        .update(credentials)
        .set({ totpSecret: null, totpSince: null, totpLastStep: null })
        .where(and(of(who), isNotNull(credentials.totpSince)))
        .returning({ personId: credentials.personId });
      await replaceCodes(db, who, [], now);
      return rows.length === 1;
    });
  }

  /** A code is good for one step of time, and once: true for the first who uses this step or a later one. */
  async takeStep(who: Who, step: number): Promise<boolean> {
    const rows = await this.#islands.within(who.organisationId, (db) =>
      db
        .update(credentials)
        .set({ totpLastStep: step })
        .where(and(of(who), or(isNull(credentials.totpLastStep), lt(credentials.totpLastStep, step))))
        .returning({ personId: credentials.personId }),
    );
    return rows.length === 1;
  }

  replaceRecoveryCodes(who: Who, codeHashes: readonly string[], now: Instant): Promise<void> {
    return this.#islands.within(who.organisationId, (db) => replaceCodes(db, who, codeHashes, now));
  }

  /** Those that are left: nobody knows which one a hash is of but who has the code. */
  recoveryCodes(who: Who): Promise<readonly { readonly id: string; readonly codeHash: string }[]> {
    return this.#islands.within(who.organisationId, (db) =>
      db
        .select({ id: recoveryCodes.id, codeHash: recoveryCodes.codeHash })
        .from(recoveryCodes)
        .where(ofCodes(who)),
    );
  }

  /** True for the one who uses it. */
  async takeRecoveryCode(who: Who, id: string, now: Instant): Promise<boolean> {
    const rows = await this.#islands.within(who.organisationId, (db) =>
      db
        .update(recoveryCodes)
        .set({ endedAt: now })
        .where(and(ofCodes(who), eq(recoveryCodes.id, id)))
        .returning({ id: recoveryCodes.id }),
    );
    return rows.length === 1;
  }

  /** The password was right: what the code is to come with. It proves that and nothing more, in one browser. */
  async openStep(who: Who, now: Instant): Promise<string> {
    const token = newToken();
    await this.#islands.within(who.organisationId, (db) =>
      db.insert(signInSteps).values({ ...who, tokenHash: hashToken(token), expiresAt: addMs(now, STEP_MS) }),
    );
    return token;
  }

  async step(token: string, now: Instant): Promise<Who | null> {
    const [row] = await this.#islands.outside.execute<{ organisation_id: string; person_id: string }>(
      sql`select organisation_id, person_id from sign_in_step_by_token(${hashToken(token)})
        where used_at is null and expires_at > ${now}::timestamptz`,
    );
    return row === undefined ? null : { organisationId: row.organisation_id, personId: row.person_id };
  }

  /** True for the one who uses it. */
  async takeStepToken({ organisationId }: Who, token: string, now: Instant): Promise<boolean> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .update(signInSteps)
        .set({ usedAt: now })
        .where(and(eq(signInSteps.tokenHash, hashToken(token)), isNull(signInSteps.usedAt)))
        .returning({ tokenHash: signInSteps.tokenHash }),
    );
    return rows.length === 1;
  }
}

type Transaction = Parameters<Parameters<Islands['within']>[1]>[0];

async function replaceCodes(
  db: Transaction,
  who: Who,
  codeHashes: readonly string[],
  now: Instant,
): Promise<void> {
  await db.update(recoveryCodes).set({ endedAt: now }).where(ofCodes(who));
  if (codeHashes.length > 0)
    await db
      .insert(recoveryCodes)
      .values(codeHashes.map((codeHash) => ({ ...who, codeHash, createdAt: now })));
}

const of = ({ organisationId, personId }: Who) =>
  and(eq(credentials.organisationId, organisationId), eq(credentials.personId, personId));
const ofCodes = ({ organisationId, personId }: Who) =>
  and(
    eq(recoveryCodes.organisationId, organisationId),
    eq(recoveryCodes.personId, personId),
    isNull(recoveryCodes.endedAt),
  );
const placeOf = ({ organisationId, personId }: Who) => ({
  organisationId,
  table: 'credentials',
  rowId: personId,
  column: 'totp_secret',
});
