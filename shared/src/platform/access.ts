import type { Actor } from '../kernel/actor.ts';
import type { Audience } from '../kernel/audience.ts';
import {
  permissionSpec,
  type Condition,
  type Permission,
  type Reach,
  type Right,
} from '../kernel/permission.ts';
import { grantsOf, isAsWide, SYSTEM_ROLES, type OwnRoles, type PersonRole } from './roles.ts';

/** What an actor is asking about: a stream of its organisation, and the location where it is one. */
export interface Scope {
  readonly organisationId: string;
  /** null for the organisation's own stream. */
  readonly locationId: string | null;
}

type Person = Extract<Actor, { kind: 'person' }>;

/** A condition is looked at when the right is used. */
function isMet(condition: Condition | null, person: Person): boolean {
  switch (condition?.kind) {
    case undefined:
      return true;
    case 'onPairedDevice':
      return person.deviceId !== null;
  }
}

/** Whether a right is about this place; a denial in the whole organisation is one of every location. */
function isAbout({ permission, effect, scope, locationIds }: Right, locationId: string | null): boolean {
  if (scope === 'organisation' || (effect === 'deny' && locationIds === 'all')) return true;
  if (locationId === null) return effect === 'allow' && permissionSpec(permission).narrows === true;
  return locationIds === 'all' || locationIds.includes(locationId);
}

function reachOf(person: Person, permission: Permission, { locationId }: Scope): Reach | null {
  let widest: Reach | null = null;
  for (const right of person.rights) {
    if (right.permission !== permission || !isAbout(right, locationId)) continue;
    if (right.effect === 'deny') return null;
    if (!isMet(right.condition, person)) continue;
    if (widest === null || !isAsWide(widest, right.scope)) widest = right.scope;
  }
  return widest;
}

/**
 * The one question of who may do what. It is asked for every command, every route and every subscription; the
 * screens ask it as well, so that nobody is offered what would be refused.
 */
export function can(actor: Actor, permission: Permission, scope: Scope): boolean {
  switch (actor.kind) {
    case 'system':
      return true;
    case 'anonymous':
      return scope.locationId !== null && permission === 'ticket.join';
    case 'customer':
    case 'device': {
      if (actor.organisationId !== scope.organisationId || actor.locationId !== scope.locationId)
        return false;
      const { grants } = SYSTEM_ROLES[actor.kind === 'customer' ? 'customer' : actor.deviceKind];
      return grants.some((grant) => grant.permission === permission);
    }
    case 'person':
      return actor.organisationId === scope.organisationId && reachOf(actor, permission, scope) !== null;
  }
}

/** True where the actor may do it for what is not its own as well: at a colleague's counter, say. */
export function canBeyondOwn(actor: Actor, permission: Permission, scope: Scope): boolean {
  if (actor.kind === 'system') return true;
  if (actor.kind !== 'person' || actor.organisationId !== scope.organisationId) return false;
  const reach = reachOf(actor, permission, scope);
  return reach !== null && reach !== 'own';
}

/** Where somebody works: whoever does, follows the queue there. */
export const worksAt = (actor: Actor, scope: Scope): boolean => can(actor, 'queue.read', scope);

/**
 * What somebody is told who may not. On a station without a person the person is missing: what waits there is
 * sent again once somebody has signed in.
 */
export const denialCode = (actor: Actor): 'notSignedIn' | 'notPermitted' =>
  actor.kind === 'anonymous' || (actor.kind === 'device' && actor.deviceKind === 'station')
    ? 'notSignedIn'
    : 'notPermitted';

/** What listening to a stream as this audience needs: a new audience does not compile without it. */
export const AUDIENCE_PERMISSION: Readonly<Record<Audience, Permission>> = {
  display: 'wall.read',
  kiosk: 'kiosk.read',
  customer: 'ticket.own',
  staff: 'queue.read',
  manager: 'people.read',
};

/** The highest audience that the actor may subscribe to in the scope; null where it may not at all. */
export function audienceOf(actor: Actor, scope: Scope): Audience | null {
  const may = (audience: Audience): boolean => can(actor, AUDIENCE_PERMISSION[audience], scope);
  switch (actor.kind) {
    case 'system':
    case 'anonymous':
      return null;
    case 'customer':
      return may('customer') ? 'customer' : null;
    case 'device':
      return actor.deviceKind !== 'station' && may(actor.deviceKind) ? actor.deviceKind : null;
    case 'person':
      // Who may know the people hears the organisation; at a location they are names beside a queue.
      if (scope.locationId !== null && !may('staff')) return null;
      if (may('manager')) return 'manager';
      return scope.locationId === null ? null : 'staff';
  }
}

/** A role's grants as rights: at these locations, or everywhere. */
export const rightsOfRole = (
  own: OwnRoles,
  role: string,
  locationIds: readonly string[] | 'all',
  until: string | null = null,
): Right[] => grantsOf(own, role).map((grant) => ({ ...grant, effect: 'allow', locationIds, until }));

const NO_OWN_ROLES: OwnRoles = new Map();
/** What a shipped role gives to somebody who has nothing else. */
export const rightsAs = (role: PersonRole, locationIds: readonly string[] | 'all'): readonly Right[] =>
  rightsOfRole(NO_OWN_ROLES, role, locationIds);
