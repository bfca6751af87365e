import type { Request } from 'express';
import { z } from 'zod';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { Language, NonEmptyText, cleanText } from '@schalter/shared/kernel/text.ts';
import { ms, msBetween } from '@schalter/shared/kernel/time.ts';
import { identify, parse, submit, type Parts } from '../transport/caller.ts';
import { addressOf } from '../transport/limits.ts';
import { Routes, type Person } from '../transport/routes.ts';
import { isPassword, maySet, Password, setCredentials } from './credentials.ts';
import { refreshTokenOf } from './identity.ts';
import { isActive, isStaffAt, profile, readActor } from './profile.ts';
import { ownPassword } from './proof.ts';
import { verifyPassword } from './secrets.ts';
import {
  begin,
  clearCookies,
  endSessionOf,
  ownSession,
  ownSessionId,
  setCookies,
  setStep,
} from './sign-in.ts';
import { signInEvent } from './sign-in-events.ts';

const Login = z.strictObject({ email: z.string().max(254).transform(cleanText), password: Password });
const PinLogin = z.strictObject({ personId: Id, pin: z.string().max(12) });
const OwnPin = z.strictObject({ password: Password, pin: z.string().max(12) });
const OwnPassword = z.strictObject({ password: Password, newPassword: Password });
const OwnProfile = z.strictObject({ name: NonEmptyText(60), language: Language });
/** Nobody sets, or ever knows, another one's password: a link does (link-routes.ts). */
const SetCredentials = z.strictObject({ pin: z.string().max(12) });

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Signing in and out, and what people set of themselves. */
export function authRoutes(parts: Parts): Routes {
  const { credentials, sessions, factors, queries, limits, clock } = parts;
  const routes = new Routes(parts);

  routes.anyone('post', '/auth/login', async (request, response) => {
    const body = parse(Login, request.body);
    if (!body.ok) return body;
    const email = body.data.email.toLowerCase();
    const key = `${addressOf(request)}/${email}`;
    const limited =
      (await limits.take('signIn', key)) ?? (await limits.take('signInAddress', addressOf(request)));
    if (limited !== null) return limited;
    const person = await queries.personByEmail(email);
    // Asked for nobody as well: an unknown e-mail takes as long as a known one.
    const stored = await credentials.credentials(person?.organisationId ?? NOBODY, person?.id ?? NOBODY);
    const right = await isPassword(parts, stored, body.data.password);
    const { deviceId } = await identify(parts, request, 'device');
    if (person === null) return reject('wrongPassword');
    const who = { organisationId: person.organisationId, personId: person.id };
    if (!right || !(await isActive(parts, person))) {
      await signInEvent(parts, { kind: 'failed', method: 'password', deviceId, ...who });
      return reject('wrongPassword');
    }
    await limits.reset('signIn', key);
    if ((await factors.totp(who))?.since != null) {
      setStep(parts, response, await factors.openStep(who, clock.now()));
      return reject('secondFactorRequired');
    }
    return begin(parts, request, response, { ...who, method: 'password', boundTo: null, deviceId });
  });

  routes.device('post', '/auth/pin', 'station', async (station, request, response) => {
    const body = parse(PinLogin, request.body);
    if (!body.ok) return body;
    const { organisationId, deviceId, locationId } = station;
    const limited = await limits.take('pin', deviceId);
    if (limited !== null) return limited;
    const { personId, pin } = body.data;
    const now = clock.now();
    const who = { organisationId, personId, deviceId, method: 'pin' } as const;
    const stored = await credentials.takePinTry(organisationId, personId, now);
    if (stored === null) {
      const lockedUntil = (await credentials.credentials(organisationId, personId))?.pinLockedUntil ?? null;
      if (lockedUntil !== null && ms(lockedUntil) > ms(now)) {
        await signInEvent(parts, { kind: 'failed', isLocked: true, ...who, locationId });
        return reject('pinLocked', { retryAfterS: Math.ceil(msBetween(now, lockedUntil) / 1_000) });
      }
    }
    const right = await verifyPassword(stored?.pinHash ?? null, pin);
    if (!right || !(await isStaffAt(parts, { id: personId, organisationId }, locationId))) {
      // An id that is nobody's here has no sign-in, and no entry either.
      if (stored !== null) await signInEvent(parts, { kind: 'failed', ...who, locationId });
      return reject('wrongPin');
    }
    await credentials.clearPinFailures(organisationId, personId);
    return begin(parts, request, response, { ...who, boundTo: deviceId, isStrong: true });
  });

  routes.anyone('post', '/auth/refresh', async (request, response) => {
    const refresh = refreshTokenOf(request.headers);
    const limited = await limits.take('refresh', addressOf(request));
    if (limited !== null) return limited;
    const tokens = refresh === null ? null : await sessions.refresh(refresh, clock.now());
    if (tokens === null || 'reused' in tokens) {
      if (tokens !== null) await signInEvent(parts, { kind: 'reused', deviceId: null, ...tokens.reused });
      clearCookies(parts, response);
      return reject('notSignedIn');
    }
    setCookies(parts, response, tokens);
    response.status(204).end();
    return undefined;
  });

  routes.anyone('post', '/auth/logout', async (request, response) => {
    await endSessionOf(parts, request);
    clearCookies(parts, response);
    response.status(204).end();
    return undefined;
  });

  const ownProfile = async ({ organisationId, personId, deviceId }: Person, request: Request) => {
    const isStrong = (await ownSession(parts, request))?.isStrong ?? false;
    return profile(parts, organisationId, personId, deviceId, isStrong);
  };

  routes.person('get', '/auth/profile', async (person, request, response) => {
    response.json(await ownProfile(person, request));
    return undefined;
  });

  routes.person('put', '/auth/profile', async (person, request, response) => {
    const body = parse(OwnProfile, request.body);
    if (!body.ok) return body;
    const streamId = person.organisationId;
    const type = 'platform.setOwnProfile';
    const answer = await submit(parts, { streamId, type, input: body.data, actor: person });
    if (!answer.ok) return answer;
    response.json(await ownProfile(person, request));
    return undefined;
  });

  const self = ({ organisationId, personId, deviceId }: Person) => ({
    organisationId,
    personId,
    deviceId,
    by: personId,
  });

  routes.person('put', '/auth/pin', async (person, request, response) => {
    const body = parse(OwnPin, request.body);
    if (!body.ok) return body;
    const refused =
      (await ownPassword(parts, person, body.data.password)) ??
      (await setCredentials(parts, self(person), { pin: body.data.pin }));
    if (refused !== null) return refused;
    response.status(204).end();
    return undefined;
  });

  routes.person('post', '/auth/change-password', async (person, request, response) => {
    const body = parse(OwnPassword, request.body);
    if (!body.ok) return body;
    const refused =
      (await ownPassword(parts, person, body.data.password)) ??
      (await setCredentials(parts, self(person), { password: body.data.newPassword }));
    if (refused !== null) return refused;
    // Whoever knew the old one is out; who has just changed it is not.
    const own = await ownSessionId(parts, request);
    await sessions.endAll(person.organisationId, person.personId, clock.now(), own);
    await signInEvent(parts, { kind: 'sessionsEnded', ...self(person) });
    response.status(204).end();
    return undefined;
  });

  routes.inOrganisation(
    'put',
    '/people/:personId/credentials',
    'people.set',
    async (person, request, response) => {
      const { organisationId, deviceId, personId: by } = person;
      const target = await readActor(parts, organisationId, String(request.params['personId']), null);
      if (target === null) return reject('personUnknown');
      if (!maySet(person, target)) return reject('notPermitted');
      const body = parse(SetCredentials, request.body);
      if (!body.ok) return body;
      const who = { organisationId, personId: target.personId, by, deviceId };
      const refused = await setCredentials(parts, who, body.data);
      if (refused !== null) return refused;
      response.status(204).end();
      return undefined;
    },
    { action: 'credentials.set', target: 'personId' },
  );
  return routes;
}
