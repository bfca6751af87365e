import { z } from 'zod';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { PROOF_ACTIONS, PROOF_TARGET_MAX, type Elevation } from '@schalter/shared/platform/proof.ts';
import { identify, parse, type Parts } from '../transport/caller.ts';
import { Routes, type Person } from '../transport/routes.ts';
import { Password } from './credentials.ts';
import { optionsToSignIn, PasskeyAnswer, verifiedPasskey } from './passkeys.ts';
import { ownPassword } from './proof.ts';
import { signInEvent } from './sign-in-events.ts';

/** What belongs together is proved together: a new person and the password that is set for them. */
const TOGETHER_MAX = 4;
const of = z
  .array(z.strictObject({ action: z.enum(PROOF_ACTIONS), target: z.string().max(PROOF_TARGET_MAX) }))
  .min(1)
  .max(TOGETHER_MAX);
const Proof = z.union([
  z.strictObject({ password: Password, of }),
  z.strictObject({ answer: PasskeyAnswer, of }),
]);

/** A fresh proof that it is the person, for what is about to be done: the password, or one of their passkeys. */
export function proofRoutes(parts: Parts): Routes {
  const { proofs, passkeys, clock } = parts;
  const routes = new Routes(parts);

  const ownPasskey = async (
    person: Person,
    answer: { readonly id: string },
    sessionId: string,
    wanted: Elevation | undefined,
  ): Promise<Rejection | null> => {
    const { organisationId, personId, deviceId } = person;
    const passkey = await verifiedPasskey(parts, answer, { purpose: 'prove', to: sessionId });
    if (passkey?.personId === personId && passkey.organisationId === organisationId) return null;
    const who = { organisationId, personId, deviceId };
    if (wanted !== undefined)
      await signInEvent(parts, { kind: 'proofFailed', action: wanted.action, ...who });
    return reject('passkeyWrong');
  };

  routes.person('post', '/auth/proofs/options', async (person, request, response) => {
    const { organisationId, personId } = person;
    const { sessionId } = await identify(parts, request, 'person');
    if (sessionId === undefined) return reject('notSignedIn');
    const own = await passkeys.list({ organisationId, personId });
    if (own.length === 0) return reject('notFound');
    response.json(await optionsToSignIn(parts, { purpose: 'prove', to: sessionId }, own));
    return undefined;
  });

  routes.person('post', '/auth/proofs', async (person, request, response) => {
    const body = parse(Proof, request.body);
    if (!body.ok) return body;
    const [first] = body.data.of;
    const { sessionId } = await identify(parts, request, 'person');
    if (sessionId === undefined) return reject('notSignedIn');
    const refused =
      'password' in body.data
        ? await ownPassword(parts, person, body.data.password, first ?? null)
        : await ownPasskey(person, body.data.answer, sessionId, first);
    if (refused !== null) return refused;
    const { organisationId } = person;
    for (const one of body.data.of) await proofs.give({ organisationId, sessionId, ...one }, clock.now());
    response.status(204).end();
    return undefined;
  });
  return routes;
}
