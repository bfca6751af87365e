import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import {
  mails,
  oneTimeLinks,
  type LINK_PURPOSES,
  type MAIL_STATUS,
  type MAIL_PURPOSES,
} from '@schalter/drizzle/schema/sign-in.ts';
import { addMs, type Instant } from '@schalter/shared/kernel/time.ts';
import type { Islands } from '../engine/postgres-connections.ts';
import { hashToken, newToken } from './secrets.ts';

export type LinkPurpose = (typeof LINK_PURPOSES)[number];
export interface Addressee {
  readonly organisationId: string;
  readonly personId: string;
}
export interface LinkOwner extends Addressee {
  readonly purpose: LinkPurpose;
}
export type MailPurpose = (typeof MAIL_PURPOSES)[number];
export type MailStatus = (typeof MAIL_STATUS)[number];
export type MailRow = typeof mails.$inferSelect;
type NewMail = Omit<MailRow, 'body' | 'status' | 'errorCode'>;

/** A link in an e-mail that was asked for is opened at once; an invitation waits for the first day at work. */
export const LINK_MS: Readonly<Record<LinkPurpose, number>> = {
  reset: 30 * 60_000,
  invitation: 7 * 86_400_000,
};
/** More than anybody reads. */
const LIST_MAX = 200;

const isOf = ({ organisationId, personId }: Addressee) =>
  and(eq(oneTimeLinks.organisationId, organisationId), eq(oneTimeLinks.personId, personId));
const isGood = (now: Instant) => and(isNull(oneTimeLinks.usedAt), gt(oneTimeLinks.expiresAt, now));
const isMail = ({ organisationId, id }: Pick<MailRow, 'organisationId' | 'id'>) =>
  and(eq(mails.organisationId, organisationId), eq(mails.id, id));

/** Links that set a password, once, and the e-mails about sign-ins. A link names no organisation: a door answers. */
export class LinkStore {
  readonly #islands: Islands;

  constructor(islands: Islands) {
    this.#islands = islands;
  }

  /** 256 bits, for this address; every link before it is worth nothing from now on. */
  async make(owner: LinkOwner, address: string, now: Instant): Promise<string> {
    const token = newToken();
    const { organisationId, personId, purpose } = owner;
    const expiresAt = addMs(now, LINK_MS[purpose]);
    const hashes = { tokenHash: hashToken(token), addressHash: hashToken(address) };
    await this.#islands.within(organisationId, async (db) => {
      await db
        .update(oneTimeLinks)
        .set({ usedAt: now })
        .where(and(isOf(owner), isNull(oneTimeLinks.usedAt)));
      await db
        .insert(oneTimeLinks)
        .values({ organisationId, personId, purpose, ...hashes, createdAt: now, expiresAt });
    });
    return token;
  }

  async drop(of: Addressee, now: Instant): Promise<void> {
    await this.#islands.within(of.organisationId, (db) =>
      db
        .update(oneTimeLinks)
        .set({ usedAt: now })
        .where(and(isOf(of), isNull(oneTimeLinks.usedAt))),
    );
  }

  /** The link that is still good; a person has one at most. */
  async current(of: Addressee, now: Instant) {
    const rows = await this.#islands.within(of.organisationId, (db) =>
      db
        .select({
          purpose: oneTimeLinks.purpose,
          createdAt: oneTimeLinks.createdAt,
          expiresAt: oneTimeLinks.expiresAt,
        })
        .from(oneTimeLinks)
        .where(and(isOf(of), isGood(now)))
        .orderBy(desc(oneTimeLinks.createdAt))
        .limit(1),
    );
    return rows[0] ?? null;
  }

  /** Whose link this is and to which address it went, as long as it is good. */
  async find(token: string, now: Instant): Promise<(LinkOwner & { readonly addressHash: string }) | null> {
    const [row] = await this.#islands.outside.execute<{
      organisation_id: string;
      person_id: string;
      purpose: LinkPurpose;
      address_hash: string;
    }>(
      sql`select organisation_id, person_id, purpose, address_hash from link_by_token(${hashToken(token)})
        where used_at is null and expires_at > ${now}::timestamptz`,
    );
    if (row === undefined) return null;
    const { organisation_id: organisationId, person_id: personId, address_hash: addressHash } = row;
    return { organisationId, personId, addressHash, purpose: row.purpose };
  }

  /** Takes the link: true for the first alone. */
  async take(token: string, { organisationId }: Addressee, now: Instant): Promise<boolean> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .update(oneTimeLinks)
        .set({ usedAt: now })
        .where(and(eq(oneTimeLinks.tokenHash, hashToken(token)), isGood(now)))
        .returning({ personId: oneTimeLinks.personId }),
    );
    return rows.length === 1;
  }

  /** The e-mail as it stands: a new one, or the one that another try began. */
  beginMail(mail: NewMail): Promise<MailRow | null> {
    return this.#islands.within(mail.organisationId, async (db) => {
      await db.insert(mails).values(mail).onConflictDoNothing();
      const rows = await db.select().from(mails).where(isMail(mail));
      return rows[0] ?? null;
    });
  }

  async setMail(
    mail: Pick<MailRow, 'organisationId' | 'id'>,
    set: Pick<MailRow, 'errorCode' | 'body' | 'expiresAt'> & { readonly status: MailStatus },
  ): Promise<void> {
    await this.#islands.within(mail.organisationId, (db) => db.update(mails).set(set).where(isMail(mail)));
  }

  mails(organisationId: string): Promise<MailRow[]> {
    return this.#islands.within(organisationId, (db) =>
      db
        .select()
        .from(mails)
        .where(eq(mails.organisationId, organisationId))
        .orderBy(desc(mails.createdAt))
        .limit(LIST_MAX),
    );
  }

  /** Of somebody who was erased: no link opens, and nothing says where it went. */
  async forget(organisationId: string, personId: string, now: Instant): Promise<void> {
    await this.drop({ organisationId, personId }, now);
    await this.#islands.within(organisationId, (db) =>
      db
        .update(mails)
        .set({ toAddress: '', body: null })
        .where(and(eq(mails.organisationId, organisationId), eq(mails.personId, personId))),
    );
  }
}
