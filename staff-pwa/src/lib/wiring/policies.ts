import type { CommandPolicy } from '@schalter/shared/client/sender.ts';
import type { CommandType } from '@schalter/shared/registry.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const setUp: CommandPolicy = { offline: 'refuse', expiresAfterMs: MINUTE_MS };
/** At one's own counter. */
const service: CommandPolicy = { offline: 'queue', expiresAfterMs: 8 * HOUR_MS };

/**
 * The commands that this app sends, and what being offline means for each. The registry says the same (a test
 * compares them), but it brings every schema and zod along: 28 kB gzip that a counter never parses with.
 */
export const POLICIES = {
  'platform.openLocation': setUp,
  'platform.setLocation': setUp,
  'platform.setPerson': setUp,
  'platform.setAuditPolicy': setUp,
  'platform.setSignInPolicy': setUp,
  'platform.setAssignment': setUp,
  'platform.setGrant': setUp,
  'platform.setRole': setUp,
  'platform.archiveRole': setUp,
  'platform.setDevice': setUp,
  'platform.revokeDevice': setUp,
  'directory.setService': setUp,
  'directory.archiveService': setUp,
  'directory.setCounter': setUp,
  'directory.archiveCounter': setUp,
  'directory.signOn': service,
  'directory.signOff': service,
  'directory.setBreak': service,
  'directory.releaseShare': setUp,
  'booking.checkIn': setUp,
  'privacy.erase': { offline: 'refuse', expiresAfterMs: null },
  'queue.issueTicket': setUp,
  'queue.markArrived': service,
  'queue.callNext': service,
  'queue.call': service,
  'queue.recall': service,
  'queue.start': service,
  'queue.complete': service,
  'queue.hold': service,
  'queue.resume': service,
  'queue.requeue': service,
  'queue.transfer': service,
  'queue.markNoShow': service,
  'queue.cancel': service,
  'queue.reopen': service,
  'queue.undo': service,
  'queue.acknowledgeDoubleCall': service,
  'queue.serveWithoutTicket': service,
  'queue.setNote': service,
  'queue.resolveHelp': service,
} as const satisfies Partial<Record<CommandType, CommandPolicy>>;

export type StaffCommand = keyof typeof POLICIES;

export const policyOf = (type: string): CommandPolicy | undefined =>
  (POLICIES as Readonly<Record<string, CommandPolicy>>)[type];
