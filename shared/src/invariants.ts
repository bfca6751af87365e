import { bookingInvariants } from './booking/invariants.ts';
import { directoryInvariants } from './directory/invariants.ts';
import { messagingInvariants } from './messaging/invariants.ts';
import { platformInvariants } from './platform/invariants.ts';
import { queueInvariants } from './queue/invariants.ts';
import type { AllLive } from './registry.ts';

/** What never is, of every capability; each thing that is all the same, in words. */
export const brokenInvariants = (live: AllLive): readonly string[] => [
  ...platformInvariants(live),
  ...directoryInvariants(live),
  ...queueInvariants(live),
  ...messagingInvariants(live),
  ...bookingInvariants(live),
];
