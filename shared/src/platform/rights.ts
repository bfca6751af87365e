// No zod in this file: the screens ask it as well.
import type { Actor } from '../kernel/actor.ts';
import type { Right } from '../kernel/permission.ts';
import { rightsOfRole } from './access.ts';
import { roleOf } from './roles.ts';
import type { Person, PersonGrant, PlatformLive, RoleAssignment } from './rows.ts';

export type PeopleLive = {
  readonly rows: Pick<PlatformLive['rows'], 'people' | 'roles' | 'roleAssignments' | 'personGrants'>;
};

/** A role as somebody has it: by the person's row, or by an assignment. */
export interface Held {
  /** null: the role of the person's row. */
  readonly assignmentId: string | null;
  readonly role: string;
  readonly locationIds: readonly string[] | 'all';
  readonly until: string | null;
}

const placesOf = (row: { everywhere: boolean; locationIds: readonly string[] }) =>
  row.everywhere ? ('all' as const) : row.locationIds;
const isOver = (until: string | null, now: string): boolean => until !== null && until <= now;

/** The role of a person's own row. */
export function mainRole(person: Person): Held {
  const role = roleOf(person.role);
  const locationIds = role === 'owner' ? 'all' : placesOf(person);
  return { assignmentId: null, role, locationIds, until: person.roleExpiresAt };
}
export const assignedRole = (row: RoleAssignment): Held => ({
  ...{ assignmentId: row.id, role: row.role, locationIds: placesOf(row), until: row.expiresAt },
});

/** The roles of a person that have not expired. */
export const rolesOf = (live: PeopleLive, person: Person, now: string): readonly Held[] =>
  [
    mainRole(person),
    ...[...live.rows.roleAssignments.values()].filter((row) => row.personId === person.id).map(assignedRole),
  ].filter(({ until }) => !isOver(until, now));

export const rightsOfHeld = (live: PeopleLive, { role, locationIds, until }: Held): readonly Right[] =>
  rightsOfRole(live.rows.roles, role, locationIds, until);

export function rightOfGrant(row: PersonGrant): Right {
  const { permission, scope, condition, effect, expiresAt: until } = row;
  return { permission, scope, condition, effect, locationIds: placesOf(row), until };
}

/** A right and where it comes from: a role, or (null) a grant or denial to this very person. */
export interface Reason {
  readonly right: Right;
  readonly role: string | null;
}

export function reasonsOf(live: PeopleLive, person: Person, now: string): readonly Reason[] {
  const ofRoles = rolesOf(live, person, now).flatMap((held) =>
    rightsOfHeld(live, held).map((right) => ({ right, role: held.role })),
  );
  const grants = [...live.rows.personGrants.values()].filter(
    (row) => row.personId === person.id && !isOver(row.expiresAt, now),
  );
  return [...ofRoles, ...grants.map((row) => ({ right: rightOfGrant(row), role: null }))];
}

/** All that a person holds and is denied at this moment. */
export const rightsOf = (live: PeopleLive, person: Person, now: string): readonly Right[] =>
  reasonsOf(live, person, now).map(({ right }) => right);

export const actorOfPerson = (
  live: PeopleLive,
  person: Person,
  { deviceId, now }: { deviceId: string | null; now: string },
): Extract<Actor, { kind: 'person' }> => ({
  kind: 'person',
  personId: person.id,
  organisationId: person.organisationId,
  name: person.name,
  rights: rightsOf(live, person, now),
  deviceId,
});

/** When the first of them ends; null where none does. */
export const nextEnd = (rights: readonly Right[]): string | null =>
  rights.reduce<string | null>(
    (first, { until }) => (until !== null && (first === null || until < first) ? until : first),
    null,
  );

/** What the roles and grants give, without the denials beside them: those may be lifted again. */
export function given(live: PlatformLive, personId: string, now: string): readonly Right[] {
  const person = live.rows.people.get(personId);
  return person === undefined ? [] : rightsOf(live, person, now).filter(({ effect }) => effect === 'allow');
}

/** Somebody who can always put right what others have set: for good, everywhere, and denied nothing. */
const isWorkingOwner = (live: PlatformLive, person: Person, now: string): boolean =>
  person.active &&
  rolesOf(live, person, now).some((h) => h.role === 'owner' && h.locationIds === 'all' && h.until === null) &&
  ![...live.rows.personGrants.values()].some((g) => g.personId === person.id && g.effect === 'deny');

/** P5: there is always one. */
export const hasOwner = (live: PlatformLive, now: string): boolean =>
  [...live.rows.people.values()].some((person) => isWorkingOwner(live, person, now));
