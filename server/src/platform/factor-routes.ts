import { z } from 'zod';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { identify, parse, type Parts } from '../transport/caller.ts';
import { Routes } from '../transport/routes.ts';
import { maySet } from './credentials.ts';
import type { Who } from './factor-store.ts';
import { stepTokenOf } from './identity.ts';
import { isActive, readActor, readPerson } from './profile.ts';
import {
  hashRecoveryCodes,
  newRecoveryCodes,
  newTotpSecret,
  takeCode,
  takeTotp,
  totpUri,
} from './second-factor.ts';
import { begin, clearStep } from './sign-in.ts';
import { signInEvent } from './sign-in-events.ts';

const Code = z.strictObject({ code: z.string().max(40) });

/** The second factor: signing in with it, setting it up, and losing it. */
export function factorRoutes(parts: Parts): Routes {
  const { factors, clock } = parts;
  const routes = new Routes(parts);

  routes.anyone('post', '/auth/second-factor/verify', async (request, response) => {
    const body = parse(Code, request.body);
    if (!body.ok) return body;
    const token = stepTokenOf(request.headers);
    const who = token === null ? null : await factors.step(token, clock.now());
    if (token === null || who === null) return reject('notSignedIn');
    const { deviceId } = await identify(parts, request, 'device');
    const taken = await takeCode(parts, who, body.data.code);
    if (!taken.ok) {
      if (taken.code === 'wrongCode')
        await signInEvent(parts, { kind: 'failed', method: 'code', deviceId, ...who });
      return taken;
    }
    const isFirst = await factors.takeStepToken(who, token, clock.now());
    if (!isFirst || !(await isActive(parts, { id: who.personId, organisationId: who.organisationId })))
      return reject('notSignedIn');
    clearStep(parts, response);
    if (taken.by === 'recoveryCode') await signInEvent(parts, { kind: 'recoveryCodeUsed', deviceId, ...who });
    const how = { method: 'password', boundTo: null, isStrong: true } as const;
    return begin(parts, request, response, { ...who, ...how, deviceId });
  });

  const stateOf = async (who: Who) => {
    const since = (await factors.totp(who))?.since ?? null;
    return {
      since: since === null ? null : new Date(since).toISOString(),
      recoveryCodesLeft: (await factors.recoveryCodes(who)).length,
    };
  };

  routes.person('get', '/auth/second-factor', async (person, _request, response) => {
    response.json(await stateOf(person));
    return undefined;
  });

  routes.person(
    'post',
    '/auth/second-factor',
    async (person, _request, response) => {
      const secret = newTotpSecret();
      const row = await readPerson(parts, person.organisationId, person.personId);
      const { organisationId, personId } = person;
      if (!(await factors.begin({ organisationId, personId }, secret))) return reject('secondFactorOn');
      response.json({ secret, uri: totpUri(secret, row?.email ?? '') });
      return undefined;
    },
    { action: 'secondFactor.set', target: null },
  );

  /** The first code proves that the app has the secret; so it is asked for from now on. */
  routes.person('post', '/auth/second-factor/confirm', async (person, request, response) => {
    const body = parse(Code, request.body);
    if (!body.ok) return body;
    const { organisationId, personId, deviceId } = person;
    const who = { organisationId, personId };
    const limited = await parts.limits.take('secondFactor', personId);
    if (limited !== null) return limited;
    const totp = await factors.totp(who);
    if (totp === null || totp.since !== null) return reject('notFound');
    if (!(await takeTotp(parts, who, totp.secret, body.data.code.replaceAll(/\s/g, ''))))
      return reject('wrongCode');
    await parts.limits.reset('secondFactor', personId);
    const codes = newRecoveryCodes();
    await factors.confirm(who, await hashRecoveryCodes(codes), clock.now());
    const { sessionId } = await identify(parts, request, 'person');
    if (sessionId !== undefined) await parts.sessions.strengthen(organisationId, sessionId);
    await signInEvent(parts, { kind: 'factorAdded', what: 'totp', deviceId, by: personId, ...who });
    response.json({ recoveryCodes: codes });
    return undefined;
  });

  routes.person(
    'post',
    '/auth/second-factor/recovery-codes',
    async (person, _request, response) => {
      const { organisationId, personId, deviceId } = person;
      const who = { organisationId, personId };
      if ((await factors.totp(who))?.since == null) return reject('notFound');
      const codes = newRecoveryCodes();
      await factors.replaceRecoveryCodes(who, await hashRecoveryCodes(codes), clock.now());
      await signInEvent(parts, {
        kind: 'factorAdded',
        what: 'recoveryCodes',
        deviceId,
        by: personId,
        ...who,
      });
      response.json({ recoveryCodes: codes });
      return undefined;
    },
    { action: 'secondFactor.set', target: null },
  );

  const remove = async (who: Who, by: { readonly personId: string; readonly deviceId: string | null }) => {
    if (!(await factors.remove(who, clock.now()))) return reject('notFound');
    const { deviceId } = by;
    await signInEvent(parts, { kind: 'factorRemoved', what: 'totp', deviceId, by: by.personId, ...who });
    return null;
  };

  routes.person(
    'delete',
    '/auth/second-factor',
    async (person, _request, response) => {
      const { organisationId, personId } = person;
      const refused = await remove({ organisationId, personId }, person);
      if (refused !== null) return refused;
      response.status(204).end();
      return undefined;
    },
    { action: 'secondFactor.remove', target: null },
  );

  routes.inOrganisation(
    'get',
    '/people/:personId/second-factor',
    'people.set',
    async (person, request, response) => {
      const target = await readActor(parts, person.organisationId, String(request.params['personId']), null);
      if (target === null) return reject('personUnknown');
      if (!maySet(person, target)) return reject('notPermitted');
      response.json(await stateOf({ organisationId: person.organisationId, personId: target.personId }));
      return undefined;
    },
  );

  /** Phone and codes are lost: who may set this person's sign-in takes the factor away, after looking who it is. */
  routes.inOrganisation(
    'delete',
    '/people/:personId/second-factor',
    'people.set',
    async (person, request, response) => {
      const { organisationId } = person;
      const target = await readActor(parts, organisationId, String(request.params['personId']), null);
      if (target === null) return reject('personUnknown');
      if (!maySet(person, target)) return reject('notPermitted');
      const refused = await remove({ organisationId, personId: target.personId }, person);
      if (refused !== null) return refused;
      response.status(204).end();
      return undefined;
    },
    { action: 'secondFactor.reset', target: 'personId' },
  );
  return routes;
}
