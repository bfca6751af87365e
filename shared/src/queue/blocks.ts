import type { NumberBlock, QueueLive } from './rows.ts';

/**
 * Numbers that a kiosk may give without the server: a block of them is leased to one device for one business day, and
 * whatever letter it puts before them, nobody else has that number. They come from the end of the three digits, so that
 * the numbers of the server stay without a gap; the rules Q56 to Q61 stand in docs/spec/queue.md.
 */
export const BLOCK_SIZE = 50;
/** More than a day without a network needs, and fewer than would eat up the numbers of a house. */
export const BLOCKS_MAX = 12;

const FIRST_OF_FOUR_DIGITS = 1_000;
const LAST_FIRST = 2_000;
/** 950, 900, … 100, then 1000, 1050, …: so that most stay three digits long, and far from those that count up. */
const FIRSTS = [
  ...Array.from({ length: FIRST_OF_FOUR_DIGITS / BLOCK_SIZE - 2 }, (_, n) => 950 - n * BLOCK_SIZE),
  ...Array.from(
    { length: (LAST_FIRST - FIRST_OF_FOUR_DIGITS) / BLOCK_SIZE },
    (_, n) => FIRST_OF_FOUR_DIGITS + n * BLOCK_SIZE,
  ),
];

export const blocksOn = (live: QueueLive, day: string): NumberBlock[] =>
  [...live.rows.numberBlocks.values()].filter((block) => block.businessDay === day);

export const isIn = ({ first, last }: Pick<NumberBlock, 'first' | 'last'>, number: number): boolean =>
  number >= first && number <= last;

/** Where the block begins in which a number is; null for one that no block may hold. */
export const firstOf = (number: number): number | null =>
  FIRSTS.find((first) => number >= first && number < first + BLOCK_SIZE) ?? null;

/** The first number from `number` on that is leased to nobody. */
export function skipBlocks(blocks: readonly NumberBlock[], number: number): number {
  const block = blocks.find((leased) => isIn(leased, number));
  return block === undefined ? number : skipBlocks(blocks, block.last + 1);
}

/** Where the next block begins: far above what the day has counted to; null where there is no room. */
export function nextFirst(live: QueueLive, day: string): number | null {
  const taken = new Set(blocksOn(live, day).map(({ first }) => first));
  const counted = [...live.rows.numberSeries.values()].filter((series) => series.businessDay === day);
  const highest = Math.max(0, ...counted.map(({ lastNumber }) => lastNumber));
  return FIRSTS.find((first) => first > highest + BLOCK_SIZE && !taken.has(first)) ?? null;
}
