import { erasedRow, isErasedLink } from '../personal-data.ts';
import { reject } from '../kernel/rejections.ts';
import type { Context } from '../kernel/command.ts';
import type { MessagingDecision } from './facts.ts';
import { maskPhone, type Message, type MessagingLive } from './rows.ts';
import { neverSent } from './select.ts';
import { linkOf } from './texts.ts';

/** The message without what leads to the customer: it still counts, and says what was said. */
const erased = (message: Message): Message => ({
  ...message,
  toE164: maskPhone(message.toE164),
  body: message.body.replace(linkOf(message.body), '').trim(),
});

/** A message under way when its customer withdrew, or was erased, is erased as soon as its end is known. */
export function erasedIfWithdrawn(live: MessagingLive, message: Message): Message {
  const visit = live.rows.visits.get(message.visitId);
  if (visit === undefined || visit.smsOptIn) return message;
  return isErasedLink(visit.linkToken) ? erasedRow('messages', message, ['day']) : erased(message);
}

/** M21: the customer wants no more messages. What is at the carrier already cannot be called back. */
export function forgetVisit(live: MessagingLive, { visitId }: { visitId: string }): MessagingDecision {
  if (!live.rows.visits.has(visitId)) return reject('visitUnknown');
  const rows = [...live.rows.messages.values()].flatMap((message): Message[] => {
    if (message.visitId !== visitId || message.status === 'sending') return [];
    return [erased(message.status === 'queued' ? { ...message, status: 'cancelled' } : message)];
  });
  return {
    ok: true,
    changes: rows.map((row) => ({ table: 'messages', row })),
    facts: [{ type: 'messaging.messagesForgotten', visitId }],
  };
}

/**
 * M22: the messages of tickets that are gone leave the live set. A ticket that is kept over night keeps its
 * messages, so that it is not told twice.
 */
export function archiveDay(
  live: MessagingLive,
  { businessDay }: { businessDay: string },
  ctx: Context,
): MessagingDecision {
  const rows = [...live.rows.messages.values()].flatMap((message): Message[] => {
    const isGone = message.businessDay <= businessDay && !live.rows.stages.has(message.stageId);
    if (!isGone || message.status === 'sending') return [];
    const status = message.status === 'queued' ? 'expired' : message.status;
    return [erasedRow('messages', { ...message, status, archivedAt: ctx.now }, ['day'])];
  });
  return {
    ok: true,
    changes: [...rows.map((row) => ({ table: 'messages' as const, row })), ...spent(live, rows, ctx)],
    facts: [{ type: 'messaging.dayClosed', businessDay, archived: rows.length }],
  };
}

/** What leaves is added up in the location's row: the budget of the month is asked of it from then on. */
function spent(live: MessagingLive, rows: readonly Message[], ctx: Context) {
  const location = live.rows.locations.get(ctx.streamId);
  const sent = rows.filter(({ status }) => !neverSent(status));
  const month = sent
    .map(({ businessDay }) => businessDay.slice(0, 7))
    .sort()
    .at(-1);
  if (location === undefined || month === undefined) return [];
  // What was left of a month that is over changes nothing any more.
  if (location.smsMonth !== null && month < location.smsMonth) return [];
  const ofMonth = sent.filter(({ businessDay }) => businessDay.startsWith(month)).length;
  const before = location.smsMonth === month ? location.smsMonthSent : 0;
  return [
    { table: 'locations' as const, row: { ...location, smsMonth: month, smsMonthSent: before + ofMonth } },
  ];
}
