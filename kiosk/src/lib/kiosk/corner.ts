/** Five presses on the place's name, this soon after one another, lead to the set-up… */
const PRESSES = 5;
const WITHIN_MS = 4_000;
/** …but only while somebody who has just started the device is likely to stand there. */
const AFTER_START_MS = 10 * 60_000;

/** Counts presses; `press` says when the set-up opens. Milliseconds, of one clock. */
export class Corner {
  readonly #startedMs: number;
  #presses: readonly number[] = [];

  constructor(startedMs: number) {
    this.#startedMs = startedMs;
  }

  press(nowMs: number): boolean {
    this.#presses = [...this.#presses, nowMs].slice(-PRESSES);
    const quick = this.#presses.length === PRESSES && nowMs - (this.#presses[0] ?? 0) < WITHIN_MS;
    return quick && nowMs - this.#startedMs < AFTER_START_MS;
  }
}
