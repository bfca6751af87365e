import { LIMITS_PER } from './decide.ts';
import type { Message, MessagingLive } from './rows.ts';
import { dedupeKey, neverSent } from './select.ts';

/** What is true of every live set, whatever commands led to it: the sentences that are not. */
export function messagingInvariants(live: MessagingLive): readonly string[] {
  const broken: string[] = [];
  const messages = [...live.rows.messages.values()];
  const keys = new Set(messages.map((m) => m.dedupeKey));
  if (keys.size !== messages.length) broken.push('a stage has two messages of one template');
  for (const message of messages) {
    broken.push(...ofMessage(message));
    const stage = live.rows.stages.get(message.stageId);
    if (stage !== undefined && stage.visitId !== message.visitId) {
      broken.push(`message ${message.id}: is about the stage of another visit`);
    }
  }
  for (const [visitId, count] of perVisit(messages)) {
    if (count > LIMITS_PER.ticket) broken.push(`visit ${visitId} has ${count} messages`);
  }
  return broken;
}

function ofMessage(message: Message): string[] {
  const broken: string[] = [];
  const say = (isBroken: boolean, what: string): void => {
    if (isBroken) broken.push(`message ${message.id}: ${what}`);
  };
  say(message.dedupeKey !== dedupeKey(message.stageId, message.template), 'has the key of another one');
  say(message.status === 'sending' && message.claimedUntil === null, 'is being sent by nobody');
  say(message.status === 'queued' && message.claimedUntil !== null, 'waits and is claimed');
  say(message.status === 'delivered' && message.deliveredAt === null, 'was delivered at no time');
  say(
    neverSent(message.status) && message.providerId !== null,
    'was never sent, but has the id of a carrier',
  );
  say(message.attempts === 0 && message.providerId !== null, 'was sent without an attempt');
  return broken;
}

function perVisit(messages: readonly Message[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { status, visitId } of messages) {
    if (!neverSent(status)) counts.set(visitId, (counts.get(visitId) ?? 0) + 1);
  }
  return counts;
}
