import { sees, type Audience } from '../kernel/audience.ts';
import { PROTOCOL, type Entries, type Entry, type Signal, type Snapshot } from '../kernel/protocol.ts';
import type { Rejection, RejectionCode } from '../kernel/rejections.ts';
import type { Instant } from '../kernel/time.ts';
import type {
  Connection,
  ConnectionOptions,
  ConnectionState,
  Heartbeat,
  Signals,
} from './connection-state.ts';
import { Greeter } from './greeter.ts';
import { HeadWatch } from './head-watch.ts';
import { Liveness } from './liveness.ts';
import { Outbox } from './outbox.ts';
import {
  emptied,
  emptyReplica,
  forgetPlace,
  receiveEntries,
  receiveSnapshot,
  rowsOf,
  settledBetween,
  unanswered,
  view,
  withRows,
  type Predict,
  type Replica,
} from './replica.ts';
import type { QueuedAnswer, Sent } from './sender.ts';
import { ServerClock } from './server-clock.ts';
import { isFull, type Rows, type StorageState, type StoredHead } from './store.ts';
import type { TransportListener } from './transport.ts';
import { Writer } from './writer.ts';

/** The first screen comes first. */
const REST_AFTER_MS = 500;
type ReadRest = () => Promise<Rows>;

/** One stream on this device: what it shows, what it has to say, and whether it can be believed. */
export const createConnection = <T>(options: ConnectionOptions<T>): Connection<T> =>
  new StreamConnection(options);

/**
 * False for a frame that says nothing of where the server is now: one that was overtaken, one of a history that
 * is shorter than ours, and "nothing is missing" where the place was forgotten meanwhile.
 */
const tellsHead = (entries: readonly Entry[], seq: number): boolean =>
  seq > 0 && (entries.at(-1)?.seq ?? seq) >= seq;

class StreamConnection<T> implements Connection<T>, TransportListener {
  readonly #options: ConnectionOptions<T>;
  readonly #outbox: Outbox<T>;
  readonly #greeter: Greeter;
  readonly #writer: Writer;
  readonly #liveness: Liveness;
  readonly #headWatch: HeadWatch;
  readonly #predict: Predict<T>;
  readonly #listeners = new Set<(state: ConnectionState<T>) => void>();
  #serverClock = new ServerClock(0);
  #replica: Replica<T>;
  #audience: Audience | null = null;
  #signals: Signals = { estimates: null, devices: null, arrivalCode: null };
  #storage: StorageState = 'works';
  #tookSinceHello = false;
  #timeKnown = false;
  #detach: () => void = () => undefined;
  #closed = false;
  #state: ConnectionState<T>;

  constructor(options: ConnectionOptions<T>) {
    const { transport, clock, store, tables } = options;
    this.#options = options;
    this.#predict = options.predict ?? (() => []);
    this.#replica = emptyReplica(tables);
    this.#liveness = new Liveness(
      clock,
      () => this.now(),
      () => this.#onSilence(),
    );
    this.#headWatch = new HeadWatch(this.#headWatchHost(), clock);
    this.#greeter = new Greeter(this.#greeterHost(), transport, clock);
    this.#writer = new Writer(
      store,
      () => ({ rows: rowsOf(this.#replica), head: this.#storedHead() }),
      (state) => this.#onStorage(state),
    );
    let loaded: () => void = () => undefined;
    const reading = new Promise<void>((done) => (loaded = done));
    const { windows } = options;
    const host = this.#outboxHost(reading);
    this.#outbox =
      windows === undefined
        ? new Outbox(options, this.#writer, host)
        : windows.outbox({ ...options, windows }, this.#writer, host);
    this.#state = this.#compute();
    void this.#load().then(async (rest) => {
      loaded();
      if (rest !== null) await this.#addRest(rest);
      this.#start();
    });
  }

  getState = (): ConnectionState<T> => this.#state;

  subscribe(listener: (state: ConnectionState<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  now(): Instant {
    return new Date(this.#options.clock.now() + this.#serverClock.offsetMs).toISOString();
  }

  send = (type: string, input: unknown): Promise<Sent> => this.#outbox.send(type, input);
  keep = (type: string, input: unknown): Promise<QueuedAnswer | Rejection> => this.#outbox.keep(type, input);
  dismissRefusal = (commandId: string): void => this.#outbox.dismissRefusal(commandId);

  close(): void {
    this.#closed = true;
    this.#detach();
    this.#outbox.close();
    this.#greeter.close();
    this.#liveness.close();
    this.#headWatch.reset();
    this.#listeners.clear();
  }

  onConnect(): void {
    this.#replica = this.#outbox.inDoubtAgain(this.#replica);
    this.#liveness.forgive();
    this.#greeter.greet();
  }

  onDisconnect(): void {
    this.#liveness.cut();
    this.#outbox.setReady(false);
    this.#changed();
  }

  onRefused(code: RejectionCode): void {
    this.#liveness.refuse(code);
    this.#outbox.setReady(false);
    this.#changed();
  }

  onSnapshot(snapshot: Snapshot): void {
    if (snapshot.streamId !== this.#options.streamId) return;
    // One that was overtaken speaks of a place that was left since.
    if (snapshot.anew !== undefined && snapshot.anew === this.#replica.mark) this.#forget();
    const before = this.#replica;
    this.#replica = receiveSnapshot(before, snapshot);
    if (this.#replica === before) return;
    this.#took();
    this.#writer.snapshot(rowsOf(this.#replica), this.#storedHead(), settledBetween(before, this.#replica));
    this.#changed();
  }

  onEntries({ streamId, entries, after }: Entries): void {
    if (streamId !== this.#options.streamId) return;
    const before = this.#replica;
    const { replica, changes, gap } = receiveEntries(before, entries, after);
    this.#replica = replica;
    if (gap) {
      this.#liveness.lostSync();
      this.#greeter.greet();
    } else if (tellsHead(entries, this.#replica.seq)) {
      this.#took();
    }
    if (replica !== before)
      this.#writer.entries(changes, this.#storedHead(), settledBetween(before, this.#replica));
    this.#changed();
  }

  onSignal(signal: Signal): void {
    if (signal.streamId !== this.#options.streamId) return;
    if (signal.kind === 'heartbeat') this.#onHeartbeat(signal);
    else this.#signals = { ...this.#signals, [signal.kind]: signal };
    this.#changed();
  }

  #onHeartbeat({ now, seq }: Heartbeat): void {
    const wasSet = this.#serverClock.observe(Date.parse(now), this.#options.clock.now());
    if (wasSet) this.#headWatch.reset();
    // Frames that came before the first heartbeat waited for the server's time alone.
    const waitedForTime = !this.#timeKnown && this.#tookSinceHello;
    if (wasSet || !this.#timeKnown) this.#learnedTime();
    this.#liveness.heard();
    if (seq === this.#replica.seq || waitedForTime) this.#reachedSync();
    this.#headWatch.observe(seq, Date.parse(now));
  }

  /** Kept even where nothing happens any more: whoever starts without the server has no other clock than this. */
  #learnedTime(): void {
    this.#timeKnown = true;
    if (this.#replica.seq > 0) this.#writer.entries([], this.#storedHead(), []);
  }

  #resync(): void {
    this.#liveness.lostSync();
    this.#greeter.greet();
    this.#changed();
  }

  /** The next snapshot counts, whatever its place. */
  #forget(): void {
    const before = this.#replica;
    this.#replica = forgetPlace(before);
    const settled = settledBetween(before, this.#replica);
    void this.#writer.remove((store) => store.removeOutbox(settled));
  }

  /** A frame was taken without a gap. */
  #took(): void {
    this.#tookSinceHello = true;
    this.#headWatch.took();
    if (!this.#greeter.busy) this.#reachedSync();
  }

  /** Live is also the time: without the server's, a screen could take an old call for a new one. */
  #reachedSync(): void {
    if (!this.#timeKnown) return;
    this.#liveness.reachedSync();
    this.#headWatch.reset();
  }

  #onSilence(): void {
    // The line may be half open: a hello either wakes it or is answered.
    if (this.#options.transport.isConnected() && this.#liveness.refusedBy === null) this.#greeter.greet();
    this.#changed();
  }

  /** What is needed at once; how to read the rest of it, if there is any. */
  async #load(): Promise<ReadRest | null> {
    const { store, streamId, audience, tables } = this.#options;
    let readRest: ReadRest | null = null;
    try {
      const { head, rows, outbox, refusals, rest = null } = await store.load();
      // Rows that were masked for somebody who may see more, or by another protocol, are asked for again.
      if (head !== null && sees(audience, head.audience) && head.protocol === PROTOCOL) {
        this.#audience = head.audience;
        this.#serverClock = new ServerClock(head.offsetMs ?? 0);
        this.#timeKnown = head.offsetMs !== null;
        this.#replica = receiveSnapshot(emptyReplica<T>(tables), { ...head, streamId, rows });
        this.#liveness.startFrom(head.at);
        readRest = rest;
      }
      this.#outbox.restore(outbox, refusals);
    } catch (error) {
      this.#storage = isFull(error) ? 'full' : 'fails';
    }
    this.#changed();
    return readRest;
  }

  /** Before the line is there, so that nothing newer can have come. Without it the rows were not those of their place. */
  async #addRest(readRest: ReadRest): Promise<void> {
    await new Promise<void>((done) => this.#options.clock.after(REST_AFTER_MS, done));
    const rest = await readRest().catch(() => null);
    if (rest === null) this.#replica = emptied(this.#replica);
    else this.#replica = withRows(this.#replica, rest);
    this.#changed();
  }

  #start(): void {
    const { transport } = this.#options;
    if (this.#closed) return;
    this.#detach = transport.attach(this);
    if (transport.isConnected()) this.onConnect();
    this.#outbox.start();
    this.#changed();
  }

  #headWatchHost(): ConstructorParameters<typeof HeadWatch>[0] {
    return {
      seq: () => this.#replica.seq,
      serverNow: () => Date.parse(this.now()),
      onBehind: () => this.#resync(),
      onShorter: () => {
        this.#forget();
        this.#resync();
      },
    };
  }

  #greeterHost(): ConstructorParameters<typeof Greeter>[0] {
    const { streamId, audience } = this.#options;
    return {
      hello: () => {
        this.#tookSinceHello = false;
        const { seq, mark } = this.#replica;
        return { streamId, audience, lastSeq: seq, lastMark: mark, protocol: PROTOCOL };
      },
      onWelcome: (granted) => this.#onWelcome(granted),
      onRefused: (code) => this.onRefused(code),
    };
  }

  #onWelcome(granted: Audience): void {
    this.#liveness.welcome();
    if (this.#audience !== null && this.#audience !== granted) {
      this.#forget();
      this.#greeter.greet();
    } else if (this.#tookSinceHello) {
      this.#reachedSync();
    }
    this.#audience = granted;
    this.#outbox.setReady(true);
    this.#changed();
  }

  #outboxHost(loaded: Promise<void>): ConstructorParameters<typeof Outbox<T>>[2] {
    return {
      loaded,
      replica: () => this.#replica,
      changed: (replica) => {
        this.#replica = replica;
        this.#changed();
      },
      isReady: () => this.#liveness.ready,
      now: () => this.now(),
      signedOut: (code) => this.onRefused(code),
    };
  }

  #onStorage(state: StorageState): void {
    if (state === this.#storage) return;
    this.#storage = state;
    this.#changed();
  }

  #halfOpenSince(): Instant | null {
    const { status, since } = this.#liveness;
    if (status === 'refused' || !this.#options.transport.isConnected()) return null;
    return status === 'notLive' ? since : this.#outbox.silentSince;
  }

  #storedHead(): StoredHead {
    const audience = this.#audience ?? this.#options.audience;
    const { seq, mark } = this.#replica;
    return {
      seq,
      mark,
      audience,
      protocol: PROTOCOL,
      at: this.now(),
      offsetMs: this.#timeKnown ? this.#serverClock.offsetMs : null,
    };
  }

  #compute(): ConnectionState<T> {
    const open = unanswered(this.#replica);
    return {
      live: view(this.#replica, this.#predict),
      seq: this.#replica.seq,
      status: this.#liveness.status,
      since: this.#liveness.since,
      refusedBy: this.#liveness.refusedBy,
      pending: { count: open.length, oldestAt: open[0]?.occurredAt ?? null },
      refusals: this.#outbox.refusals,
      signals: this.#signals,
      offsetMs: this.#serverClock.offsetMs,
      storage: this.#storage,
      halfOpenSince: this.#halfOpenSince(),
    };
  }

  #changed(): void {
    if (this.#closed) return;
    this.#state = this.#compute();
    for (const listener of [...this.#listeners]) listener(this.#state);
  }
}
