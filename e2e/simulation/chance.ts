/** A seed's chance: Mulberry32, small and the same everywhere. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1. */
  next = (): number => {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };

  /** A whole number from 0 up to, not including, `end`. */
  below = (end: number): number => Math.floor(this.next() * end);
  happens = (probability: number): boolean => this.next() < probability;

  of<Item>(items: readonly Item[]): Item | undefined {
    return items[this.below(items.length)];
  }
}
