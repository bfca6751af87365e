import { ms } from '@schalter/shared/kernel/time.ts';
import type { ProofAction } from '@schalter/shared/platform/proof.ts';
import type { Parts } from '../transport/caller.ts';
import type { Told } from './security-events.ts';
import type { SignInMethod } from './session-store.ts';

/** What happens to somebody's sign-ins. No secret and no address is part of it. */
export type SignInEvent = {
  readonly organisationId: string;
  readonly personId: string;
  /** The paired device on which it happened, and its location where that is known. */
  readonly deviceId: string | null;
  readonly locationId?: string | null;
} & (
  | { readonly kind: 'signedIn'; readonly method: SignInMethod }
  /** `isLocked`: not even looked at. */
  | { readonly kind: 'failed'; readonly method: SignInMethod | 'code'; readonly isLocked?: true }
  /** Somebody who is signed in, or stands at the open screen of somebody who is, did not prove to be that person. */
  | { readonly kind: 'proofFailed'; readonly action: ProofAction }
  | { readonly kind: 'signedOut' }
  /** An old refresh token was used: somebody has a copy of it. */
  | { readonly kind: 'reused' }
  | { readonly kind: 'factorAdded' | 'factorRemoved'; readonly by: string; readonly what: FactorKind }
  | { readonly kind: 'recoveryCodeUsed' }
  | { readonly kind: 'sessionsEnded'; readonly by: string }
  | { readonly kind: 'credentialsSet'; readonly by: string; readonly what: readonly CredentialKind[] }
);
export type CredentialKind = 'password' | 'pin';
type FactorKind = 'totp' | 'recoveryCodes' | 'passkey';

/** The one place that hears of every sign-in, failure, sign-out and change of credentials: counts, and writes it down. */
export async function signInEvent(parts: Parts, event: SignInEvent): Promise<void> {
  const { credentials, clock, security } = parts;
  const { organisationId, personId } = event;
  if (event.kind === 'failed' || event.kind === 'proofFailed')
    await credentials.countFailure(organisationId, personId);
  if (event.kind === 'signedIn') await credentials.noteSignIn(organisationId, personId, clock.now());
  // Whoever is out is out on the connections of this process at once; others ask within 3 s.
  if (!['failed', 'proofFailed', 'signedIn'].includes(event.kind)) parts.identities.forget();
  await security.record(toldOf(event));
  if (event.kind === 'failed' && event.method === 'pin' && event.isLocked !== true)
    await tellLock(parts, event);
}

/** The try that was one too many is an entry of its own. */
async function tellLock({ credentials, security, clock }: Parts, event: SignInEvent): Promise<void> {
  const { organisationId, personId, deviceId, locationId = null } = event;
  const until = (await credentials.credentials(organisationId, personId))?.pinLockedUntil ?? null;
  if (until === null || ms(until) <= ms(clock.now())) return;
  await security.record({ event: 'lockedOut', organisationId, personId, deviceId, locationId, what: 'pin' });
}

function toldOf(event: SignInEvent): Told {
  const { organisationId, personId, deviceId, locationId = null } = event;
  const at = { organisationId, deviceId, locationId };
  switch (event.kind) {
    case 'signedIn':
      return { event: 'signedIn', ...at, byPersonId: personId, what: event.method };
    case 'failed':
      return { event: 'signInFailed', ...at, personId, what: event.method };
    case 'proofFailed':
      return { event: 'proofFailed', ...at, personId, what: event.action };
    case 'signedOut':
      return { event: 'signedOut', ...at, byPersonId: personId };
    case 'reused':
      return { event: 'sessionsEnded', ...at, personId, what: 'reuse' };
    case 'sessionsEnded':
      return { event: 'sessionsEnded', ...at, personId, byPersonId: event.by };
    case 'factorAdded':
    case 'factorRemoved':
      return { event: event.kind, ...at, personId, byPersonId: event.by, what: event.what };
    case 'recoveryCodeUsed':
      return { event: 'recoveryCodeUsed', ...at, personId, byPersonId: personId };
    case 'credentialsSet':
      return {
        event: 'credentialsChanged',
        ...at,
        personId,
        byPersonId: event.by,
        what: event.what.join(' '),
      };
  }
}
