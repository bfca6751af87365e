import { z } from 'zod';
import { DeviceKind } from '../kernel/actor.ts';
import { command } from '../kernel/command.ts';
import { Id } from '../kernel/ids.ts';
import { Language, NonEmptyText } from '../kernel/text.ts';
import { Instant } from '../kernel/time-schemas.ts';
import { PERSON_ROLES, roleOf } from './roles.ts';
import {
  DeviceSettings,
  LocationInput,
  EFFECTS,
  GrantInput,
  DeviceState,
  PRINTER_STATES,
  SOUND_STATES,
} from './rows.ts';
import { SecurityEvent } from './security.ts';

const setUp = { offline: 'refuse', expiresAfterMs: 60_000, kind: 'request' } as const;

/** A tablet with last week's page still calls the owner "admin". */
const RoleRef = z.union([z.enum([...PERSON_ROLES, 'admin']), Id]).transform(roleOf);
const where = { locationIds: z.array(Id).max(100), everywhere: z.boolean() };
const given = { personId: Id, ...where, expiresAt: Instant.nullable(), active: z.boolean() };

export const platformCommands = {
  /** The first command of an organisation's stream; only the server itself may send it. */
  'platform.createOrganisation': command({
    ...setUp,
    stream: 'organisation',
    permission: 'organisation.set',
    opensStream: true,
    summary: 'Create the organisation',
    input: z.strictObject({ name: NonEmptyText(80), language: Language, currency: z.string().length(3) }),
  }),
  'platform.setAuditPolicy': command({
    ...setUp,
    stream: 'organisation',
    permission: 'organisation.set',
    summary: 'Switch on or off that reading sensitive records is recorded',
    input: z.strictObject({ recordReads: z.boolean() }),
  }),
  'platform.setSignInPolicy': command({
    ...setUp,
    stream: 'organisation',
    permission: 'organisation.set',
    proof: () => '',
    summary: 'Ask two factors of whoever sets up, or no longer',
    input: z.strictObject({ secondFactorRequired: z.boolean() }),
  }),
  /** What is not a command, and belongs into the audit all the same; only the server itself may send it. */
  'platform.recordSecurityEvent': command({
    stream: 'organisation',
    permission: 'security.record',
    offline: 'refuse',
    expiresAfterMs: null,
    kind: 'record',
    summary: 'Record a sign-in, a refusal, an export: what concerns security',
    input: SecurityEvent,
  }),
  /** The first command of a location's stream; its stream id becomes the location's id. */
  'platform.openLocation': command({
    ...setUp,
    stream: 'location',
    permission: 'location.open',
    opensStream: true,
    summary: 'Open a location',
    input: LocationInput,
  }),
  'platform.setLocation': command({
    ...setUp,
    stream: 'location',
    permission: 'location.set',
    summary: 'Change how a location works',
    input: LocationInput,
  }),
  'platform.setPerson': command({
    ...setUp,
    stream: 'organisation',
    permission: 'people.set',
    proof: ({ personId }) => personId,
    summary: 'Add or change a person',
    input: z.strictObject({
      personId: Id,
      name: NonEmptyText(60),
      email: z
        .email()
        .max(254)
        .transform((e) => e.toLowerCase()),
      role: RoleRef,
      ...where,
      everywhere: where.everywhere.default(false),
      roleExpiresAt: Instant.nullable().default(null),
      language: Language,
      active: z.boolean(),
    }),
  }),
  'platform.setOwnProfile': command({
    ...setUp,
    stream: 'organisation',
    permission: 'profile.set',
    summary: "Change one's own name and language",
    input: z.strictObject({ name: NonEmptyText(60), language: Language }),
  }),
  'platform.setAssignment': command({
    ...setUp,
    stream: 'organisation',
    permission: 'people.set',
    proof: ({ personId }) => personId,
    summary: 'Give a person a further role, change where or how long, or take it back',
    input: z.strictObject({ assignmentId: Id, role: RoleRef, ...given }),
  }),
  'platform.setGrant': command({
    ...setUp,
    stream: 'organisation',
    permission: 'people.set',
    proof: ({ personId }) => personId,
    summary: 'Allow or deny one person something, whatever the roles say',
    input: z.strictObject({ grantId: Id, effect: z.enum(EFFECTS), grant: GrantInput, ...given }),
  }),
  'platform.setRole': command({
    ...setUp,
    stream: 'organisation',
    permission: 'roles.set',
    proof: ({ roleId }) => roleId,
    summary: 'Add or change a role of the organisation',
    input: z.strictObject({
      roleId: Id,
      name: NonEmptyText(40),
      parents: z.array(RoleRef).max(10),
      grants: z.array(GrantInput).max(60),
    }),
  }),
  'platform.archiveRole': command({
    ...setUp,
    stream: 'organisation',
    permission: 'roles.set',
    proof: ({ roleId }) => roleId,
    summary: 'Take a role of the organisation out of use for good',
    input: z.strictObject({ roleId: Id }),
  }),
  'platform.registerDevice': command({
    ...setUp,
    stream: 'location',
    permission: 'devices.set',
    summary: 'Register a paired device',
    input: z.strictObject({
      deviceId: Id,
      kind: DeviceKind,
      name: NonEmptyText(60),
      settings: DeviceSettings.strict(),
    }),
  }),
  'platform.setDevice': command({
    ...setUp,
    stream: 'location',
    permission: 'devices.set',
    summary: 'Change a device',
    input: z.strictObject({ deviceId: Id, name: NonEmptyText(60), settings: DeviceSettings.strict() }),
  }),
  'platform.revokeDevice': command({
    ...setUp,
    stream: 'location',
    permission: 'devices.set',
    summary: 'Revoke a device; its connection ends',
    input: z.strictObject({ deviceId: Id }),
  }),
  'platform.reportHealth': command({
    stream: 'location',
    permission: 'device.report',
    offline: 'refuse',
    expiresAfterMs: null,
    kind: 'record',
    summary: 'A device says how its printer and sound are',
    input: z.strictObject({
      printer: z.enum(PRINTER_STATES).nullable(),
      sound: z.enum(SOUND_STATES).nullable(),
      version: z.string().max(40),
      ...DeviceState.shape,
    }),
  }),
};
export type PlatformCommands = typeof platformCommands;
