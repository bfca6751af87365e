import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { Parts } from '../transport/caller.ts';
import type { Who } from './factor-store.ts';
import type { Bound, Passkey } from './passkey-store.ts';

/** What a browser answers: its parts are what the library looks at. */
export const PasskeyAnswer = z.looseObject({ id: z.string().max(1_400) });

/** The address that people open is what a passkey is made for; it answers nobody else. */
const houseOf = (parts: Pick<Parts, 'publicUrl'>) => {
  const { origin, hostname } = new URL(parts.publicUrl());
  return { expectedOrigin: origin, expectedRPID: hostname };
};
type Passkeys = Pick<Parts, 'passkeys' | 'clock' | 'publicUrl'>;

/** What a browser needs to make a passkey: one that is found without a name, and that asks who touches it. */
export async function optionsToRegister(
  parts: Passkeys,
  { who, email, name, bound }: { who: Who; email: string; name: string; bound: Bound },
) {
  const known = await parts.passkeys.list(who);
  const options = await generateRegistrationOptions({
    rpName: 'Schalter',
    rpID: houseOf(parts).expectedRPID,
    userName: email,
    userDisplayName: name,
    userID: new Uint8Array(Buffer.from(who.personId.replaceAll('-', ''), 'hex')),
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  await parts.passkeys.challenge(options.challenge, bound, parts.clock.now());
  return options;
}

/** What is kept of a new passkey; null where the answer is not to our challenge, or not from here. */
export async function verifiedRegistration(parts: Passkeys, response: unknown, bound: Bound) {
  const verified = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON,
    expectedChallenge: (challenge) => parts.passkeys.takeChallenge(challenge, bound, parts.clock.now()),
    requireUserVerification: true,
    ...houseOf(parts),
  }).catch(() => null);
  if (verified?.verified !== true) return null;
  const { id, publicKey, counter, transports = [] } = verified.registrationInfo.credential;
  return {
    credentialId: id,
    publicKey: Buffer.from(publicKey).toString('base64url'),
    counter,
    transports: [...transports],
  };
}

/** `passkeys`: those that may answer; none where whoever has one says who they are by it. */
export async function optionsToSignIn(parts: Passkeys, bound: Bound, passkeys: readonly Passkey[] = []) {
  const options = await generateAuthenticationOptions({
    rpID: houseOf(parts).expectedRPID,
    userVerification: 'required',
    allowCredentials: passkeys.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
  });
  await parts.passkeys.challenge(options.challenge, bound, parts.clock.now());
  return options;
}

/** Whose passkey has answered our challenge, from our address, with its owner verified; null for anything else. */
export async function verifiedPasskey(
  parts: Passkeys,
  response: { readonly id: string },
  bound: Bound,
): Promise<Passkey | null> {
  const passkey = await parts.passkeys.byCredential(response.id);
  if (passkey === null) return null;
  const { credentialId, publicKey, counter, transports } = passkey;
  const verified = await verifyAuthenticationResponse({
    response: response as unknown as AuthenticationResponseJSON,
    expectedChallenge: (challenge) => parts.passkeys.takeChallenge(challenge, bound, parts.clock.now()),
    requireUserVerification: true,
    credential: {
      id: credentialId,
      publicKey: new Uint8Array(Buffer.from(publicKey, 'base64url')),
      counter,
      transports,
    },
    ...houseOf(parts),
  }).catch(() => null);
  if (verified?.verified !== true) return null;
  const { newCounter } = verified.authenticationInfo;
  return (await parts.passkeys.use(passkey, newCounter, parts.clock.now())) ? passkey : null;
}
