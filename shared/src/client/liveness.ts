import { STALE_AFTER_MS } from '../kernel/protocol.ts';
import type { RejectionCode } from '../kernel/rejections.ts';
import type { Instant } from '../kernel/time.ts';
import type { ConnectionStatus } from './connection-state.ts';
import type { DeviceClock } from './transport.ts';

/** Whether what the screen shows can be believed, and since when not. */
export class Liveness {
  readonly #clock: DeviceClock;
  readonly #now: () => Instant;
  readonly #onSilence: () => void;
  #greeted = false;
  #inSync = false;
  #stale = false;
  #refusedBy: RejectionCode | null = null;
  #heardAt: Instant;
  #since: Instant | null;
  #cancel: () => void = () => undefined;

  constructor(clock: DeviceClock, now: () => Instant, onSilence: () => void) {
    this.#clock = clock;
    this.#now = now;
    this.#onSilence = onSilence;
    this.#heardAt = now();
    this.#since = this.#heardAt;
    this.#watch();
  }

  get greeted(): boolean {
    return this.#greeted;
  }
  get since(): Instant | null {
    return this.#since;
  }
  get refusedBy(): RejectionCode | null {
    return this.#refusedBy;
  }
  /** Commands may go out. */
  get ready(): boolean {
    return this.#greeted && this.#refusedBy === null;
  }
  get status(): ConnectionStatus {
    if (this.#refusedBy !== null) return 'refused';
    if (this.#stale) return 'notLive';
    if (this.#inSync) return 'live';
    return this.#greeted ? 'catchingUp' : 'connecting';
  }

  /** Rows of an earlier run, current at that time. */
  startFrom(at: Instant): void {
    this.#heardAt = at;
    this.#since = at;
  }

  /** The line was made or broke: nothing is known until the next welcome. */
  cut(): void {
    this.#greeted = false;
    this.lostSync();
  }

  welcome(): void {
    this.#greeted = true;
    this.#refusedBy = null;
    this.heard();
  }

  refuse(code: RejectionCode): void {
    this.#refusedBy = code;
    this.lostSync();
  }

  /** The line is tried again. */
  forgive(): void {
    this.#refusedBy = null;
  }

  heard(): void {
    this.#heardAt = this.#now();
    this.#stale = false;
    this.#watch();
  }

  reachedSync(): void {
    if (!this.#greeted) return;
    this.#inSync = true;
    this.#since = null;
  }

  lostSync(): void {
    this.#inSync = false;
    this.#since ??= this.#heardAt;
  }

  close(): void {
    this.#cancel();
  }

  #watch(): void {
    this.#cancel();
    this.#cancel = this.#clock.after(STALE_AFTER_MS, () => {
      this.#stale = true;
      this.lostSync();
      this.#watch();
      this.#onSilence();
    });
  }
}
