import { and, eq, isNull, max, sql } from 'drizzle-orm';
import { deviceTokens } from '@schalter/drizzle/schema/devices.ts';
import { addMs, HOUR, MINUTE, type Instant } from '@schalter/shared/kernel/time.ts';
import type { Islands } from '../engine/postgres-connections.ts';
import type { DeviceToken } from './credential-store.ts';
import { deriveToken, hashToken } from './secrets.ts';

/** A device that asks who it is with a token that old is given the next one. */
const ROTATE_AFTER_MS = 30 * 24 * HOUR;
/**
 * A browser writes a cookie to its disk within half a minute. Only when the next token is still used after this long
 * it is sure to survive a power cut, and the one before may go.
 */
const SETTLED_MS = HOUR;
/** "Last seen" is right to the minute. */
const SEEN_EVERY_MS = MINUTE;

export interface SeenDevice {
  readonly deviceId: string;
  readonly lastSeenAt: Instant | null;
}

/**
 * The tokens of paired devices: only hashes are stored. What follows a token is derived from it with a key of the
 * installation, so a device that lost the answer is given the same one, on every server process. A token is good until
 * the one that follows it has settled, so no device is ever without one.
 */
export class DeviceTokens {
  readonly #islands: Islands;
  readonly #key: string;

  constructor(islands: Islands, key: string) {
    this.#islands = islands;
    this.#key = key;
  }

  /** Whose it is. A connection that is `staying` may have begun with a token that was retired since. */
  async byToken(token: string, now: Instant, staying: boolean): Promise<DeviceToken | null> {
    const row = await this.#read(token);
    if (row === null || row.revoked || (row.retired && !staying)) return null;
    if (row.seenAt === null || addMs(row.seenAt, SEEN_EVERY_MS) <= now) await this.#see(row, now);
    const { organisationId, locationId, deviceId } = row;
    return { organisationId, locationId, deviceId };
  }

  /** The token that follows, where it is time; null where this one is young enough. */
  async next(token: string, now: Instant): Promise<string | null> {
    const row = await this.#read(token);
    if (row === null || row.revoked || row.retired || addMs(row.createdAt, ROTATE_AFTER_MS) > now)
      return null;
    const { organisationId, locationId, deviceId, tokenHash } = row;
    const next = deriveToken(this.#key, `device/${token}`);
    await this.#islands.within(organisationId, (db) =>
      db
        .insert(deviceTokens)
        .values({
          ...{ organisationId, locationId, deviceId, createdAt: now },
          ...{ tokenHash: hashToken(next), followsHash: tokenHash },
        })
        .onConflictDoNothing(),
    );
    return next;
  }

  /** When each device of a location was here last. */
  async seen(organisationId: string, locationId: string): Promise<readonly SeenDevice[]> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .select({ deviceId: deviceTokens.deviceId, lastSeenAt: max(deviceTokens.seenAt) })
        .from(deviceTokens)
        .where(and(eq(deviceTokens.organisationId, organisationId), eq(deviceTokens.locationId, locationId)))
        .groupBy(deviceTokens.deviceId),
    );
    return rows.map(({ deviceId, lastSeenAt }) => ({
      deviceId,
      lastSeenAt: lastSeenAt === null ? null : asInstant(lastSeenAt),
    }));
  }

  async #see({ organisationId, tokenHash, followsHash, createdAt }: Row, now: Instant): Promise<void> {
    await this.#islands.within(organisationId, async (tx) => {
      await tx.update(deviceTokens).set({ seenAt: now }).where(eq(deviceTokens.tokenHash, tokenHash));
      if (followsHash === null || addMs(createdAt, SETTLED_MS) > now) return;
      await tx
        .update(deviceTokens)
        .set({ retiredAt: now })
        .where(and(eq(deviceTokens.tokenHash, followsHash), isNull(deviceTokens.retiredAt)));
    });
  }

  async #read(token: string): Promise<Row | null> {
    const [row] = await this.#islands.outside.execute<Found>(
      sql`select organisation_id, location_id, device_id, token_hash, follows_hash, created_at, seen_at,
        revoked_at is not null as revoked, retired_at is not null as retired
        from device_by_token(${hashToken(token)})`,
    );
    if (row === undefined) return null;
    return {
      organisationId: row.organisation_id,
      locationId: row.location_id,
      deviceId: row.device_id,
      tokenHash: row.token_hash,
      followsHash: row.follows_hash,
      createdAt: asInstant(row.created_at),
      seenAt: row.seen_at === null ? null : asInstant(row.seen_at),
      revoked: row.revoked,
      retired: row.retired,
    };
  }
}

interface Found extends Record<string, unknown> {
  readonly organisation_id: string;
  readonly location_id: string;
  readonly device_id: string;
  readonly token_hash: string;
  readonly follows_hash: string | null;
  readonly created_at: string;
  readonly seen_at: string | null;
  readonly revoked: boolean;
  readonly retired: boolean;
}
interface Row extends DeviceToken {
  readonly tokenHash: string;
  readonly followsHash: string | null;
  readonly createdAt: Instant;
  readonly seenAt: Instant | null;
  readonly revoked: boolean;
  readonly retired: boolean;
}

/** The database writes its own form of a time. */
const asInstant = (at: string): Instant => new Date(at).toISOString();
