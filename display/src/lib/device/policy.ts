import type { CommandPolicy } from '@schalter/shared/client/sender.ts';

/**
 * The two things that a display says, as `policy.test.ts` compares them with their commands: the registry
 * itself would bring all rules and schemas along.
 */
const POLICIES: Readonly<Record<string, CommandPolicy>> = {
  'queue.reportCall': { offline: 'queue', expiresAfterMs: null },
  'platform.reportHealth': { offline: 'refuse', expiresAfterMs: null },
};

export const displayPolicy = (type: string): CommandPolicy | undefined => POLICIES[type];
