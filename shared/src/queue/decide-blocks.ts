import type { Context } from '../kernel/command.ts';
import type { Change } from '../kernel/live.ts';
import { reject } from '../kernel/rejections.ts';
import { addDays, businessDay, instant, ms, type Instant } from '../kernel/time.ts';
import type { Location } from '../platform/rows.ts';
import { BLOCK_SIZE, BLOCKS_MAX, blocksOn, firstOf, isIn, nextFirst } from './blocks.ts';
import type { QueueRules } from './found.ts';
import type { NumberBlock, QueueLive, QueueTables } from './rows.ts';
import { finalStage } from './stage-change.ts';
import { openVisit } from './ticket.ts';

/** Beyond the ids of what a ticket is made of (ticket.ts). */
const FORGOTTEN_BLOCK = 15;

const dayOf = (location: Location, at: Instant): string =>
  businessDay(at, location.timeZone, location.dayStart);

/** Q59: when it was given, by the kiosk's clock; not after now, and not before its block was leased. */
function givenAt(block: NumberBlock | undefined, ctx: Context): Instant {
  const latest = Math.min(ms(ctx.occurredAt), ms(ctx.now));
  return instant(block === undefined ? latest : Math.max(latest, Math.min(ms(block.leasedAt), ms(ctx.now))));
}

/** Q60: the day is over, so is the visit: the number was given, and nobody waits for it any more. */
const over = (changes: readonly Change<QueueTables>[], at: Instant): Change<QueueTables>[] =>
  changes.map((change): Change<QueueTables> => {
    if (change.table === 'visits') return { ...change, row: { ...change.row, endedAt: at, archivedAt: at } };
    if (change.table !== 'stages') return change;
    const stage = finalStage(change.row, 'close', { endedAt: at, resumeAt: null });
    return { ...change, row: { ...stage, archivedAt: at } };
  });

const isTaken = (live: QueueLive, day: string, series: string, number: number): boolean =>
  [...live.rows.visits.values()].some(
    (visit) => visit.businessDay === day && visit.series === series && visit.number === number,
  );

const newBlock = (
  id: string,
  of: Pick<NumberBlock, 'businessDay' | 'deviceId' | 'first'>,
  ctx: Context,
): NumberBlock => ({
  id,
  organisationId: ctx.organisationId,
  locationId: ctx.streamId,
  archivedAt: null,
  ...of,
  last: of.first + BLOCK_SIZE - 1,
  given: 0,
  leasedAt: ctx.now,
});

/**
 * Q61: a block that a restored house has forgotten is noted again as the house hears of it, so that it is leased to nobody
 * else. null: it is leased again by now, or is none.
 */
function forgotten(live: QueueLive, day: string, number: number, ctx: Context): NumberBlock | null {
  const first = firstOf(number);
  const { actor } = ctx;
  if (first === null || actor.kind !== 'device') return null;
  if (blocksOn(live, day).some((block) => isIn(block, number))) return null;
  return newBlock(ctx.id(FORGOTTEN_BLOCK), { businessDay: day, deviceId: actor.deviceId, first }, ctx);
}

export const decideBlocks = {
  'queue.leaseNumbers': (live, { businessDay: day }, ctx) => {
    const { actor } = ctx;
    if (actor.kind !== 'device') return reject('notPermitted');
    const location = live.rows.locations.get(ctx.streamId);
    if (location === undefined) return reject('unknownLocation');
    const today = dayOf(location, ctx.now);
    if (day !== today && day !== addDays(today, 1)) return reject('notSameDay');
    const mine = blocksOn(live, day).filter(({ deviceId }) => deviceId === actor.deviceId);
    const first = mine.length < BLOCKS_MAX ? nextFirst(live, day) : null;
    if (first === null) return reject('numbersExhausted');
    const row = newBlock(ctx.id(0), { businessDay: day, deviceId: actor.deviceId, first }, ctx);
    const block = { blockId: row.id, deviceId: row.deviceId, first, last: row.last };
    return {
      ok: true,
      changes: [{ table: 'numberBlocks', row }],
      facts: [{ type: 'queue.numbersLeased', businessDay: day, ...block }],
      result: block,
    };
  },

  'queue.recordTicket': (live, { blockId, number, ...wish }, ctx) => {
    const { actor } = ctx;
    if (actor.kind !== 'device') return reject('notPermitted');
    const location = live.rows.locations.get(ctx.streamId);
    if (location === undefined) return reject('unknownLocation');
    const block = live.rows.numberBlocks.get(blockId);
    const at = givenAt(block, ctx);
    const day = dayOf(location, at);
    const service = live.rows.services.get(wish.serviceId);
    // Q61: a house that was restored knows nothing of the block; who holds the paper waits all the same.
    const isFree = service !== undefined && !isTaken(live, day, service.letter, number);
    const isOwn = block?.deviceId === actor.deviceId && block.businessDay === day && isIn(block, number);
    const recorded = { at, number: isFree && (isOwn || block === undefined) ? number : null };
    const person = { contact: null, name: null, note: null, booking: null, servedBy: null } as const;
    const opened = openVisit(
      live,
      { ...wish, ...person, source: 'kiosk', presence: 'on_site', recorded },
      ctx,
    );
    if (!opened.ok) return opened;
    const isOver = day < dayOf(location, ctx.now);
    const known = isOwn ? block : block === undefined && !isOver ? forgotten(live, day, number, ctx) : null;
    const counted: Change<QueueTables>[] =
      known == null ? [] : [{ table: 'numberBlocks', row: { ...known, given: known.given + 1 } }];
    return {
      ok: true,
      changes: [...counted, ...(isOver ? over(opened.changes, ctx.now) : opened.changes)],
      facts: [{ ...opened.fact, type: 'queue.ticketRecorded', printed: number, blockId }],
      result: opened.result,
    };
  },
} satisfies Partial<QueueRules>;
