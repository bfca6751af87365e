import type { Actor } from '../kernel/actor.ts';
import type { Right } from '../kernel/permission.ts';
import { rightsOfRole } from './access.ts';
import { roleOf } from './roles.ts';
import type { Person } from './rows.ts';

/** Where the person's own role counts: the owner's everywhere. */
export const placesOf = ({ role, locationIds }: Pick<Person, 'role' | 'locationIds'>) =>
  roleOf(role) === 'owner' ? ('all' as const) : locationIds;

/** All that a person holds now. */
export const rightsOf = (person: Person): readonly Right[] =>
  rightsOfRole(new Map(), roleOf(person.role), placesOf(person));

export const actorOfPerson = (
  person: Person,
  deviceId: string | null,
): Extract<Actor, { kind: 'person' }> => ({
  kind: 'person',
  personId: person.id,
  organisationId: person.organisationId,
  name: person.name,
  rights: rightsOf(person),
  deviceId,
});
