/** A supervisor kills after ten seconds. */
const STOP_MS_MAX = 9_500;
/** npm and the terminal may both pass on the same Ctrl-C. */
const SAME_SIGNAL_MS = 1_000;

export interface LifecycleOptions {
  readonly exit: (code: number) => void;
  readonly onError: (error: unknown, what: string) => void;
  readonly now: () => number;
}

/** How the process ends: what was started last ends first, whoever asks for it, and however often. */
export class Lifecycle {
  readonly #options: LifecycleOptions;
  readonly #ends: (() => Promise<void>)[] = [];
  #stopping: Promise<void> | null = null;
  #askedAt = 0;

  constructor(options: LifecycleOptions) {
    this.#options = options;
  }

  get isStopping(): boolean {
    return this.#stopping !== null;
  }

  /** Something runs now, and this is how it ends. */
  started(end: () => Promise<void>): void {
    this.#ends.push(end);
  }

  /** The first who asks says with which code; whoever asks later waits for the same end. */
  stop(code: number): Promise<void> {
    this.#stopping ??= this.#stop(code);
    return this.#stopping;
  }

  /** A second Ctrl-C of somebody who will not wait ends at once; a second SIGTERM changes nothing. */
  signal(name: 'SIGINT' | 'SIGTERM'): void {
    const { now, exit } = this.#options;
    if (this.isStopping && name === 'SIGINT' && now() - this.#askedAt > SAME_SIGNAL_MS) exit(130);
    void this.stop(0);
  }

  /** An error that nobody caught: nobody knows what it left half done, so a new process begins afresh. */
  crashed(error: unknown): void {
    this.#options.onError(error, this.isStopping ? 'while stopping' : 'nobody caught this');
    void this.stop(1);
  }

  async #stop(code: number): Promise<void> {
    const { exit, onError, now } = this.#options;
    this.#askedAt = now();
    const late = setTimeout(() => {
      onError(new Error('not everything ended in time'), 'stop');
      exit(code);
    }, STOP_MS_MAX);
    // What is still starting may be added meanwhile.
    for (let end = this.#ends.pop(); end !== undefined; end = this.#ends.pop()) {
      await end().catch((error: unknown) => onError(error, 'stop'));
    }
    clearTimeout(late);
    exit(code);
  }
}
