export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  /** Held on a Swiss keyboard for @ and #: a way to type, not a shortcut. */
  readonly altGraph: boolean;
}

const USED: ReadonlySet<string> = new Set([
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'Tab',
  'Enter',
  'Escape',
  'Backspace',
  'Delete',
  'Shift',
  'AltGraph',
  'Dead',
]);

/** True for every key that could lead out of the kiosk: function keys, shortcuts, browser and media keys. */
export function leadsOut({ key, ctrlKey, altKey, metaKey, altGraph }: Key): boolean {
  if (metaKey || ((ctrlKey || altKey) && !altGraph)) return true;
  return key.length > 1 && !USED.has(key);
}

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
