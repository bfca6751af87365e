import type { Permission, Right } from '../kernel/permission.ts';

/**
 * What a house is run with: its rows, its people and what they may, what is held on somebody, and the audit. Where the
 * organisation asks for two factors, these rest until the person has signed in with both.
 */
const SET_UP: ReadonlySet<Permission> = new Set([
  ...(['organisation.set', 'location.open', 'location.set', 'services.set', 'counters.set'] as const),
  ...(['people.set', 'people.erase', 'roles.set', 'devices.set'] as const),
  ...(['audit.read', 'person.export', 'person.erase'] as const),
]);

/** The rights of whoever has signed in with one factor alone; denials stay. */
export const withoutSetUp = (rights: readonly Right[]): readonly Right[] =>
  rights.filter(({ permission, effect }) => effect === 'deny' || !SET_UP.has(permission));
