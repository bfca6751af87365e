import { and, eq, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm';
import { deviceTokens, pairings } from '@schalter/drizzle/schema/devices.ts';
import { installationSecrets } from '@schalter/drizzle/schema/platform.ts';
import { credentials, passkeys, recoveryCodes } from '@schalter/drizzle/schema/sign-in.ts';
import type { DeviceKind } from '@schalter/shared/kernel/actor.ts';
import { addMs, type Instant } from '@schalter/shared/kernel/time.ts';
import type { Islands } from '../engine/postgres-connections.ts';
import { hashToken, newToken } from './secrets.ts';

export interface DeviceToken {
  readonly organisationId: string;
  readonly locationId: string;
  readonly deviceId: string;
}
export type Credentials = typeof credentials.$inferSelect;
export type Pairing = typeof pairings.$inferSelect;
/** A pairing that was approved: a device of somebody's. */
export type DevicePairing = DeviceToken & { readonly id: string };

/** Long enough to find out what happened yesterday. */
const KEPT_MS = 2 * 86_400_000;
/** Wrong PINs until the first lock; it doubles from there. */
const PIN_TRIES = 5;
const PIN_LOCK_MS = 30_000;
const PIN_LOCK_MS_MAX = 3_600_000;

/**
 * What proves who somebody is: kept apart from the streams, sent nowhere. A token or a code names no organisation: whose
 * it is, a door answers (drizzle/islands.ts).
 */
export class CredentialStore {
  readonly #islands: Islands;

  constructor(islands: Islands) {
    this.#islands = islands;
  }

  async issueDeviceToken(device: DeviceToken, now: Instant): Promise<string> {
    const token = newToken();
    await this.#islands.within(device.organisationId, (db) =>
      db.insert(deviceTokens).values({ ...device, tokenHash: hashToken(token), createdAt: now }),
    );
    return token;
  }

  async revokeDevice(device: DeviceToken, now: Instant): Promise<void> {
    await this.#islands.within(device.organisationId, (db) =>
      db
        .update(deviceTokens)
        .set({ revokedAt: now })
        .where(
          and(
            eq(deviceTokens.organisationId, device.organisationId),
            eq(deviceTokens.deviceId, device.deviceId),
          ),
        ),
    );
  }

  async credentials(organisationId: string, personId: string): Promise<Credentials | null> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .select()
        .from(credentials)
        .where(and(eq(credentials.organisationId, organisationId), eq(credentials.personId, personId))),
    );
    return rows[0] ?? null;
  }

  async withPin(organisationId: string, personIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (personIds.length === 0) return new Set();
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .select({ personId: credentials.personId, pinHash: credentials.pinHash })
        .from(credentials)
        .where(
          and(eq(credentials.organisationId, organisationId), inArray(credentials.personId, [...personIds])),
        ),
    );
    return new Set(rows.filter((row) => row.pinHash !== null).map((row) => row.personId));
  }

  async setCredentials(
    organisationId: string,
    personId: string,
    set: { readonly passwordHash?: string; readonly pinHash?: string },
  ): Promise<void> {
    const fresh = { ...set, ...(set.pinHash === undefined ? {} : { pinFailures: 0, pinLockedUntil: null }) };
    await this.#islands.within(organisationId, (db) =>
      db
        .insert(credentials)
        .values({ organisationId, personId, ...fresh })
        .onConflictDoUpdate({
          target: [credentials.organisationId, credentials.personId],
          set: { ...fresh, updatedAt: sql`now()` },
        }),
    );
  }

  /**
   * Takes one try at a person's PIN, before it is looked at: a hundred at the same instant are five tries and a
   * lock, whose time doubles. Null while the person is locked out, and for whoever has no sign-in.
   */
  async takePinTry(organisationId: string, personId: string, now: Instant): Promise<Credentials | null> {
    const over = sql`${credentials.pinFailures} + 1 - ${PIN_TRIES}::int`;
    const lockMs = sql`least(${PIN_LOCK_MS}::float8 * power(2, least(${over}, 20)), ${PIN_LOCK_MS_MAX}::float8)`;
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .update(credentials)
        .set({
          pinFailures: sql`${credentials.pinFailures} + 1`,
          pinLockedUntil: sql`case when ${over} >= 0 then ${now}::timestamptz + ${lockMs} * interval '1 millisecond' end`,
        })
        .where(
          and(
            eq(credentials.organisationId, organisationId),
            eq(credentials.personId, personId),
            or(isNull(credentials.pinLockedUntil), lte(credentials.pinLockedUntil, now)),
          ),
        )
        .returning(),
    );
    return rows[0] ?? null;
  }

  async clearPinFailures(organisationId: string, personId: string): Promise<void> {
    await this.#islands.within(organisationId, (db) =>
      db
        .update(credentials)
        .set({ pinFailures: 0, pinLockedUntil: null })
        .where(and(eq(credentials.organisationId, organisationId), eq(credentials.personId, personId))),
    );
  }

  /** Wrong passwords and PINs since the last sign-in; nobody else than the person is told. */
  async countFailure(organisationId: string, personId: string): Promise<void> {
    await this.#islands.within(organisationId, (db) =>
      db
        .update(credentials)
        .set({ failedAttempts: sql`${credentials.failedAttempts} + 1` })
        .where(and(eq(credentials.organisationId, organisationId), eq(credentials.personId, personId))),
    );
  }

  async noteSignIn(organisationId: string, personId: string, now: Instant): Promise<void> {
    await this.#islands.within(organisationId, (db) =>
      db
        .update(credentials)
        .set({ failedAttempts: 0, lastSignInAt: now })
        .where(and(eq(credentials.organisationId, organisationId), eq(credentials.personId, personId))),
    );
  }

  async requestPairing(pairing: {
    readonly id: string;
    readonly codeHash: string;
    readonly secretHash: string;
    readonly kind: DeviceKind;
    readonly address: string;
    readonly userAgent: string;
    readonly requestedAt: Instant;
    readonly expiresAt: Instant;
  }): Promise<void> {
    await this.#islands.outside.insert(pairings).values(pairing);
  }

  async pairing(id: string): Promise<Pairing | null> {
    const ofNobody = await this.#islands.outside.select().from(pairings).where(eq(pairings.id, id));
    if (ofNobody[0] !== undefined) return ofNobody[0];
    const [owner] = await this.#islands.outside.execute<{ id: string | null }>(
      sql`select organisation_of_pairing(${id}) as id`,
    );
    if (owner?.id == null) return null;
    const approved = await this.#islands.within(owner.id, (db) =>
      db.select().from(pairings).where(eq(pairings.id, id)),
    );
    return approved[0] ?? null;
  }

  /** Claims a code for one person: whoever typed it first is the only one who can approve it. */
  async claimPairing(codeHash: string, personId: string, now: Instant): Promise<Pairing | null> {
    const rows = await this.#islands.outside
      .update(pairings)
      .set({ claimedBy: sql`coalesce(${pairings.claimedBy}, ${personId}::uuid)` })
      .where(and(eq(pairings.codeHash, codeHash), gt(pairings.expiresAt, now), isNull(pairings.deviceId)))
      .returning();
    const claimed = rows[0];
    return claimed?.claimedBy === personId ? claimed : null;
  }

  /** True for the first who approves: a code is one device. */
  async approvePairing(id: string, device: DeviceToken): Promise<boolean> {
    const rows = await this.#islands.within(device.organisationId, (db) =>
      db
        .update(pairings)
        .set({ ...device })
        .where(and(eq(pairings.id, id), isNull(pairings.deviceId)))
        .returning({ id: pairings.id }),
    );
    return rows.length === 1;
  }

  /** True for the first who collects: the token is handed out once. */
  async collectPairing({ id, organisationId }: DevicePairing, now: Instant): Promise<boolean> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .update(pairings)
        .set({ collectedAt: now })
        .where(and(eq(pairings.id, id), isNull(pairings.collectedAt)))
        .returning({ id: pairings.id }),
    );
    return rows.length === 1;
  }

  /** Of somebody who was erased: nothing proves any more that it is they. */
  async forget(organisationId: string, personId: string): Promise<void> {
    await this.#islands.within(organisationId, async (db) => {
      await db
        .update(credentials)
        .set({ passwordHash: null, pinHash: null, totpSecret: null, totpSince: null, updatedAt: sql`now()` })
        .where(and(eq(credentials.organisationId, organisationId), eq(credentials.personId, personId)));
      await db
        .update(recoveryCodes)
        .set({ endedAt: sql`now()` })
        .where(and(eq(recoveryCodes.organisationId, organisationId), eq(recoveryCodes.personId, personId)));
      // What is left of it names nobody: an authenticator's id and key go with the name that it was given.
      await db
        .update(passkeys)
        .set({ removedAt: sql`now()`, name: '', credentialId: sql`${passkeys.id}::text`, publicKey: '' })
        .where(and(eq(passkeys.organisationId, organisationId), eq(passkeys.personId, personId)));
    });
  }

  /** Codes that nobody typed and sessions that are over: what anybody may begin must not pile up. */
  async sweep(now: Instant): Promise<void> {
    await this.#islands.outside.execute(sql`select sweep_credentials(${addMs(now, -KEPT_MS)}::timestamptz)`);
  }

  /** A secret of the installation, made on first use. */
  async secret(name: string, make: () => string): Promise<string> {
    await this.#islands.outside
      .insert(installationSecrets)
      .values({ name, value: make() })
      .onConflictDoNothing();
    const rows = await this.#islands.outside
      .select()
      .from(installationSecrets)
      .where(eq(installationSecrets.name, name));
    return rows[0]?.value ?? make();
  }

  async dropSecret(name: string): Promise<void> {
    await this.#islands.outside.delete(installationSecrets).where(eq(installationSecrets.name, name));
  }

  /** Takes a secret away from everybody else: true for the one who had it. */
  async takeSecret(name: string, value: string): Promise<boolean> {
    const rows = await this.#islands.outside
      .delete(installationSecrets)
      .where(and(eq(installationSecrets.name, name), eq(installationSecrets.value, value)))
      .returning();
    return rows.length === 1;
  }
}
