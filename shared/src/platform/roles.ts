// No zod in this file: `access.ts` and the guards of the screens are made of it.
import type { DeviceKind } from '../kernel/actor.ts';
import { PERMISSIONS, type Grant, type Permission, type Reach } from '../kernel/permission.ts';

/** The roles that people can be given; an organisation adds its own. */
export const PERSON_ROLES = ['owner', 'manager', 'clerk', 'technician', 'dispatcher', 'accountant'] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];
/** What machines and customers are. */
export type SystemRole = PersonRole | DeviceKind | 'customer';

export interface RoleDef {
  /** A role has what its parents have. */
  readonly parents: readonly string[];
  readonly grants: readonly Grant[];
}

const give = (scope: Reach, ...permissions: Permission[]): Grant[] =>
  permissions.map((permission) => ({ permission, scope, condition: null }));

/**
 * The shipped roles. They are code, the same in every organisation and with no row: nothing that is sent can name
 * them as a thing to change, so none can be deleted or emptied.
 */
export const SYSTEM_ROLES: Readonly<Record<SystemRole, RoleDef>> = {
  owner: {
    parents: ['manager', 'accountant'],
    grants: give(
      'organisation',
      'organisation.set',
      'location.open',
      'location.set',
      'people.read',
      'people.set',
      'roles.set',
      'devices.set',
      'services.set',
      'counters.set',
      'counter.serve',
      'queue.read',
      'ticket.issue',
      'ticket.manage',
      'reservation.record',
      'reservation.checkIn',
      'day.close',
      'audit.read',
      'person.export',
      'person.erase',
      'people.erase',
    ),
  },
  manager: {
    parents: ['clerk', 'dispatcher'],
    grants: [
      ...give('organisation', 'people.read'),
      ...give('location', 'location.set', 'people.set', 'devices.set', 'services.set', 'counters.set'),
      ...give('location', 'counter.serve', 'day.close', 'audit.read'),
      ...give('location', 'person.export', 'person.erase'),
    ],
  },
  /** Whoever stands at a counter: counter staff, service advisor. */
  clerk: {
    parents: ['technician'],
    grants: [
      ...give('own', 'counter.serve'),
      ...give('location', 'ticket.issue', 'ticket.manage', 'reservation.checkIn'),
    ],
  },
  /** Sees what waits, on a tablet in the workshop or the yard. */
  technician: {
    parents: [],
    grants: [...give('location', 'queue.read'), ...give('own', 'device.report', 'profile.set')],
  },
  dispatcher: {
    parents: ['technician'],
    grants: give('location', 'ticket.issue', 'ticket.manage', 'reservation.record', 'reservation.checkIn'),
  },
  accountant: {
    parents: [],
    grants: [...give('organisation', 'queue.read', 'audit.read'), ...give('own', 'profile.set')],
  },
  kiosk: {
    parents: [],
    grants: [
      ...give('own', 'kiosk.read', 'ticket.record', 'help.request', 'device.report'),
      ...give('location', 'ticket.issue', 'reservation.checkIn'),
    ],
  },
  display: { parents: [], grants: give('own', 'wall.read', 'call.report', 'device.report') },
  /** A paired tablet with nobody signed in. */
  station: { parents: [], grants: give('own', 'device.report') },
  customer: { parents: [], grants: give('own', 'ticket.own') },
};

const isSystemRole = (role: string): role is SystemRole => Object.hasOwn(SYSTEM_ROLES, role);

/** Rows from before the roles were data call the owner so. */
const FORMER_OWNER = 'admin';
export const roleOf = (role: string): string => (role === FORMER_OWNER ? 'owner' : role);

/** What an organisation's own roles are, by id. */
export type OwnRoles = ReadonlyMap<string, RoleDef>;

export const roleDef = (own: OwnRoles, role: string): RoleDef | null =>
  isSystemRole(role) ? SYSTEM_ROLES[role] : (own.get(role) ?? null);

const WIDTH: Readonly<Record<Reach, number>> = { own: 0, location: 1, organisation: 2 };
export const isAsWide = (a: Reach, b: Reach): boolean => WIDTH[a] >= WIDTH[b];

/** The role itself, its parents, theirs, each once; what there is not, or no more, is passed over. */
export function lineage(own: OwnRoles, role: string): readonly string[] {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const def = seen.has(name) ? null : roleDef(own, name);
    if (def === null) return;
    seen.add(name);
    def.parents.forEach(visit);
  };
  visit(role);
  return [...seen];
}

/** All that a role gives, its parents' included; of the same twice, the wider. */
export function grantsOf(own: OwnRoles, role: string): readonly Grant[] {
  const widest = new Map<string, Grant>();
  for (const name of lineage(own, role)) {
    for (const grant of roleDef(own, name)?.grants ?? []) {
      const key = `${grant.permission} ${grant.condition?.kind ?? ''}`;
      const known = widest.get(key);
      if (known === undefined || !isAsWide(known.scope, grant.scope)) widest.set(key, grant);
    }
  }
  return [...widest.values()];
}

/** What machines, customers and the server alone do. */
const NOT_FOR_PEOPLE = [
  'kiosk.read',
  'wall.read',
  'ticket.record',
  'ticket.join',
  'ticket.own',
  'call.report',
  'help.request',
  'message.run',
  'presence.watch',
  'security.record',
] as const satisfies readonly Permission[];
/** What an organisation can give to people: all that its owners have. */
export type Grantable = Exclude<Permission, (typeof NOT_FOR_PEOPLE)[number]>;
export const GRANTABLE = PERMISSIONS.filter((name): name is Grantable =>
  NOT_FOR_PEOPLE.every((other) => other !== name),
);
