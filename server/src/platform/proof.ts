import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import type { Elevation } from '@schalter/shared/platform/proof.ts';
import type { Parts } from '../transport/caller.ts';
import type { Person } from '../transport/routes.ts';
import { isPassword } from './credentials.ts';
import type { Identity } from './identity.ts';
import type { ProofStore } from './proof-store.ts';
import { signInEvent } from './sign-in-events.ts';

/** Carries out what needs a fresh proof, where the session has one for just this; who has none is told which. */
export async function provenly<T>(
  { proofs, clock }: Pick<Parts, 'clock'> & { readonly proofs: Pick<ProofStore, 'take' | 'giveBack'> },
  { actor, sessionId }: Pick<Identity, 'actor' | 'sessionId'>,
  { action, target }: Elevation,
  carryOut: () => Promise<T>,
  wasRefused: (told: T) => boolean,
): Promise<T | Rejection> {
  const needed = reject('proofRequired', { action, target });
  if (actor.kind !== 'person' || sessionId === undefined) return needed;
  const { organisationId } = actor;
  const id = await proofs.take({ organisationId, sessionId, action, target }, clock.now());
  if (id === null) return needed;
  const told = await carryOut();
  if (wasRefused(told)) await proofs.giveBack(organisationId, id);
  return told;
}

/**
 * Null where the password is the person's own. Guesses at it are counted like sign-ins, and all of them together:
 * whoever stands at an open screen has five, not five for each thing that asks.
 */
export async function ownPassword(
  parts: Parts,
  { organisationId, personId, deviceId }: Person,
  password: string,
  wanted: Elevation | null = null,
): Promise<Rejection | null> {
  const { limits, credentials } = parts;
  const limited = await limits.take('signIn', `own/${personId}`);
  if (limited !== null) return limited;
  const stored = await credentials.credentials(organisationId, personId);
  if (await isPassword(parts, stored, password)) {
    await limits.reset('signIn', `own/${personId}`);
    return null;
  }
  const who = { organisationId, personId, deviceId };
  if (wanted === null) await signInEvent(parts, { kind: 'failed', method: 'password', ...who });
  else await signInEvent(parts, { kind: 'proofFailed', action: wanted.action, ...who });
  return reject('wrongPassword');
}
