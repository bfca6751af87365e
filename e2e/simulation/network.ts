import type { Chance } from './chance.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What the network does to messages, and to lines. */
export interface NetworkWeather {
  /** Of a message: lost, there twice, late by up to `lateMs`. */
  lost: number;
  twice: number;
  late: number;
  lateMs: number;
}

/** Nobody's network is quicker. */
const QUICK_MS = 20;

/** Carries messages by the weather of the moment: in any order, late, twice, or not at all. */
export class Network {
  readonly weather: NetworkWeather;
  readonly #time: VirtualTime;
  readonly #chance: Chance;

  constructor(time: VirtualTime, chance: Chance, weather: NetworkWeather) {
    this.#time = time;
    this.#chance = chance;
    this.weather = weather;
  }

  carry(deliver: () => void, onCopied?: () => void): void {
    const { lost, twice } = this.weather;
    if (this.#chance.happens(lost)) return;
    this.#time.after(this.#delay(), deliver);
    if (!this.#chance.happens(twice)) return;
    onCopied?.();
    this.#time.after(this.#delay(), deliver);
  }

  #delay(): number {
    const { late, lateMs } = this.weather;
    return 1 + this.#chance.below(this.#chance.happens(late) ? lateMs : QUICK_MS);
  }
}
