import type { React } from '../engine/decide-batch.ts';

/** What the rows do not say any more, the journal shall not say either: in the transaction of the erasure itself. */
export const reactPrivacy: React = (fact, _live, { streamId, commandId }) => {
  switch (fact.type) {
    case 'privacy.erased':
    case 'privacy.personErased':
    case 'queue.dayClosed':
    case 'messaging.dayClosed':
      return [{ queue: 'redact', data: { streamId, commandId, afterSeq: null } }];
    default:
      return [];
  }
};
