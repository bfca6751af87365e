import type { Chance } from './chance.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Chromium writes what a page has put there to the disk after 5 s, where much is written after up to a minute. */
const FLUSH_MS = 5_000;
const FLUSH_MORE_MS = 55_000;

/** A browser's localStorage: at once for every page, on the disk a while later. */
export class LocalStorage {
  readonly #time: VirtualTime;
  readonly #chance: Chance;
  #now = new Map<string, string>();
  #onDisk = new Map<string, string>();
  #flushes = false;

  constructor(time: VirtualTime, chance: Chance) {
    this.#time = time;
    this.#chance = chance;
  }

  getItem = (key: string): string | null => this.#now.get(key) ?? null;
  setItem = (key: string, value: string): void => {
    this.#now.set(key, value);
    this.#flushLater();
  };
  removeItem = (key: string): void => {
    if (this.#now.delete(key)) this.#flushLater();
  };

  /** The power is cut: what was not on the disk has never been. */
  lose(): void {
    this.#now = new Map(this.#onDisk);
  }

  #flushLater(): void {
    if (this.#flushes) return;
    this.#flushes = true;
    this.#time.after(FLUSH_MS + this.#chance.below(FLUSH_MORE_MS), () => {
      this.#flushes = false;
      this.#onDisk = new Map(this.#now);
    });
  }
}
