import { setTimeout as sleep } from 'node:timers/promises';
import { instant, ms } from '@schalter/shared/kernel/time.ts';
import type { Signal } from '@schalter/shared/kernel/protocol.ts';

/** setTimeout takes no more than this. */
const SLEEP_MS_MAX = 2 ** 31 - 1;
/** The server's clock may run this much beside the wanted speed before the replay says no. */
const RATE_TOLERANCE = 0.03;
const RATE_OVER_MS = 4_000;
const HEARD_MS_MAX = 15_000;

const FAR_FUTURE = '9999-01-01T00:00:00.000Z';

type Heartbeat = Extract<Signal, { kind: 'heartbeat' }>;

/**
 * The server's clock as heard from its heartbeats, and the log's day on it. Everything that is timed goes by
 * this clock, so that an hour of the log is an hour of the server, however fast that runs.
 */
export class ServerClock {
  readonly speed: number;
  /** Server ms less speed times own ms. A late heartbeat makes it smaller: the largest is the truest. */
  #offset = -Infinity;
  readonly #heard: { readonly serverMs: number; readonly ownMs: number }[] = [];
  #originMs = 0;

  constructor(speed: number) {
    this.speed = speed;
  }

  hear(beat: Heartbeat): void {
    const ownMs = performance.now();
    const serverMs = ms(beat.now);
    this.#heard.push({ serverMs, ownMs });
    this.#offset = Math.max(this.#offset, serverMs - ownMs * this.speed);
  }

  /** False until the first heartbeat. */
  get isSet(): boolean {
    return this.#heard.length > 0;
  }

  /** Waits for two heartbeats and compares; an error where the server's clock runs at another speed. */
  async checkSpeed(): Promise<void> {
    const until = performance.now() + HEARD_MS_MAX;
    for (;;) {
      const [first] = this.#heard;
      const last = this.#heard.at(-1);
      if (first !== undefined && last !== undefined && last.ownMs - first.ownMs >= RATE_OVER_MS) {
        const rate = (last.serverMs - first.serverMs) / (last.ownMs - first.ownMs);
        if (Math.abs(rate / this.speed - 1) <= RATE_TOLERANCE) return;
        throw new Error(
          `the server's clock runs at ${rate.toFixed(2)} times the real one, this one at ${this.speed}: every wait and ` +
            'estimate would be wrong. Start that server with CLOCK_SPEED, replay at its speed, or leave --url out.',
        );
      }
      if (performance.now() > until) throw new Error('the server sends no heartbeats');
      await sleep(100);
    }
  }

  get nowMs(): number {
    return performance.now() * this.speed + this.#offset;
  }
  /** Before the first heartbeat nothing is known: then it lies in the future, which a server takes as now. */
  now(): string {
    return this.isSet ? instant(Math.round(this.nowMs)) : FAR_FUTURE;
  }

  /** From now on this second of the log's day is now. */
  beginAt(logS: number): void {
    this.#originMs = this.nowMs - logS * 1_000;
  }
  get logS(): number {
    return (this.nowMs - this.#originMs) / 1_000;
  }
  toLogS(at: string): number {
    return (ms(at) - this.#originMs) / 1_000;
  }

  /** Until this second of the log's day. */
  async until(logS: number): Promise<void> {
    for (;;) {
      const aheadMs = (logS - this.logS) * 1_000;
      if (aheadMs <= 0) return;
      await sleep(Math.min(SLEEP_MS_MAX, Math.max(1, aheadMs / this.speed)));
    }
  }
}
