interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** Ends when every promise that can go on has gone on: timers and input of the real world come after it. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One clock and one queue of events for a whole world; time passes only from one event to the next. */
export class VirtualTime {
  #now: number;
  #order = 0;
  readonly #heap: Event[] = [];
  events = 0;

  constructor(startsAt: string) {
    this.#now = Date.parse(startsAt);
  }

  get now(): number {
    return this.#now;
  }
  get iso(): string {
    return new Date(this.#now).toISOString();
  }

  after(ms: number, run: () => void): () => void {
    const event: Event = { at: this.#now + Math.max(0, ms), order: this.#order++, run, cancelled: false };
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  wait = (ms: number): Promise<void> => new Promise((resolve) => void this.after(ms, resolve));

  /** Lets `ms` pass: event by event, and between two of them every promise goes on as far as it can. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#pop();
      if (next.cancelled) continue;
      this.#now = next.at;
      this.events += 1;
      next.run();
      await settled();
    }
    this.#now = until;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent])) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (isBefore(heap[child + 1], heap[child])) child += 1;
      if (!isBefore(heap[child], last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
  }
}

const isBefore = (a: Event | undefined, b: Event | undefined): boolean =>
  a !== undefined && b !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));
