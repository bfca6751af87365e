// No zod in this file: the phone page and the wall ask `can` as well.

/** What is done to a resource. */
export const ACTIONS = ['create', 'read', 'update', 'delete', 'execute'] as const;

/**
 * How far a right reaches: what is one's own (the own counter, the own tablet, the own ticket), a location, all of the
 * organisation. Beyond it there is `all`, which the server alone has: organisations are islands.
 */
export const SCOPES = ['own', 'location', 'organisation'] as const;
export type Reach = (typeof SCOPES)[number];

interface PermissionSpec {
  readonly resource: string;
  readonly action: (typeof ACTIONS)[number];
  /** The scopes at which it makes sense; a role or a grant cannot give it at another. */
  readonly scopes: readonly Reach[];
  /**
   * True where the rule behind it looks at the locations itself: then a right at one location is enough to ask in the
   * organisation's stream.
   */
  readonly narrows?: true;
}

const HERE = ['location', 'organisation'] as const;
const OWN = ['own'] as const;
const WHOLE = ['organisation'] as const;

/** Everything that can be allowed, by its name. Who may what is platform's business: `platform/roles.ts`. */
export const PERMISSION = {
  'organisation.set': { resource: 'organisation', action: 'update', scopes: WHOLE },
  'location.open': { resource: 'location', action: 'create', scopes: WHOLE },
  'location.set': { resource: 'location', action: 'update', scopes: HERE },
  'people.read': { resource: 'people', action: 'read', scopes: WHOLE },
  'people.set': { resource: 'people', action: 'update', scopes: HERE, narrows: true },
  /** One's own name and language: the row lies in the organisation's stream, whoever it is of. */
  'profile.set': { resource: 'people', action: 'update', scopes: OWN, narrows: true },
  'roles.set': { resource: 'roles', action: 'update', scopes: WHOLE },
  'devices.set': { resource: 'devices', action: 'update', scopes: HERE, narrows: true },
  'device.report': { resource: 'devices', action: 'execute', scopes: OWN },
  'services.set': { resource: 'services', action: 'update', scopes: HERE },
  'counters.set': { resource: 'counters', action: 'update', scopes: HERE },
  /** `own` serves at the counter where one is signed on; wider helps out at those of colleagues. */
  'counter.serve': { resource: 'counters', action: 'execute', scopes: ['own', ...HERE] },
  'presence.watch': { resource: 'counters', action: 'update', scopes: [] },
  'queue.read': { resource: 'queue', action: 'read', scopes: HERE },
  'kiosk.read': { resource: 'kiosk', action: 'read', scopes: OWN },
  'wall.read': { resource: 'wall', action: 'read', scopes: OWN },
  'ticket.issue': { resource: 'tickets', action: 'create', scopes: HERE },
  'ticket.record': { resource: 'tickets', action: 'create', scopes: OWN },
  'ticket.join': { resource: 'tickets', action: 'create', scopes: OWN },
  'ticket.own': { resource: 'tickets', action: 'update', scopes: OWN },
  'ticket.manage': { resource: 'tickets', action: 'update', scopes: HERE },
  'call.report': { resource: 'calls', action: 'create', scopes: OWN },
  'help.request': { resource: 'help', action: 'create', scopes: OWN },
  'reservation.record': { resource: 'reservations', action: 'create', scopes: HERE },
  'reservation.checkIn': { resource: 'reservations', action: 'execute', scopes: HERE },
  'message.run': { resource: 'messages', action: 'execute', scopes: [] },
  'day.close': { resource: 'day', action: 'execute', scopes: HERE },
  'audit.read': { resource: 'audit', action: 'read', scopes: HERE, narrows: true },
  'security.record': { resource: 'audit', action: 'create', scopes: [] },
  'person.export': { resource: 'personalData', action: 'read', scopes: HERE },
  'person.erase': { resource: 'personalData', action: 'delete', scopes: HERE },
  'people.erase': { resource: 'people', action: 'delete', scopes: WHOLE },
} as const satisfies Readonly<Record<string, PermissionSpec>>;

export type Permission = keyof typeof PERMISSION;
export const PERMISSIONS = Object.keys(PERMISSION) as readonly Permission[];
export type Resource = (typeof PERMISSION)[Permission]['resource'];
/** The same table, for whoever asks by a name that is known at run time only. */
export const permissionSpec = (permission: Permission): PermissionSpec => PERMISSION[permission];

/** What must be true at the moment of use: on a paired tablet of the house, not from a phone or from home. */
export const CONDITIONS = ['onPairedDevice'] as const;
export interface Condition {
  readonly kind: (typeof CONDITIONS)[number];
}

/** What a role gives, or a grant to a single person. */
export interface Grant {
  readonly permission: Permission;
  readonly scope: Reach;
  readonly condition: Condition | null;
}

/** A grant as it counts for one person: where, until when, and whether it gives or takes away. */
export interface Right extends Grant {
  /** A denial is stronger than whatever gives the same. */
  readonly effect: 'allow' | 'deny';
  readonly locationIds: readonly string[] | 'all';
  readonly until: string | null;
}
