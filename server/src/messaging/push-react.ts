import { approachingByPush } from '@schalter/shared/messaging/select.ts';
import { estimateWaits } from '@schalter/shared/queue/estimate.ts';
import type { React } from '../engine/decide-batch.ts';
import { noticesOf, type Notice } from './push-notices.ts';
import { movesLine } from './react.ts';

/** What the facts mean for browsers that asked to be told: jobs, in the transaction of their cause. */
export const reactPush: React = (fact, live, { now, streamId }) => {
  const near = movesLine(fact) ? approachingByPush(live, () => estimateWaits(live, now).tickets) : [];
  const notices: Notice[] = [
    ...noticesOf(fact, live),
    ...near.map(({ id: stageId }) => ({ kind: 'approaching', stageId }) as const),
  ];
  return notices.map((notice) => ({ queue: 'push', data: { streamId, notice, at: now } }) as const);
};
