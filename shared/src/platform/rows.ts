import { z } from 'zod';
import { Id } from '../kernel/ids.ts';
import { DeviceKind } from '../kernel/actor.ts';
import { sees } from '../kernel/audience.ts';
import { defineTable, type Live } from '../kernel/live.ts';
import { CONDITIONS, SCOPES, permissionSpec } from '../kernel/permission.ts';
import { Hours, Instant, TimeOfDay } from '../kernel/time-schemas.ts';
import { Language, Localised, Text } from '../kernel/text.ts';
import { GRANTABLE } from './roles.ts';

const base = { id: Id, organisationId: Id, archivedAt: Instant.nullable() };

export const Organisation = z.object({
  ...base,
  name: z.string(),
  language: Language,
  currency: z.string().length(3),
  /** Reading sensitive records is an entry of the audit as well. */
  recordReads: z.boolean(),
  /** Who sets up signs in with two factors. */
  secondFactorRequired: z.boolean(),
});
export type Organisation = z.output<typeof Organisation>;

export const LOCATION_KINDS = ['airport', 'downtown', 'hotel', 'mall', 'residential'] as const;

/** What becomes of tickets that are open when the business day ends. */
export const END_OF_DAY = ['close', 'keep'] as const;

/** How a location works. Its id is the id of its stream. */
export const Location = z.object({
  ...base,
  locationId: Id,
  /** Short name in addresses, "zrh"; unique in the organisation. */
  code: z.string(),
  name: z.string(),
  kind: z.enum(LOCATION_KINDS),
  address: z.string(),
  phone: z.string(),
  timeZone: z.string(),
  hours: Hours,
  /** The business day begins at this local time. */
  dayStart: TimeOfDay,
  /** What happens to tickets that are still open when the business day ends. */
  endOfDay: z.enum(END_OF_DAY),
  languages: z.array(Language).min(1),
  /** Where to wait, said on the ticket. */
  waitingArea: Localised(80),
  /** The line at the foot of the wall. */
  houseMessage: Localised(160),
  joinByPhone: z.boolean(),
  /** ISO 3166 countries whose mobile numbers may get an SMS. */
  smsCountries: z.array(z.string().length(2)),
  /** Messages that may go out in a business day, and in a calendar month of them; then none do. */
  smsPerDay: z.number().int().min(0).max(10_000),
  smsPerMonth: z.number().int().min(0).max(300_000),
  /** "2026-05", and what went out in its days that are closed. */
  smsMonth: z.string().length(7).nullable(),
  smsMonthSent: z.number().int(),
  /** "Your turn approaches" goes out at this place in line or this many minutes, whichever comes first. */
  approachingPlace: z.number().int().min(1).max(20),
  approachingMin: z.number().int().min(1).max(60),
  /** A no-show may be marked after this many calls of the same ticket… */
  noShowAfterCalls: z.number().int().min(1).max(9),
  /** …or when the call is this old. */
  noShowAfterS: z.number().int().min(10).max(1800),
  isPickup: z.boolean(),
  isReturn: z.boolean(),
  capacity: z.number().int().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
});
export type Location = z.output<typeof Location>;

/** A shipped role, or the id of one of the organisation's own. */
const RoleName = z.string();

export const Person = z.object({
  ...base,
  name: z.string(),
  email: z.string(),
  /** What the person is: a shipped role, or one of the organisation's own. */
  role: RoleName,
  /** Where that counts, unless it does everywhere; empty for owners, who work everywhere. */
  locationIds: z.array(Id),
  everywhere: z.boolean(),
  roleExpiresAt: Instant.nullable(),
  /** Who gave it when; null from before that was kept, and where the server itself gave it. */
  roleAssignedBy: Id.nullable(),
  roleAssignedAt: Instant.nullable(),
  language: Language,
  active: z.boolean(),
});
export type Person = z.output<typeof Person>;

/** A permission at a scope at which it makes sense. */
export const GrantInput = z
  .strictObject({
    permission: z.enum(GRANTABLE),
    scope: z.enum(SCOPES),
    condition: z.strictObject({ kind: z.enum(CONDITIONS) }).nullable(),
  })
  .refine(({ permission, scope }) => permissionSpec(permission).scopes.includes(scope), { path: ['scope'] });

/** A role that the organisation has made itself; the shipped ones are in roles.ts. */
export const Role = z.object({
  ...base,
  name: z.string(),
  /** What each of these has, this one has as well. */
  parents: z.array(RoleName),
  grants: z.array(GrantInput),
});
export type Role = z.output<typeof Role>;

const ofPerson = {
  ...base,
  personId: Id,
  locationIds: z.array(Id),
  everywhere: z.boolean(),
  assignedBy: Id.nullable(),
  assignedAt: Instant,
  expiresAt: Instant.nullable(),
  /** False once it was taken back; it is archived then. */
  active: z.boolean(),
};

/** A further role of a person, beside that of the person's row. */
export const RoleAssignment = z.object({ ...ofPerson, role: RoleName });
export type RoleAssignment = z.output<typeof RoleAssignment>;

export const EFFECTS = ['allow', 'deny'] as const;
/** What one person may or may not, whatever the roles say. */
export const PersonGrant = z.object({ ...ofPerson, ...GrantInput.shape, effect: z.enum(EFFECTS) });
export type PersonGrant = z.output<typeof PersonGrant>;

export const PRINTER_STATES = [
  'ready',
  'paperOut',
  'coverOpen',
  'offline',
  'disconnected',
  'unsupported',
  'notChosen',
] as const;
export const SOUND_STATES = ['voice', 'chimeOnly', 'locked', 'off'] as const;
/** What a display shows beside the calls. */
export const MEDIA_ZONES = ['none', 'text'] as const;

/** How the device itself is, as far as its browser says; devices of before say nothing of it. */
export const DeviceState = z.object({
  /** "1080x1920", as the app has it. */
  screen: z.string().max(20).nullish(),
  /** The panel is kept on. */
  wakeLock: z.boolean().nullish(),
  /** What is stored is kept until it is removed, not until the browser needs the room. */
  storageKept: z.boolean().nullish(),
});

/** What a device says of itself; it reports a change only, so it is kept with the row. */
export const DeviceHealth = z.object({
  printer: z.enum(PRINTER_STATES).nullable(),
  sound: z.enum(SOUND_STATES).nullable(),
  version: z.string(),
  ...DeviceState.shape,
  at: Instant,
});

export const DeviceSettings = z.object({
  /** The services a kiosk offers or a display shows; empty for all. */
  serviceIds: z.array(Id),
  /** Languages in which a display announces, in this order; a kiosk's first is its start language. */
  languages: z.array(Language),
  /** How long a call fills the wall. Shorter only while several calls wait. */
  takeoverMs: z.number().int().min(500).max(30_000),
  speech: z.boolean(),
  /** Kiosk: the printer's paper. */
  paperMm: z.union([z.literal(58), z.literal(80)]),
  /** Display: the right zone of the wall. */
  media: z.enum(MEDIA_ZONES),
  mediaText: Localised(280),
});
export type DeviceSettings = z.output<typeof DeviceSettings>;

export const Device = z.object({
  ...base,
  locationId: Id,
  kind: DeviceKind,
  name: z.string(),
  settings: DeviceSettings,
  health: DeviceHealth.nullable(),
  pairedAt: Instant,
  revokedAt: Instant.nullable(),
});
export type Device = z.output<typeof Device>;

export interface PlatformTables {
  organisations: Organisation;
  people: Person;
  roles: Role;
  roleAssignments: RoleAssignment;
  personGrants: PersonGrant;
  locations: Location;
  devices: Device;
}
export type PlatformLive = Live<PlatformTables>;

export const platformTables = {
  organisations: defineTable<Organisation>({
    name: 'organisations',
    stream: 'organisation',
    schema: Organisation,
    mask: (_audience, row) => row,
  }),
  people: defineTable<Person>({
    name: 'people',
    stream: 'organisation',
    schema: Person,
    mask: (audience, row) => (sees(audience, 'manager') ? row : null),
  }),
  roles: defineTable<Role>({
    name: 'roles',
    stream: 'organisation',
    schema: Role,
    mask: (audience, row) => (sees(audience, 'manager') ? row : null),
  }),
  roleAssignments: defineTable<RoleAssignment>({
    name: 'roleAssignments',
    stream: 'organisation',
    schema: RoleAssignment,
    mask: (audience, row) => (sees(audience, 'manager') ? row : null),
  }),
  personGrants: defineTable<PersonGrant>({
    name: 'personGrants',
    stream: 'organisation',
    schema: PersonGrant,
    mask: (audience, row) => (sees(audience, 'manager') ? row : null),
  }),
  locations: defineTable<Location>({
    name: 'locations',
    stream: 'location',
    schema: Location,
    // What it takes to spend all messages of a day is nobody's business in the hall.
    mask: (audience, row) =>
      sees(audience, 'staff')
        ? row
        : { ...row, smsPerDay: 0, smsPerMonth: 0, smsMonth: null, smsMonthSent: 0 },
  }),
  devices: defineTable<Device>({
    name: 'devices',
    stream: 'location',
    schema: Device,
    // A kiosk and a display need their own settings; a device row holds nothing personal.
    mask: (audience, row) => (audience === 'customer' ? null : row),
  }),
};

/**
 * A thousand a day are twice what a busy station needs: beyond it, something is wrong. A month of busy days is half of
 * what that would add up to.
 */
export const SMS_PER_DAY = 1_000;
export const SMS_PER_MONTH = 15_000;

/** What a manager types for a location (its id, stream and organisation come from the command). */
export const LocationInput = Location.omit({
  id: true,
  organisationId: true,
  locationId: true,
  archivedAt: true,
  smsMonth: true,
  smsMonthSent: true,
})
  .extend({
    smsPerDay: Location.shape.smsPerDay.default(SMS_PER_DAY),
    smsPerMonth: Location.shape.smsPerMonth.default(SMS_PER_MONTH),
    code: z.string().regex(/^[a-z0-9-]{2,24}$/),
    name: Text(60).pipe(z.string().min(1)),
    address: Text(200),
    phone: Text(30),
  })
  .strict();
