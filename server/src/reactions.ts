import type { React } from './engine/decide-batch.ts';
import { reactQueue } from './queue/react.ts';

/** What follows from facts, capability by capability. */
export const reactions: React = (fact, live, ctx) => [...reactQueue(fact, live, ctx)];
