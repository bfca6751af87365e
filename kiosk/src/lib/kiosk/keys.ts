export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';
const DIRECTIONS: ReadonlySet<string> = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']);
export const isDirection = (key: string): key is Direction => DIRECTIONS.has(key);

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const middle = (box: Box) => ({ x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 });
/** Straight on counts three times as much as near by: arrows follow rows and columns. */
const ASIDE = 3;

/** Pure: the index of the box that an arrow leads to from `from`; null where there is none on that side. */
export function neighbour(boxes: readonly Box[], from: Box, direction: Direction): number | null {
  const here = middle(from);
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  boxes.forEach((box, index) => {
    const there = middle(box);
    const dx = there.x - here.x;
    const dy = there.y - here.y;
    const [ahead, overlap] =
      direction === 'ArrowLeft' || direction === 'ArrowRight'
        ? [direction === 'ArrowRight' ? dx : -dx, gap(box.top, box.bottom, from.top, from.bottom)]
        : [direction === 'ArrowDown' ? dy : -dy, gap(box.left, box.right, from.left, from.right)];
    if (ahead <= 1) return;
    const cost = ahead + overlap * ASIDE;
    if (cost < least) {
      least = cost;
      best = index;
    }
  });
  return best;
}

/** How far two intervals are apart; 0 where they overlap. */
const gap = (fromA: number, toA: number, fromB: number, toB: number): number =>
  Math.max(0, fromA - toB, fromB - toA);
