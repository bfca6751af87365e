import type { Actor, DeviceKind, Role } from '../kernel/actor.ts';
import type { Audience } from '../kernel/audience.ts';
import type { Permission } from '../kernel/permission.ts';

/**
 * The one table of who may do what. A permission is checked on every command and every subscription; the
 * screens ask the same function, so that nobody is offered what would be refused.
 */
const CLERK: readonly Permission[] = [
  'counter.serve',
  'ticket.issue',
  'ticket.manage',
  'reservation.checkIn',
  'device.report',
];
const MANAGER: readonly Permission[] = [
  ...CLERK,
  'location.set',
  'people.set',
  'devices.set',
  'services.set',
  'counters.set',
  'reservation.record',
  'day.close',
  'audit.read',
];

const ROLE: Readonly<Record<Role, readonly Permission[]>> = {
  admin: [...MANAGER, 'organisation.set', 'location.open'],
  manager: MANAGER,
  clerk: CLERK,
};

const DEVICE: Readonly<Record<DeviceKind, readonly Permission[]>> = {
  kiosk: ['ticket.issue', 'reservation.checkIn', 'help.request', 'device.report'],
  display: ['call.report', 'device.report'],
  station: ['device.report'],
};

/** What an actor is asking about: a stream of its organisation, and the location where it is one. */
export interface Scope {
  readonly organisationId: string;
  /** null for the organisation's own stream. */
  readonly locationId: string | null;
}

/** True where the actor works in the scope at all (right organisation, right location). */
export function inScope(actor: Actor, scope: Scope): boolean {
  switch (actor.kind) {
    case 'system':
      return true;
    case 'anonymous':
      return scope.locationId !== null;
    case 'customer':
    case 'device':
      return actor.organisationId === scope.organisationId && actor.locationId === scope.locationId;
    case 'person':
      if (actor.organisationId !== scope.organisationId) return false;
      if (scope.locationId === null) return actor.role !== 'clerk';
      return actor.locationIds === 'all' || actor.locationIds.includes(scope.locationId);
  }
}

export function can(actor: Actor, permission: Permission, scope: Scope): boolean {
  if (actor.kind === 'system') return true;
  if (actor.kind === 'person' && permission === 'location.open') {
    return actor.role === 'admin' && actor.organisationId === scope.organisationId;
  }
  if (!inScope(actor, scope)) return false;
  switch (actor.kind) {
    case 'anonymous':
      return permission === 'ticket.join';
    case 'customer':
      return permission === 'ticket.own';
    case 'device':
      return DEVICE[actor.deviceKind].includes(permission);
    case 'person':
      return ROLE[actor.role].includes(permission);
  }
}

/**
 * What somebody is told who may not. On a station without a person the person is missing: what waits there is
 * sent again once somebody has signed in.
 */
export const denialCode = (actor: Actor): 'notSignedIn' | 'notPermitted' =>
  actor.kind === 'anonymous' || (actor.kind === 'device' && actor.deviceKind === 'station')
    ? 'notSignedIn'
    : 'notPermitted';

/** The highest audience that the actor may subscribe to in the scope; null where it may not at all. */
export function audienceOf(actor: Actor, scope: Scope): Audience | null {
  if (actor.kind === 'system' || actor.kind === 'anonymous' || !inScope(actor, scope)) return null;
  switch (actor.kind) {
    case 'customer':
      return 'customer';
    case 'device':
      if (actor.deviceKind === 'station') return null;
      return actor.deviceKind;
    case 'person':
      return actor.role === 'clerk' ? 'staff' : 'manager';
  }
}
