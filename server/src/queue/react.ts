import type { React } from '../engine/decide-batch.ts';
import { idFor } from './day-end.ts';

/** What the queue itself wants later: a customer on hold waits again when the time is over. */
export const reactQueue: React = (fact, live, { streamId, commandId }) => {
  if (fact.type !== 'queue.ticketHeld' || fact.resumeAt === null) return [];
  return [
    {
      queue: 'command',
      startAfter: fact.resumeAt,
      data: {
        streamId,
        type: 'queue.resume',
        // Of this hold: by its version, a customer who is put aside a second time is not woken by the first.
        input: { stageId: fact.stageId, version: live.rows.stages.get(fact.stageId)?.version },
        commandId: idFor('resume', fact.stageId, commandId),
      },
    },
  ];
};
