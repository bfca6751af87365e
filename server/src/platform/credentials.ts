import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { mayDecideOver } from '@schalter/shared/platform/escalation.ts';
import type { Parts } from '../transport/caller.ts';
import type { Person } from '../transport/routes.ts';
import type { Credentials } from './credential-store.ts';
import { passwordProblem, type PasswordContext } from './password-rules.ts';
import { readPerson } from './profile.ts';
import { hashPassword, isOutdated, verifyPassword } from './secrets.ts';
import { signInEvent, type CredentialKind } from './sign-in-events.ts';

export const Password = z.string().max(200);
const Pin = z.string().regex(/^\d{6}$/);
/** Remembered as easily by a thief: one digit six times, or a run. */
const SIMPLE_PIN =
  /^(\d)\1{5}$|^(012345|123456|234567|345678|456789|567890|987654|876543|765432|654321|543210)$/;

export interface NewCredentials {
  readonly password?: string | undefined;
  readonly pin?: string | undefined;
}

/** Why a password or a PIN is not accepted, as `setCredentials` says it, before anything is used up for it. */
export function credentialsProblem(
  { password, pin }: NewCredentials,
  context: PasswordContext,
): Rejection | null {
  const problem = password === undefined ? null : passwordProblem(password, context);
  if (problem !== null) return problem;
  if (pin !== undefined && (!Pin.safeParse(pin).success || SIMPLE_PIN.test(pin)))
    return reject('pinTooSimple');
  return null;
}

/** What a guesser knows of somebody who is there already. */
export async function contextOf(
  parts: Parts,
  { organisationId, personId }: { organisationId: string; personId: string },
): Promise<PasswordContext> {
  const person = await readPerson(parts, organisationId, personId);
  const organisation = await parts.engine.read(
    organisationId,
    ({ live }) => live.rows.organisations.get(organisationId)?.name,
  );
  return { organisation: organisation ?? '', name: person?.name ?? '', email: person?.email ?? '' };
}

/** For somebody whose organisation is not there yet. */
export async function storeCredentials(
  parts: Parts,
  { organisationId, personId }: { organisationId: string; personId: string },
  set: NewCredentials,
  context: PasswordContext,
): Promise<Rejection | null> {
  const problem = credentialsProblem(set, context);
  if (problem !== null) return problem;
  await parts.credentials.setCredentials(organisationId, personId, {
    ...(set.password === undefined ? {} : { passwordHash: await hashPassword(set.password) }),
    ...(set.pin === undefined ? {} : { pinHash: await hashPassword(set.pin) }),
  });
  return null;
}

/** `by` is the person who sets them; the same person, or somebody who may set that one's. */
export async function setCredentials(
  parts: Parts,
  who: { organisationId: string; personId: string; by: string; deviceId: string | null },
  set: NewCredentials,
): Promise<Rejection | null> {
  const refused = await storeCredentials(parts, who, set, await contextOf(parts, who));
  if (refused !== null) return refused;
  const what = (['password', 'pin'] as const satisfies readonly CredentialKind[]).filter(
    (kind) => set[kind] !== undefined,
  );
  await signInEvent(parts, { kind: 'credentialsSet', what, ...who });
  // No link that was on its way opens any more; and it is told where the person reads it, whoever it was.
  if (set.password !== undefined) {
    const { organisationId, personId } = who;
    await parts.links.drop(who, parts.clock.now());
    const data = { mailId: uuid(), purpose: 'password_changed', organisationId, personId } as const;
    await parts.later({ queue: 'mail', data });
  }
  return null;
}

/** A password that was right replaces the hash that another system made of it. */
export async function isPassword(
  parts: Parts,
  stored: Credentials | null,
  password: string,
): Promise<boolean> {
  const right = await verifyPassword(stored?.passwordHash ?? null, password);
  if (right && stored?.passwordHash != null && isOutdated(stored.passwordHash)) {
    const passwordHash = await hashPassword(password);
    await parts.credentials.setCredentials(stored.organisationId, stored.personId, { passwordHash });
  }
  return right;
}

/** P3: whoever sets a sign-in can sign in as that person, so it takes all that the person may. */
export const maySet = (person: Person, target: Pick<Person, 'rights'>): boolean =>
  mayDecideOver(person.rights, target.rights);
