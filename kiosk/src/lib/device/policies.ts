import type { CommandPolicy } from '@schalter/shared/client/sender.ts';

/*
 * What the kiosk and the phone say, as policies.test.ts compares them with their commands: the registry itself
 * would bring all rules and schemas along.
 */
const ONLINE: CommandPolicy = { offline: 'refuse', expiresAfterMs: 60_000 };

const POLICIES: Readonly<Record<string, CommandPolicy>> = {
  'queue.issueTicket': ONLINE,
  'queue.leaseNumbers': ONLINE,
  'queue.recordTicket': { offline: 'queue', expiresAfterMs: null },
  'booking.checkIn': ONLINE,
  'queue.requestHelp': ONLINE,
  'platform.reportHealth': { offline: 'refuse', expiresAfterMs: null },
  'queue.confirmArrival': ONLINE,
  'queue.leave': ONLINE,
  'queue.delay': ONLINE,
  'queue.confirmComing': ONLINE,
  'queue.withdrawContact': ONLINE,
  'queue.allowPush': ONLINE,
  'queue.rate': ONLINE,
};

export const policyOf = (type: string): CommandPolicy | undefined => POLICIES[type];
export const POLICY_TYPES = Object.keys(POLICIES);
