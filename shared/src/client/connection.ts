import { sees, type Audience } from '../kernel/audience.ts';
import type { Answer, CommandEnvelope } from '../kernel/command.ts';
import { PROTOCOL, type Entries, type Entry, type Signal, type Snapshot } from '../kernel/protocol.ts';
import { reject, type Rejection, type RejectionCode } from '../kernel/rejections.ts';
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
import {
  addPending,
  emptyReplica,
  forgetPlace,
  receiveEntries,
  receiveSnapshot,
  rowsOf,
  settle,
  settledBetween,
  unanswered,
  view,
  type Predict,
  type Replica,
} from './replica.ts';
import { Sender, type QueuedAnswer, type Sent } from './sender.ts';
import { ServerClock } from './server-clock.ts';
import type { Refusal, StoredHead } from './store.ts';
import type { TransportListener } from './transport.ts';
import { Writer } from './writer.ts';

/** More than anybody reads; the oldest go first. */
const MAX_REFUSALS = 50;

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
  readonly #sender: Sender;
  readonly #greeter: Greeter;
  readonly #writer: Writer;
  readonly #liveness: Liveness;
  readonly #headWatch: HeadWatch;
  readonly #predict: Predict<T>;
  readonly #listeners = new Set<(state: ConnectionState<T>) => void>();
  readonly #loaded: Promise<void>;
  #serverClock = new ServerClock(0);
  #replica: Replica<T>;
  #audience: Audience | null = null;
  #refusals: readonly Refusal[] = [];
  #signals: Signals = { estimates: null, devices: null, arrivalCode: null };
  #storageWorks = true;
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
    this.#sender = new Sender(this.#senderHost(), transport, clock);
    this.#writer = new Writer(
      store,
      () => ({ rows: rowsOf(this.#replica), head: this.#storedHead() }),
      (works) => this.#onStorage(works),
    );
    this.#state = this.#compute();
    this.#loaded = this.#load();
  }

  getState = (): ConnectionState<T> => this.#state;

  subscribe(listener: (state: ConnectionState<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  now(): Instant {
    return new Date(this.#options.clock.now() + this.#serverClock.offsetMs).toISOString();
  }

  async send(type: string, input: unknown): Promise<Sent> {
    const policy = this.#options.policyOf(type);
    if (policy === undefined) return reject('unknownCommand');
    const command = this.#command(type, input);
    await this.#loaded;
    const { ready } = this.#liveness;
    if (this.#closed || (policy.offline === 'refuse' && !ready)) return reject('unavailable');
    const kept = await this.#writer.other((store) => store.putOutbox({ command, sent: ready }));
    if (!kept && !this.#liveness.ready) return reject('unavailable');
    if (ready) this.#sender.knowSent(command.commandId);
    this.#replica = addPending(this.#replica, command);
    this.#changed();
    return this.#sender.expectAnswer(command);
  }

  async keep(type: string, input: unknown): Promise<QueuedAnswer | Rejection> {
    const command = this.#command(type, input);
    await this.#loaded;
    const kept = await this.#writer.other((store) => store.putOutbox({ command, sent: false }));
    if (!kept || this.#closed) return reject('unavailable');
    this.#replica = addPending(this.#replica, command);
    this.#changed();
    this.#sender.pump();
    return { ok: 'queued', commandId: command.commandId };
  }

  /** At the time when somebody pressed it, not when the store had room. */
  #command(type: string, input: unknown): CommandEnvelope {
    const { newCommandId, streamId } = this.#options;
    return { commandId: newCommandId(), streamId, type, input, occurredAt: this.now() };
  }

  dismissRefusal(commandId: string): void {
    this.#refusals = this.#refusals.filter((r) => r.commandId !== commandId);
    void this.#writer.other((store) => store.dismiss(commandId));
    this.#changed();
  }

  close(): void {
    this.#closed = true;
    this.#detach();
    this.#sender.close();
    this.#greeter.close();
    this.#liveness.close();
    this.#headWatch.reset();
    this.#listeners.clear();
  }

  onConnect(): void {
    this.#liveness.forgive();
    this.#greeter.greet();
  }

  onDisconnect(): void {
    this.#liveness.cut();
    this.#sender.setReady(false);
    this.#changed();
  }

  onRefused(code: RejectionCode): void {
    this.#liveness.refuse(code);
    this.#sender.setReady(false);
    this.#changed();
  }

  onSnapshot(snapshot: Snapshot): void {
    if (snapshot.streamId !== this.#options.streamId) return;
    const before = this.#replica;
    this.#replica = receiveSnapshot(before, snapshot);
    if (this.#replica === before) return;
    this.#took();
    this.#writer.snapshot(rowsOf(this.#replica), this.#storedHead(), settledBetween(before, this.#replica));
    this.#changed();
  }

  onEntries({ streamId, entries }: Entries): void {
    if (streamId !== this.#options.streamId) return;
    const before = this.#replica;
    const { replica, changes, gap } = receiveEntries(before, entries);
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
    if (this.#serverClock.observe(Date.parse(now), this.#options.clock.now())) this.#headWatch.reset();
    // Frames that came before the first heartbeat waited for the server's time alone.
    const waitedForTime = !this.#timeKnown && this.#tookSinceHello;
    this.#timeKnown = true;
    this.#liveness.heard();
    if (seq === this.#replica.seq || waitedForTime) this.#reachedSync();
    this.#headWatch.observe(seq, Date.parse(now));
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
    void this.#writer.other((store) => store.removeOutbox(settled));
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

  async #load(): Promise<void> {
    const { store, streamId, audience, tables, transport } = this.#options;
    try {
      const { head, rows, outbox, refusals } = await store.load();
      // Rows that were masked for somebody who may see more, or by another protocol, are asked for again.
      if (head !== null && sees(audience, head.audience) && head.protocol === PROTOCOL) {
        this.#audience = head.audience;
        this.#serverClock = new ServerClock(head.offsetMs);
        this.#timeKnown = true;
        this.#replica = receiveSnapshot(emptyReplica<T>(tables), { streamId, seq: head.seq, rows });
        this.#liveness.startFrom(head.at);
      }
      for (const { command, sent } of outbox) {
        this.#replica = addPending(this.#replica, command);
        if (sent) this.#sender.knowInDoubt(command.commandId);
      }
      this.#refusals = refusals.slice(-MAX_REFUSALS);
    } catch {
      this.#storageWorks = false;
    }
    if (this.#closed) return;
    this.#detach = transport.attach(this);
    if (transport.isConnected()) this.onConnect();
    this.#sender.pump();
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
        return { streamId, audience, lastSeq: this.#replica.seq, protocol: PROTOCOL };
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
    this.#sender.setReady(true);
    this.#changed();
  }

  #senderHost(): ConstructorParameters<typeof Sender>[0] {
    return {
      unanswered: () => unanswered(this.#replica),
      policyOf: this.#options.policyOf,
      serverNow: () => Date.parse(this.now()),
      markSent: (command) => this.#writer.other((store) => store.putOutbox({ command, sent: true })),
      answered: (command, answer, late) => this.#onAnswer(command, answer, late),
      signedOut: (code) => this.onRefused(code),
    };
  }

  #onAnswer(command: CommandEnvelope, answer: Answer, late: boolean): void {
    const before = this.#replica;
    this.#replica = settle(before, command.commandId, answer);
    if (answer.ok) {
      // Where its entry is still to come, it leaves the store together with that entry.
      const settled = settledBetween(before, this.#replica);
      if (settled.length > 0) void this.#writer.other((store) => store.removeOutbox(settled));
    } else {
      const { commandId, type, input } = command;
      const { code, details = null } = answer;
      const refusal: Refusal = { commandId, type, input, code, details, at: this.now(), late };
      this.#refusals = [...this.#refusals, refusal].slice(-MAX_REFUSALS);
      void this.#writer.other((store) => store.refuse(refusal));
    }
    this.#changed();
  }

  #onStorage(works: boolean): void {
    if (works === this.#storageWorks) return;
    this.#storageWorks = works;
    this.#changed();
  }

  #storedHead(): StoredHead {
    const audience = this.#audience ?? this.#options.audience;
    const { seq } = this.#replica;
    return { seq, audience, protocol: PROTOCOL, at: this.now(), offsetMs: this.#serverClock.offsetMs };
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
      refusals: this.#refusals,
      signals: this.#signals,
      offsetMs: this.#serverClock.offsetMs,
      storageWorks: this.#storageWorks,
    };
  }

  #changed(): void {
    if (this.#closed) return;
    this.#state = this.#compute();
    for (const listener of [...this.#listeners]) listener(this.#state);
  }
}
