import { and, eq, gt, isNull } from 'drizzle-orm';
import { proofs } from '@schalter/drizzle/schema/sign-in.ts';
import { addMs, type Instant } from '@schalter/shared/kernel/time.ts';
import { PROOF_S, type Elevation } from '@schalter/shared/platform/proof.ts';
import type { Islands } from '../engine/postgres-connections.ts';
import { hashToken } from './secrets.ts';

export interface Proved extends Elevation {
  readonly organisationId: string;
  readonly sessionId: string;
}

/** Fresh proofs: given to a session for one action on one target, taken once, within a minute. */
export class ProofStore {
  readonly #islands: Islands;

  constructor(islands: Islands) {
    this.#islands = islands;
  }

  async give({ organisationId, sessionId, action, target }: Proved, now: Instant): Promise<void> {
    await this.#islands.within(organisationId, (db) =>
      db
        .insert(proofs)
        .values({ organisationId, sessionId, action, targetHash: hashToken(target), createdAt: now }),
    );
  }

  /** The proof, which is nobody else's from now on; null where there is none. */
  async take({ organisationId, sessionId, action, target }: Proved, now: Instant): Promise<string | null> {
    const rows = await this.#islands.within(organisationId, (db) =>
      db
        .update(proofs)
        .set({ usedAt: now })
        .where(
          and(
            eq(proofs.organisationId, organisationId),
            eq(proofs.sessionId, sessionId),
            eq(proofs.action, action),
            eq(proofs.targetHash, hashToken(target)),
            isNull(proofs.usedAt),
            gt(proofs.createdAt, addMs(now, -PROOF_S * 1_000)),
          ),
        )
        .returning({ id: proofs.id }),
    );
    return rows[0]?.id ?? null;
  }

  /** What it was taken for was refused for another reason: it did not happen, so the proof is still good. */
  async giveBack(organisationId: string, id: string): Promise<void> {
    await this.#islands.within(organisationId, (db) =>
      db
        .update(proofs)
        .set({ usedAt: null })
        .where(and(eq(proofs.organisationId, organisationId), eq(proofs.id, id))),
    );
  }
}
