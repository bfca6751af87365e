import { decideAside } from './decide-aside.ts';
import { decideBlocks } from './decide-blocks.ts';
import { decideCalls } from './decide-calls.ts';
import { decideCustomer } from './decide-customer.ts';
import { decideDay } from './decide-day.ts';
import { decideTickets } from './decide-tickets.ts';
import { decideUndo } from './decide-undo.ts';
import type { QueueRules } from './found.ts';

/** The rules of the queue, numbered in docs/spec/queue.md. */
export const decideQueue: QueueRules = {
  ...decideTickets,
  ...decideBlocks,
  ...decideCalls,
  ...decideAside,
  ...decideUndo,
  ...decideCustomer,
  ...decideDay,
};
