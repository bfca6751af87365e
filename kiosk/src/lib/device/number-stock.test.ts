import { describe, expect, it } from 'vitest';
import type { QueueLive } from '@schalter/shared/queue/rows.ts';
import type { HeldBlock } from './number-stock.ts';
import { NumberStock } from './number-stock.ts';

const TODAY = '2026-05-20';
const block = (over: Partial<HeldBlock> = {}): HeldBlock => ({
  ...{ blockId: 'b', businessDay: TODAY, first: 950, last: 999, next: 950, seq: 5 },
  ...over,
});
const rows = (...ids: string[]) =>
  ({ rows: { numberBlocks: new Map(ids.map((id) => [id, {}])), visits: new Map() } }) as unknown as QueueLive;
function stock(...held: HeldBlock[]) {
  let blocks: readonly HeldBlock[] = held;
  const memory = { blocks: () => blocks, setBlocks: (next: readonly HeldBlock[]) => (blocks = next) };
  return { stock: new NumberStock(memory), blocks: () => blocks };
}

describe('[KI-07] [KS21] the numbers that a kiosk holds', () => {
  it('are given once each, one block after the other, and then no more', () => {
    const { stock: held } = stock(
      block({ last: 951 }),
      block({ blockId: 'c', first: 900, next: 900, last: 900 }),
    );
    const all = [0, 1, 2, 3].map(() => held.take(TODAY)?.number ?? null);
    expect(all).toEqual([950, 951, 900, null]);
    expect(held.take('2026-05-21')).toBeNull();
  });
  it('are written down before they are given, so that a new start goes on after them', () => {
    const { stock: held, blocks } = stock(block());
    held.take(TODAY);
    expect(blocks()[0]?.next).toBe(951);
  });
  it('what is still to be sent counts, where the memory has forgotten', () => {
    const { stock: held } = stock(block());
    held.used('b', 957);
    held.used('b', 953);
    expect(held.take(TODAY)?.number).toBe(958);
  });
  it('what somebody has in the rows counts, where the memory was lost with the power', () => {
    const { stock: held } = stock(block(), block({ blockId: 'c', first: 900, last: 949, next: 900 }));
    const others = [
      { businessDay: '2026-05-19', number: 970 },
      { businessDay: TODAY, number: 12 },
    ];
    held.given([...others, { businessDay: TODAY, number: 956 }, { businessDay: TODAY, number: 953 }]);
    expect([held.take(TODAY)?.number, held.left(TODAY)]).toEqual([957, 92]);
  });
  it('are fetched for today, and for tomorrow, while enough are left', () => {
    expect(stock().stock.wanted(TODAY)).toBe(TODAY);
    expect(stock(block()).stock.wanted(TODAY)).toBe('2026-05-21');
    expect(stock(block({ next: 990 }), block({ businessDay: '2026-05-21' })).stock.wanted(TODAY)).toBe(TODAY);
    expect(stock(block(), block({ businessDay: '2026-05-21' })).stock.wanted(TODAY)).toBeNull();
  });
  it('a block that the house does not know is not used, but for one that it is just telling of', () => {
    const { stock: held, blocks } = stock(
      block(),
      block({ blockId: 'gone' }),
      block({ blockId: 'new', seq: 9 }),
    );
    held.reconcile(rows('b'), 7);
    expect(blocks().map(({ blockId }) => blockId)).toEqual(['b', 'new']);
  });
  it('[Q61] one that was in the rows once is missed where the house was restored to before its lease', () => {
    const { stock: held, blocks } = stock(block({ blockId: 'new', seq: 9 }));
    held.reconcile(rows('new'), 9);
    held.reconcile(rows(), 4);
    expect(blocks()).toEqual([]);
  });
});
