import type { React } from '../engine/decide-batch.ts';
import { idFor } from './day-end.ts';

/** What the queue itself wants later: a customer on hold waits again when the time is over. */
export const reactQueue: React = (fact, _live, { streamId, commandId }) => {
  if (fact.type !== 'queue.ticketHeld' || fact.resumeAt === null) return [];
  return [
    {
      queue: 'command',
      startAfter: fact.resumeAt,
      data: {
        streamId,
        type: 'queue.resume',
        input: { stageId: fact.stageId },
        commandId: idFor('resume', fact.stageId, commandId),
      },
    },
  ];
};
