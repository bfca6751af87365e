import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { NonEmptyText } from '@schalter/shared/kernel/text.ts';
import { identify, parse, type Parts } from '../transport/caller.ts';
import { addressOf } from '../transport/limits.ts';
import { Routes } from '../transport/routes.ts';
import { stepTokenOf } from './identity.ts';
import {
  optionsToRegister,
  optionsToSignIn,
  PasskeyAnswer,
  verifiedPasskey,
  verifiedRegistration,
} from './passkeys.ts';
import { isActive, readPerson } from './profile.ts';
import { newToken } from './secrets.ts';
import { begin, clearStep, setStep } from './sign-in.ts';
import { signInEvent } from './sign-in-events.ts';

/** More than anybody has devices. */
const PASSKEYS_MAX = 20;
const NewPasskey = z.strictObject({ name: NonEmptyText(60), answer: PasskeyAnswer });
const SignIn = z.strictObject({ answer: PasskeyAnswer });

/** Passkeys: made, named, removed; and signing in with one, which is both factors at once. */
export function passkeyRoutes(parts: Parts): Routes {
  const { passkeys, clock } = parts;
  const routes = new Routes(parts);

  routes.person('get', '/auth/passkeys', async ({ organisationId, personId }, _request, response) => {
    const items = await passkeys.list({ organisationId, personId });
    const at = (time: string | null) => (time === null ? null : new Date(time).toISOString());
    response.json({
      items: items.map(({ id, name, createdAt, lastUsedAt }) => ({
        ...{ id, name, createdAt: at(createdAt), lastUsedAt: at(lastUsedAt) },
      })),
    });
    return undefined;
  });

  routes.person(
    'post',
    '/auth/passkeys/options',
    async (person, request, response) => {
      const { organisationId, personId } = person;
      const { sessionId } = await identify(parts, request, 'person');
      const row = await readPerson(parts, organisationId, personId);
      if (sessionId === undefined || row === null) return reject('notSignedIn');
      const bound = { purpose: 'register', to: sessionId } as const;
      const who = { organisationId, personId };
      response.json(await optionsToRegister(parts, { who, email: row.email, name: row.name, bound }));
      return undefined;
    },
    { action: 'passkey.add', target: null },
  );

  routes.person('post', '/auth/passkeys', async (person, request, response) => {
    const body = parse(NewPasskey, request.body);
    if (!body.ok) return body;
    const { organisationId, personId, deviceId } = person;
    const who = { organisationId, personId };
    const { sessionId = '' } = await identify(parts, request, 'person');
    const { name, answer } = body.data;
    const made = await verifiedRegistration(parts, answer, { purpose: 'register', to: sessionId });
    if (made === null) return reject('passkeyWrong');
    if ((await passkeys.list(who)).length >= PASSKEYS_MAX) return reject('passkeyWrong');
    const id = randomUUID();
    if (!(await passkeys.add({ ...who, ...made, id, name, createdAt: clock.now() })))
      return reject('passkeyWrong');
    await parts.sessions.strengthen(organisationId, sessionId);
    await signInEvent(parts, { kind: 'factorAdded', what: 'passkey', deviceId, by: personId, ...who });
    response.status(201).json({ id });
    return undefined;
  });

  routes.person(
    'delete',
    '/auth/passkeys/:passkeyId',
    async (person, request, response) => {
      const id = parse(Id, request.params['passkeyId']);
      if (!id.ok) return id;
      const { organisationId, personId, deviceId } = person;
      const who = { organisationId, personId };
      if (!(await passkeys.remove(who, id.data, clock.now()))) return reject('notFound');
      await signInEvent(parts, { kind: 'factorRemoved', what: 'passkey', deviceId, by: personId, ...who });
      response.status(204).end();
      return undefined;
    },
    { action: 'passkey.remove', target: 'passkeyId' },
  );

  routes.anyone('post', '/auth/passkeys/sign-in/options', async (request, response) => {
    const limited = await parts.limits.take('signInAddress', addressOf(request));
    if (limited !== null) return limited;
    const token = newToken();
    setStep(parts, response, token);
    response.json(await optionsToSignIn(parts, { purpose: 'signIn', to: token }));
    return undefined;
  });

  routes.anyone('post', '/auth/passkeys/sign-in', async (request, response) => {
    const body = parse(SignIn, request.body);
    if (!body.ok) return body;
    const token = stepTokenOf(request.headers);
    const passkey =
      token === null
        ? null
        : await verifiedPasskey(parts, body.data.answer, { purpose: 'signIn', to: token });
    if (passkey === null) return reject('passkeyWrong');
    const { organisationId, personId } = passkey;
    const { deviceId } = await identify(parts, request, 'device');
    if (!(await isActive(parts, { id: personId, organisationId }))) return reject('passkeyWrong');
    clearStep(parts, response);
    const who = { organisationId, personId, deviceId };
    return begin(parts, request, response, { ...who, method: 'passkey', boundTo: null, isStrong: true });
  });
  return routes;
}
