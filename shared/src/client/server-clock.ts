/** Heartbeats looked back on: the least delayed of the last 40 s says best what the server's clock is. */
const SAMPLES = 8;
/** More than any network delays a heartbeat within one window: somebody set the device's clock. */
const CLOCK_WAS_SET_MS = 3_000;

/**
 * The server's clock on a device whose own may be wrong. A heartbeat's time is always late by its way here,
 * so the largest of the measured offsets is the nearest to the truth.
 */
export class ServerClock {
  #samples: number[] = [];
  #offsetMs: number;

  constructor(offsetMs: number) {
    this.#offsetMs = offsetMs;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  /**
   * Both in milliseconds since 1970, at the moment the heartbeat arrived. True where one of the clocks was set:
   * what was measured by it before means nothing any more.
   */
  observe(serverNow: number, deviceNow: number): boolean {
    const offset = serverNow - deviceNow;
    const wasSet = Math.abs(offset - this.#offsetMs) > CLOCK_WAS_SET_MS;
    if (wasSet) this.#samples = [];
    this.#samples = [...this.#samples.slice(1 - SAMPLES), offset];
    this.#offsetMs = Math.max(...this.#samples);
    return wasSet;
  }
}
