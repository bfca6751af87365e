import type { Request, Response } from 'express';
import { z } from 'zod';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { ms, msBetween } from '@schalter/shared/kernel/time.ts';
import { cleanText } from '@schalter/shared/kernel/text.ts';
import { worksAt } from '@schalter/shared/platform/access.ts';
import { mayDecideOver } from '@schalter/shared/platform/escalation.ts';
import { actorOfPerson, rightsOf } from '@schalter/shared/platform/rights.ts';
import type { Person as PersonRow } from '@schalter/shared/platform/rows.ts';
import { cookieOptions, identify, parse, type Parts } from '../transport/caller.ts';
import { addressOf } from '../transport/limits.ts';
import { Routes, type Person } from '../transport/routes.ts';
import { SESSION_COOKIE, proofOf } from './identity.ts';
import { hashPassword, verifyPassword } from './secrets.ts';
import type { Told } from './security-events.ts';

/** Long enough that nobody guesses it, and no rules that make people write it down (ASVS 6.2.1). */
const PASSWORD_MIN = 10;
const Password = z.string().max(200);
const Pin = z.string().regex(/^\d{6}$/);
/** Remembered as easily by a thief: one digit six times, or a run. */
const SIMPLE_PIN =
  /^(\d)\1{5}$|^(012345|123456|234567|345678|456789|567890|987654|876543|765432|654321|543210)$/;

const Login = z.strictObject({ email: z.string().max(254).transform(cleanText), password: Password });
const PinLogin = z.strictObject({ personId: Id, pin: z.string().max(12) });
const OwnPin = z.strictObject({ password: Password, pin: z.string().max(12) });
const SetCredentials = z.strictObject({ password: Password.optional(), pin: z.string().max(12).optional() });

const NOBODY = '00000000-0000-0000-0000-000000000000';
const MONTH_MS = 30 * 86_400_000;

export function authRoutes(parts: Parts): Routes {
  const { credentials, queries, limits, clock, security } = parts;
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
    const right = await verifyPassword(stored?.passwordHash ?? null, body.data.password);
    if (!right || person === null || !(await isActive(parts, person))) {
      if (person !== null)
        await security.record({
          ...{ event: 'signInFailed', organisationId: person.organisationId, personId: person.id },
          what: 'password',
        });
      return reject('wrongPassword');
    }
    await limits.reset('signIn', key);
    const { deviceId } = await identify(parts, request, 'device');
    await endBefore(parts, request);
    return begin(parts, response, person.organisationId, person.id, null, deviceId);
  });

  routes.device('post', '/auth/pin', 'station', async (station, request, response) => {
    const body = parse(PinLogin, request.body);
    if (!body.ok) return body;
    const { organisationId, deviceId, locationId } = station;
    const limited = await limits.take('pin', deviceId);
    if (limited !== null) return limited;
    const { personId, pin } = body.data;
    const now = clock.now();
    const stored = await credentials.takePinTry(organisationId, personId, now);
    if (stored === null) {
      const lockedUntil = (await credentials.credentials(organisationId, personId))?.pinLockedUntil ?? null;
      if (lockedUntil !== null && ms(lockedUntil) > ms(now)) {
        const tried = { event: 'signInFailed', what: 'pin' } as const;
        await security.record({ ...tried, organisationId, personId, deviceId, locationId });
        return reject('pinLocked', { retryAfterS: Math.ceil(msBetween(now, lockedUntil) / 1_000) });
      }
    }
    const right = await verifyPassword(stored?.pinHash ?? null, pin);
    if (!right || !(await isStaffAt(parts, { id: personId, organisationId }, locationId))) {
      // An id that is nobody's here has no sign-in, and no entry either.
      if (stored !== null) await pinFailed(parts, { organisationId, personId, deviceId, locationId });
      return reject('wrongPin');
    }
    await credentials.clearPinFailures(organisationId, personId);
    await endBefore(parts, request);
    return begin(parts, response, organisationId, personId, deviceId, deviceId);
  });

  routes.anyone('post', '/auth/logout', async (request, response) => {
    const { session, bearer } = proofOf(request.headers, {});
    for (const token of [session, bearer]) {
      if (token === null) continue;
      const ended = await credentials.session(token, clock.now());
      await credentials.endSession(token, clock.now());
      if (ended === null) continue;
      const { organisationId, personId, deviceId } = ended;
      await security.record({ event: 'signedOut', organisationId, byPersonId: personId, deviceId });
    }
    parts.identities.forget();
    response.clearCookie(SESSION_COOKIE, cookieOptions(parts)).status(204).end();
    return undefined;
  });

  routes.person('get', '/auth/profile', async (person, _request, response) => {
    response.json(await profile(parts, person.organisationId, person.personId, person.deviceId));
    return undefined;
  });

  routes.person('put', '/auth/pin', async (person, request, response) => {
    const body = parse(OwnPin, request.body);
    if (!body.ok) return body;
    const limited = await limits.take('signIn', `pin/${person.personId}`);
    if (limited !== null) return limited;
    const stored = await credentials.credentials(person.organisationId, person.personId);
    if (!(await verifyPassword(stored?.passwordHash ?? null, body.data.password)))
      return reject('wrongPassword');
    const refused = await setCredentials(parts, person.organisationId, person.personId, {
      pin: body.data.pin,
    });
    if (refused !== null) return refused;
    const { organisationId, personId, deviceId } = person;
    const changed = { event: 'credentialsChanged', organisationId, byPersonId: personId, personId } as const;
    await security.record({ ...changed, deviceId, what: 'pin' });
    response.status(204).end();
    return undefined;
  });

  routes.inOrganisation(
    'put',
    '/people/:personId/credentials',
    'people.set',
    async (person, request, response) => {
      const body = parse(SetCredentials, request.body);
      if (!body.ok) return body;
      const target = await readPerson(parts, person.organisationId, String(request.params['personId']));
      if (target === null) return reject('personUnknown');
      if (!maySet(person, target)) return reject('notPermitted');
      const refused = await setCredentials(parts, person.organisationId, target.id, body.data);
      if (refused !== null) return refused;
      const what = [body.data.password && 'password', body.data.pin && 'pin'].filter(Boolean).join(' ');
      const about = {
        ...{ organisationId: person.organisationId, personId: target.id },
        ...{ byPersonId: person.personId, deviceId: person.deviceId },
      };
      await security.record({ event: 'credentialsChanged', ...about, what });
      // Whoever knew the old password is out.
      if (body.data.password !== undefined && target.id !== person.personId) {
        await credentials.endSessionsOf(person.organisationId, target.id, clock.now());
        await security.record({ event: 'sessionsEnded', ...about });
      }
      response.status(204).end();
      return undefined;
    },
  );
  return routes;
}

/** P3: whoever sets a sign-in can sign in as that person, so it takes all that the person may. */
const maySet = (person: Person, target: PersonRow): boolean => mayDecideOver(person.rights, rightsOf(target));

export async function setCredentials(
  parts: Pick<Parts, 'credentials'>,
  organisationId: string,
  personId: string,
  set: { readonly password?: string | undefined; readonly pin?: string | undefined },
): Promise<Rejection | null> {
  if (set.password !== undefined && set.password.length < PASSWORD_MIN)
    return reject('passwordTooShort', { min: PASSWORD_MIN });
  if (set.pin !== undefined && (!Pin.safeParse(set.pin).success || SIMPLE_PIN.test(set.pin)))
    return reject('pinTooSimple');
  await parts.credentials.setCredentials(organisationId, personId, {
    ...(set.password === undefined ? {} : { passwordHash: await hashPassword(set.password) }),
    ...(set.pin === undefined ? {} : { pinHash: await hashPassword(set.pin) }),
  });
  return null;
}

/** The try that was one too many is an entry of its own. */
async function pinFailed(
  { security, credentials, clock }: Parts,
  at: Pick<Told, 'organisationId' | 'deviceId' | 'locationId'> & { readonly personId: string },
): Promise<void> {
  await security.record({ event: 'signInFailed', ...at, what: 'pin' });
  const until = (await credentials.credentials(at.organisationId, at.personId))?.pinLockedUntil ?? null;
  if (until !== null && ms(until) > ms(clock.now()))
    await security.record({ event: 'lockedOut', ...at, what: 'pin' });
}

/** Whoever was signed in here before is not any more, also for somebody who has copied the cookie. */
async function endBefore({ credentials, clock }: Parts, request: Request): Promise<void> {
  const { session } = proofOf(request.headers, {});
  if (session !== null) await credentials.endSession(session, clock.now());
}

/** Opens a session, sets its cookie and answers with the profile. */
export async function begin(
  parts: Parts,
  response: Response,
  organisationId: string,
  personId: string,
  boundTo: string | null,
  deviceId: string | null,
): Promise<undefined> {
  const token = await parts.credentials.openSession(
    { organisationId, personId, deviceId: boundTo },
    parts.clock.now(),
  );
  const what = boundTo === null ? 'password' : 'pin';
  await parts.security.record({ event: 'signedIn', organisationId, byPersonId: personId, deviceId, what });
  response.cookie(SESSION_COOKIE, token, { ...cookieOptions(parts), maxAge: MONTH_MS });
  response.json(await profile(parts, organisationId, personId, deviceId));
  return undefined;
}

const readPerson = (parts: Parts, organisationId: string, personId: string): Promise<PersonRow | null> =>
  parts.engine.read(organisationId, (stream) => stream.live.rows.people.get(personId) ?? null);

const isActive = async (parts: Parts, person: { id: string; organisationId: string }): Promise<boolean> =>
  (await readPerson(parts, person.organisationId, person.id))?.active === true;

async function isStaffAt(
  parts: Parts,
  person: { id: string; organisationId: string },
  locationId: string,
): Promise<boolean> {
  const row = await readPerson(parts, person.organisationId, person.id);
  return (
    row?.active === true &&
    worksAt(actorOfPerson(row, null), { organisationId: row.organisationId, locationId })
  );
}

export async function profile(
  parts: Parts,
  organisationId: string,
  personId: string,
  deviceId: string | null,
) {
  const [person, organisation, locations, stored] = await Promise.all([
    readPerson(parts, organisationId, personId),
    parts.engine.read(organisationId, (stream) => stream.live.rows.organisations.get(organisationId) ?? null),
    parts.queries.locations(organisationId),
    parts.credentials.credentials(organisationId, personId),
  ]);
  const actor = person && actorOfPerson(person, deviceId);
  const own = locations.filter((l) => actor !== null && worksAt(actor, { organisationId, locationId: l.id }));
  return {
    person: person && pick(person, ['id', 'name', 'email', 'role', 'locationIds', 'language']),
    rights: actor?.rights ?? [],
    organisation: organisation && pick(organisation, ['id', 'name']),
    locations: own.map((l) => pick(l, ['id', 'code', 'name', 'timeZone'])),
    device:
      deviceId === null
        ? null
        : await stationOf(
            parts,
            own.map((l) => l.id),
            deviceId,
          ),
    hasPin: (stored?.pinHash ?? null) !== null,
    publicUrl: parts.publicUrl(),
  };
}

async function stationOf(parts: Parts, locationIds: readonly string[], deviceId: string) {
  for (const locationId of locationIds) {
    const row = await parts.engine.read(
      locationId,
      (stream) => stream.live.rows.devices.get(deviceId) ?? null,
    );
    if (row !== null) return { id: row.id, name: row.name, locationId };
  }
  return null;
}

const pick = <T extends object, K extends keyof T>(row: T, keys: readonly K[]): Pick<T, K> =>
  Object.fromEntries(keys.map((key) => [key, row[key]])) as Pick<T, K>;
