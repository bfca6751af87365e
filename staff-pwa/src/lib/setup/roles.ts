import type { Permission, Right } from '@schalter/shared/kernel/permission.ts';
import { addDays, instantOf, localTime } from '@schalter/shared/kernel/time.ts';
import { rightsOfRole } from '@schalter/shared/platform/access.ts';
import { mayTurn } from '@schalter/shared/platform/escalation.ts';
import { GRANTABLE, PERSON_ROLES, roleOf, type OwnRoles } from '@schalter/shared/platform/roles.ts';
import type { Role } from '@schalter/shared/platform/rows.ts';
import { formatDay } from '@schalter/shared/i18n/format.ts';
import { language, word } from '../texts.svelte.ts';
import type { SetUp } from './setup.ts';

/** An organisation's own role while it is edited. */
export type RoleDraft = Pick<Role, 'id' | 'name' | 'parents' | 'grants'> & { readonly isNew: boolean };

export type Roles = ReadonlyMap<string, Role>;
const NONE: Roles = new Map();
export const rolesOfSetUp = (setUp: SetUp): Roles => setUp.organisation?.live.rows.roles ?? NONE;

/** A shipped role by its word, one of the organisation's own by its name. */
export function roleName(roles: Roles, role: string): string {
  const shipped = PERSON_ROLES.find((name) => name === roleOf(role));
  return shipped === undefined ? (roles.get(role)?.name ?? '–') : word('role', shipped);
}

/** Every role there is, the shipped ones first. */
export const allRoles = (roles: Roles): { value: string; text: string }[] =>
  [
    ...PERSON_ROLES,
    ...[...roles.values()].sort((a, b) => a.name.localeCompare(b.name)).map(({ id }) => id),
  ].map((value) => ({ value, text: roleName(roles, value) }));

/** Those that this person may give at these locations: what would be refused is not offered. */
export function givableRoles(setUp: SetUp, locationIds: readonly string[] | 'all') {
  const roles = rolesOfSetUp(setUp);
  const may = ({ value }: { value: string }): boolean =>
    mayTurn(setUp.profile.rights, [], rightsOfRole(roles, value, value === 'owner' ? 'all' : locationIds));
  return allRoles(roles).filter(may);
}

/** A right in words, for a list; `from` says which role it comes from, or that it is an exception. */
export interface RightLine {
  readonly permission: Permission;
  readonly scope: Right['scope'];
  readonly denied: boolean;
  readonly from: string | null;
}
const place = (permission: string): number => GRANTABLE.findIndex((name) => name === permission);
export const inOrder = (lines: readonly RightLine[]): RightLine[] =>
  [...lines].sort((a, b) => place(a.permission) - place(b.permission));

export const roleRights = (roles: OwnRoles, role: string): RightLine[] =>
  inOrder(
    rightsOfRole(roles, role, 'all').map(({ permission, scope }) => ({
      ...{ permission, scope, denied: false, from: null },
    })),
  );

/** The last day, as a field of the browser has it; a right ends when that day is over where it counts. */
export const untilDay = (until: string | null, timeZone: string): string =>
  until === null ? '' : addDays(localTime(until, timeZone).day, -1);
export const dayEnds = (day: string, timeZone: string): string | null =>
  day === '' ? null : instantOf(addDays(day, 1), '00:00', timeZone);
export const untilText = (until: string, timeZone: string): string =>
  formatDay(instantOf(untilDay(until, timeZone), '12:00', timeZone), language(), timeZone);
