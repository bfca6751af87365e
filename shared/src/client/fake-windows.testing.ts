import { SharedOutbox } from './shared-outbox.ts';
import type { WindowMessage, Windows } from './windows.ts';
import type { DeviceClock } from './transport.ts';

const TOLD_MS = 1;

interface Open {
  listener: ((message: WindowMessage) => void) | null;
}

/** The windows of one browser: who has the turn, and what they tell each other a moment later. */
export class FakeBrowser {
  readonly #clock: DeviceClock;
  readonly #open = new Set<Open>();
  readonly #line: { readonly window: Open; readonly onTurn: () => void }[] = [];
  /** False: what is told gets lost. */
  delivers = true;

  constructor(clock: DeviceClock) {
    this.#clock = clock;
  }

  window(): { readonly windows: Windows; readonly kill: () => void } {
    const window: Open = { listener: null };
    this.#open.add(window);
    const leave = (): void => {
      const hadTurn = this.#line[0]?.window === window;
      this.#line.splice(0, this.#line.length, ...this.#line.filter((one) => one.window !== window));
      if (hadTurn) this.#next();
    };
    return {
      windows: {
        outbox: (...parts) => new SharedOutbox(...parts),
        takeTurn: (onTurn) => {
          this.#line.push({ window, onTurn });
          if (this.#line.length === 1) this.#next();
          return leave;
        },
        tell: (message) => {
          if (!this.delivers || !this.#open.has(window)) return;
          for (const other of this.#open)
            if (other !== window) this.#clock.after(TOLD_MS, () => other.listener?.(message));
        },
        listen: (onMessage) => {
          window.listener = onMessage;
          return () => (window.listener = null);
        },
      },
      // As the browser does it: nothing of the page runs any more, its lock is free, its messages are gone.
      kill: () => {
        window.listener = null;
        this.#open.delete(window);
        leave();
      },
    };
  }

  #next(): void {
    const first = this.#line[0];
    if (first === undefined) return;
    this.#clock.after(TOLD_MS, () => {
      if (this.#line[0] === first) first.onTurn();
    });
  }
}
