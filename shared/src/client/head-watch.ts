import type { DeviceClock } from './transport.ts';

/** A head that stays ahead of (or behind) ours for this long means that a frame was lost. */
const APART_MS = 1_000;
/** A shorter history is believed when heartbeats say so twice: one alone may come from a process that lags. */
const SHORTER_TIMES = 2;
/** So much the server's clock may be known too early, where every heartbeat so far was late. */
const LATE_MS = 3_000;

export interface HeadWatchHost {
  seq(): number;
  /** Milliseconds by the server's clock. */
  serverNow(): number;
  /** Frames are missing. */
  onBehind(): void;
  /** The server was restored from a backup: its history is shorter than ours. */
  onShorter(): void;
}

/** Compares the head that heartbeats tell with the place of the replica: so a lost last frame is noticed. */
export class HeadWatch {
  readonly #host: HeadWatchHost;
  readonly #clock: DeviceClock;
  #head = 0;
  #shorterSeen = 0;
  /** When the first of them was believed, at the latest, by the server's clock. */
  #shorterAt = 0;
  #cancel: (() => void) | null = null;

  constructor(host: HeadWatchHost, clock: DeviceClock) {
    this.#host = host;
    this.#clock = clock;
  }

  /**
   * `at` in milliseconds by the server's clock. The second heartbeat of a shorter history must have been sent after the first
   * was believed: before that, both may have been overtaken by the frames that the replica has.
   */
  observe(head: number, at: number): void {
    if (head < this.#host.seq() && at <= this.#shorterAt) return;
    this.#head = head;
    if (head !== this.#host.seq()) this.#cancel ??= this.#clock.after(APART_MS, () => this.#onApart());
  }

  /** A frame was taken: the history is not shorter than that. */
  took(): void {
    this.#shorterSeen = 0;
    this.#shorterAt = 0;
  }

  /** In sync, or asked anew: what was seen before counts no more. */
  reset(): void {
    this.took();
    this.#cancel?.();
    this.#cancel = null;
  }

  #onApart(): void {
    this.#cancel = null;
    const seq = this.#host.seq();
    if (this.#head > seq) return this.#host.onBehind();
    if (this.#head === seq) return;
    this.#shorterSeen += 1;
    this.#shorterAt = this.#host.serverNow() + LATE_MS;
    if (this.#shorterSeen < SHORTER_TIMES) return;
    this.reset();
    this.#host.onShorter();
  }
}
