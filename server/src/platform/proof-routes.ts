import { z } from 'zod';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { PROOF_ACTIONS, PROOF_TARGET_MAX } from '@schalter/shared/platform/proof.ts';
import { identify, parse, type Parts } from '../transport/caller.ts';
import { Routes } from '../transport/routes.ts';
import { Password } from './credentials.ts';
import { ownPassword } from './proof.ts';

/** What belongs together is proved together: a new person and the password that is set for them. */
const TOGETHER_MAX = 4;
const Proof = z.strictObject({
  password: Password,
  of: z
    .array(z.strictObject({ action: z.enum(PROOF_ACTIONS), target: z.string().max(PROOF_TARGET_MAX) }))
    .min(1)
    .max(TOGETHER_MAX),
});

/** A fresh proof that it is the person, for what is about to be done. */
export function proofRoutes(parts: Parts): Routes {
  const { proofs, clock } = parts;
  const routes = new Routes(parts);

  routes.person('post', '/auth/proofs', async (person, request, response) => {
    const body = parse(Proof, request.body);
    if (!body.ok) return body;
    const { password, of } = body.data;
    const { sessionId } = await identify(parts, request, 'person');
    if (sessionId === undefined) return reject('notSignedIn');
    const refused = await ownPassword(parts, person, password, of[0] ?? null);
    if (refused !== null) return refused;
    const { organisationId } = person;
    for (const one of of) await proofs.give({ organisationId, sessionId, ...one }, clock.now());
    response.status(204).end();
    return undefined;
  });
  return routes;
}
