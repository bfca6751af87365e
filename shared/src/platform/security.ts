import { z } from 'zod';
import { Id } from '../kernel/ids.ts';

/**
 * What happens to the access itself, beside the commands: the server records each as an entry of the organisation's
 * stream. A new one is a word here, and its words in four languages (staff-pwa/src/lib/setup/texts/audit).
 */
export const SECURITY_EVENTS = [
  'signedIn',
  'signInFailed',
  'signedOut',
  'lockedOut',
  'credentialsChanged',
  'factorAdded',
  'factorRemoved',
  'recoveryCodeUsed',
  'sessionsEnded',
  'proofFailed',
  'accessDenied',
  'auditExported',
  'personalDataExported',
  'recordRead',
] as const;
export type SecurityEventName = (typeof SECURITY_EVENTS)[number];

/** Ids and the machine's own words alone: nothing that anybody has typed, and no address. */
export const SecurityEvent = z.strictObject({
  event: z.enum(SECURITY_EVENTS),
  /** Whom it is about: whose sign-in failed, whose password was changed. */
  personId: Id.nullable(),
  /** Who did it, where that is known. */
  byPersonId: Id.nullable(),
  deviceId: Id.nullable(),
  locationId: Id.nullable(),
  /** 'password', 'pin'; a permission, a command's type; which list was read. */
  what: z.string().max(64).nullable(),
  /** Of a record that was read: its sequence in the audit. */
  seq: z.number().int().positive().nullable(),
  /** How often within the minute. */
  count: z.number().int().positive(),
});
export type SecurityEvent = z.output<typeof SecurityEvent>;

/** Commands that change who may do what: with the events, the report of what concerns security. */
export const SECURITY_COMMANDS = [
  'platform.recordSecurityEvent',
  'platform.setAuditPolicy',
  'platform.setSignInPolicy',
  'platform.setPerson',
  'platform.registerDevice',
  'platform.revokeDevice',
] as const;
