import type { Instant } from '@schalter/shared/kernel/time.ts';

/** The server's time. Rules get it as an argument; nobody else reads a clock. */
export interface Clock {
  now(): Instant;
}
