import { addDays } from '@schalter/shared/kernel/time.ts';
import type { QueueLive, Visit } from '@schalter/shared/queue/rows.ts';
import type { KioskMemory } from './memory.ts';

/** A block of numbers that this kiosk holds (queue.md Q56), and what of it is given. */
export interface HeldBlock {
  readonly blockId: string;
  readonly businessDay: string;
  readonly first: number;
  readonly last: number;
  readonly next: number;
  /** Where the journal stood with the lease: rows from before it do not know the block. 0: it was seen in them. */
  readonly seq: number;
}

/** With fewer left another block is fetched, as long as there is somebody to ask. */
const LOW = 15;

/**
 * The numbers that this kiosk may give without the server. What is given is written down before anybody sees it, so a
 * crash at the worst moment wastes a number and gives none twice.
 */
export class NumberStock {
  readonly #memory: Pick<KioskMemory, 'blocks' | 'setBlocks'>;

  constructor(memory: Pick<KioskMemory, 'blocks' | 'setBlocks'>) {
    this.#memory = memory;
  }

  left(day: string): number {
    return this.#of(day).reduce((sum, { last, next }) => sum + last - next + 1, 0);
  }

  /** The next number of the day; null where there is none. */
  take(day: string): { readonly blockId: string; readonly number: number } | null {
    const block = this.#of(day).find(({ next, last }) => next <= last);
    if (block === undefined) return null;
    this.used(block.blockId, block.next);
    return { blockId: block.blockId, number: block.next };
  }

  /** The day for which to fetch a block: today, or tomorrow, which may begin without a network. */
  wanted(today: string): string | null {
    return [today, addDays(today, 1)].find((day) => this.left(day) < LOW) ?? null;
  }

  add(block: HeldBlock): void {
    this.#memory.setBlocks([...this.#memory.blocks(), block]);
  }

  /** A number that was given is never given again: what is still to be sent knows more than this memory may. */
  used(blockId: string, number: number): void {
    const blocks = this.#memory.blocks();
    const next = (block: HeldBlock): number =>
      block.blockId === blockId ? Math.max(block.next, number + 1) : block.next;
    this.#memory.setBlocks(blocks.map((block) => ({ ...block, next: next(block) })));
  }

  /**
   * Nor is one that somebody has in the rows: a browser may write what this memory holds a minute later, and lose it with
   * the power, while rows and what is to be sent are on the disk at once.
   */
  given(visits: Iterable<Pick<Visit, 'businessDay' | 'number'>>): void {
    const highest = new Map<string, number>();
    for (const { businessDay, number } of visits) {
      const block = this.#of(businessDay).find(({ next, last }) => number >= next && number <= last);
      if (block !== undefined) highest.set(block.blockId, Math.max(highest.get(block.blockId) ?? 0, number));
    }
    for (const [blockId, number] of highest) this.used(blockId, number);
  }

  /**
   * As the house knows it: a block that is back there, or that a restored house has forgotten, is not ours. What was seen
   * in the rows once is missed at once, since a restored house begins again at a lower place.
   */
  reconcile({ rows }: QueueLive, seq: number): void {
    const held = this.#memory.blocks();
    const kept = held.filter((block) => block.seq > seq || rows.numberBlocks.has(block.blockId));
    const isNew = kept.some((block) => block.seq > 0 && rows.numberBlocks.has(block.blockId));
    const seen = kept.map((block) => (rows.numberBlocks.has(block.blockId) ? { ...block, seq: 0 } : block));
    if (isNew || kept.length < held.length) this.#memory.setBlocks(seen);
    this.given(rows.visits.values());
  }

  #of(day: string): readonly HeldBlock[] {
    return this.#memory.blocks().filter(({ businessDay }) => businessDay === day);
  }
}
