import { sees, type Audience } from '../kernel/audience.ts';
import type { Answer, CommandEnvelope } from '../kernel/command.ts';
import type { BaseRow, Live } from '../kernel/live.ts';
import { PROTOCOL, STALE_AFTER_MS, type Entries, type Signal, type Snapshot } from '../kernel/protocol.ts';
import { reject, type RejectionCode } from '../kernel/rejections.ts';
import type { Instant } from '../kernel/time.ts';
import {
  addPending,
  emptyReplica,
  forgetPlace,
  receiveEntries,
  receiveSnapshot,
  settle,
  view,
  type Predict,
  type Replica,
} from './replica.ts';
import { Sender, type CommandPolicy, type Sent } from './sender.ts';
import { ServerClock } from './server-clock.ts';
import type { Refusal, Rows, Store, StoredHead } from './store.ts';
import type { DeviceClock, Transport, TransportListener } from './transport.ts';
import { Writer } from './writer.ts';

export type ConnectionStatus = 'connecting' | 'live' | 'catchingUp' | 'notLive' | 'refused';

type SignalOf<Kind extends Signal['kind']> = Extract<Signal, { kind: Kind }>;
export interface Signals {
  readonly estimates: SignalOf<'estimates'> | null;
  readonly devices: SignalOf<'devices'> | null;
  readonly arrivalCode: SignalOf<'arrivalCode'> | null;
}

/** A new object for every change; nothing in one that was given out ever changes. */
export interface ConnectionState<T> {
  /** What the screen shows: confirmed rows with this device's pending commands on top. */
  readonly live: Live<T>;
  readonly seq: number;
  readonly status: ConnectionStatus;
  /** While the screen is not live: when it last was, by the server's clock. */
  readonly since: Instant | null;
  /** Why, where the status is 'refused'. */
  readonly refusedBy: RejectionCode | null;
  /** Commands without an answer. */
  readonly pending: { readonly count: number; readonly oldestAt: Instant | null };
  /** The newest MAX_REFUSALS, oldest first, until dismissed. */
  readonly refusals: readonly Refusal[];
  readonly signals: Signals;
  /** Server's clock minus device's. */
  readonly offsetMs: number;
  /** False where the device's storage failed: a reload now would lose what waits. */
  readonly storageWorks: boolean;
}

export interface Connection<T> {
  getState(): ConnectionState<T>;
  subscribe(listener: (state: ConnectionState<T>) => void): () => void;
  /** The server's answer; 'queued' where it comes later; a refusal at once where the command can't wait. */
  send(type: string, input: unknown): Promise<Sent>;
  /** By the server's clock. */
  now(): Instant;
  dismissRefusal(commandId: string): void;
  close(): void;
}

export interface ConnectionOptions<T> {
  readonly transport: Transport;
  /** Of this stream and this person alone. */
  readonly store: Store;
  readonly clock: DeviceClock;
  /** A fresh UUID v7. */
  readonly newCommandId: () => string;
  readonly streamId: string;
  readonly audience: Audience;
  readonly tables: readonly (keyof T & string)[];
  /** `specOf` of the registry, or the few commands that a small app sends. */
  readonly policyOf: (type: string) => CommandPolicy | undefined;
  /** See predict.ts; without it a screen shows confirmed rows alone. */
  readonly predict?: Predict<T>;
}

/** A head that stays ahead of (or behind) ours for this long means that a frame was lost. */
const BEHIND_MS = 1_000;
/** Between two hellos on one line, so that a gap can't turn into a flood. */
const HELLO_RETRY_MS = 1_000;
const MAX_REFUSALS = 50;
/** The server will not have us, and asking again changes nothing. */
const FINAL: ReadonlySet<RejectionCode> = new Set([
  'notSignedIn',
  'deviceRevoked',
  'notPermitted',
  'protocolTooOld',
  'unknownStream',
]);

export const createConnection = <T>(options: ConnectionOptions<T>): Connection<T> => new StreamConnection(options);

class StreamConnection<T> implements Connection<T>, TransportListener {
  readonly #options: ConnectionOptions<T>;
  readonly #sender: Sender;
  readonly #writer: Writer;
  readonly #listeners = new Set<(state: ConnectionState<T>) => void>();
  readonly #predict: Predict<T>;
  readonly #loaded: Promise<void>;
  #serverClock = new ServerClock(0);
  #replica: Replica<T>;
  #state: ConnectionState<T>;
  #audience: Audience | null = null;
  #refusals: readonly Refusal[] = [];
  #signals: Signals = { estimates: null, devices: null, arrivalCode: null };
  #storageWorks = true;
  #refusedBy: RejectionCode | null = null;
  #greeted = false;
  #greeting = false;
  #helloWanted = false;
  #tookSinceHello = false;
  #inSync = false;
  #stale = false;
  #since: Instant | null;
  #heardAt: Instant;
  #head = 0;
  #shorterSeen = 0;
  #closed = false;
  #detach: () => void = () => undefined;
  #cancelStale: () => void = () => undefined;
  #cancelBehind: (() => void) | null = null;
  #cancelHello: () => void = () => undefined;

  constructor(options: ConnectionOptions<T>) {
    this.#options = options;
    this.#predict = options.predict ?? (() => []);
    this.#replica = emptyReplica(options.tables);
    this.#heardAt = this.now();
    this.#since = this.#heardAt;
    this.#sender = new Sender(this.#senderHost(), options.transport, options.clock);
    this.#writer = new Writer(
      options.store,
      () => ({ rows: this.#rows(), head: this.#storedHead() }),
      (works) => this.#onStorage(works),
    );
    this.#state = this.#compute();
    this.#watchForSilence();
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
    // The time when somebody pressed it, not when the store had room.
    const occurredAt = this.now();
    await this.#loaded;
    const ready = this.#isReady();
    if (this.#closed || (policy.offline === 'refuse' && !ready)) return reject('unavailable');
    const command: CommandEnvelope = {
      commandId: this.#options.newCommandId(),
      streamId: this.#options.streamId,
      type,
      input,
      occurredAt,
    };
    const kept = await this.#writer.other((store) => store.putOutbox({ command, sent: ready }));
    if (!kept && !this.#isReady()) return reject('unavailable');
    if (ready) this.#sender.knowSent(command.commandId);
    this.#replica = addPending(this.#replica, command);
    this.#changed();
    return this.#sender.expectAnswer(command);
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
    this.#cancelStale();
    this.#cancelHello();
    this.#cancelBehind?.();
    this.#listeners.clear();
  }

  onConnect(): void {
    this.#refusedBy = null;
    this.#sayHello();
  }

  onDisconnect(): void {
    this.#greeted = false;
    this.#lostSync();
    this.#sender.setReady(false);
    this.#changed();
  }

  onRefused(code: RejectionCode): void {
    this.#refusedBy = code;
    this.#lostSync();
    this.#sender.setReady(false);
    this.#changed();
  }

  onSnapshot(snapshot: Snapshot): void {
    if (snapshot.streamId !== this.#options.streamId) return;
    const before = this.#replica;
    this.#replica = receiveSnapshot(before, snapshot);
    if (this.#replica === before) return;
    this.#took();
    this.#writer.snapshot(this.#rows(), this.#storedHead(), this.#settledSince(before));
    this.#changed();
  }

  onEntries({ streamId, entries }: Entries): void {
    if (streamId !== this.#options.streamId) return;
    const before = this.#replica;
    const { replica, changes, gap } = receiveEntries(before, entries);
    this.#replica = replica;
    if (gap) {
      this.#lostSync();
      this.#sayHello();
    } else {
      this.#took();
    }
    if (replica !== before) this.#writer.entries(changes, this.#storedHead(), this.#settledSince(before));
    this.#changed();
  }

  onSignal(signal: Signal): void {
    if (signal.streamId !== this.#options.streamId) return;
    if (signal.kind === 'heartbeat') this.#onHeartbeat(signal);
    else this.#signals = { ...this.#signals, [signal.kind]: signal };
    this.#changed();
  }

  #onHeartbeat({ now, seq }: SignalOf<'heartbeat'>): void {
    this.#serverClock.observe(Date.parse(now), this.#options.clock.now());
    this.#head = seq;
    this.#heard();
    if (seq === this.#replica.seq) {
      if (this.#greeted) this.#reachedSync();
      return;
    }
    this.#cancelBehind ??= this.#options.clock.after(BEHIND_MS, () => {
      this.#cancelBehind = null;
      if (this.#head > this.#replica.seq) this.#resync();
      else if (this.#head < this.#replica.seq) this.#onShorterHistory();
    });
  }

  /** Two heartbeats must say so: one alone may come from a server process that lags behind. */
  #onShorterHistory(): void {
    this.#shorterSeen += 1;
    if (this.#shorterSeen < 2) return;
    this.#shorterSeen = 0;
    this.#replica = forgetPlace(this.#replica);
    this.#resync();
  }

  #resync(): void {
    this.#lostSync();
    this.#sayHello();
    this.#changed();
  }

  async #load(): Promise<void> {
    const { store, streamId, audience, tables, transport } = this.#options;
    try {
      const stored = await store.load();
      const { head, rows } = stored;
      if (head !== null && sees(audience, head.audience) && head.protocol === PROTOCOL) {
        this.#audience = head.audience;
        this.#serverClock = new ServerClock(head.offsetMs);
        this.#replica = receiveSnapshot(emptyReplica<T>(tables), { streamId, seq: head.seq, rows });
        this.#since = this.#heardAt = head.at;
      }
      for (const { command, sent } of stored.outbox) {
        this.#replica = addPending(this.#replica, command);
        if (sent) this.#sender.knowSent(command.commandId);
      }
      this.#refusals = stored.refusals.slice(-MAX_REFUSALS);
    } catch {
      this.#storageWorks = false;
    }
    if (this.#closed) return;
    this.#detach = transport.attach(this);
    if (transport.isConnected()) this.onConnect();
    this.#sender.pump();
    this.#changed();
  }

  #sayHello(): void {
    this.#helloWanted = true;
    if (!this.#greeting) void this.#greet();
  }

  async #greet(): Promise<void> {
    const { transport, streamId, audience } = this.#options;
    this.#greeting = true;
    this.#helloWanted = false;
    this.#tookSinceHello = false;
    this.#cancelHello();
    const answer = await transport.sendHello({ streamId, audience, lastSeq: this.#replica.seq, protocol: PROTOCOL });
    this.#greeting = false;
    if (this.#closed || !transport.isConnected()) return;
    if (answer?.ok === true) this.#onWelcome(answer.audience);
    else if (answer !== null && FINAL.has(answer.code)) this.onRefused(answer.code);
    else this.#helloWanted = true;
    if (this.#helloWanted) this.#cancelHello = this.#options.clock.after(HELLO_RETRY_MS, () => this.#sayHello());
  }

  #onWelcome(audience: Audience): void {
    this.#greeted = true;
    this.#refusedBy = null;
    this.#heard();
    if (this.#audience !== null && this.#audience !== audience) {
      // Rows were masked for somebody else: all of them are asked for again.
      this.#replica = forgetPlace(this.#replica);
      this.#tookSinceHello = false;
      this.#helloWanted = true;
    }
    this.#audience = audience;
    if (this.#tookSinceHello) this.#reachedSync();
    this.#sender.setReady(true);
    this.#changed();
  }

  #isReady(): boolean {
    return this.#greeted && this.#refusedBy === null;
  }

  /** A frame was taken without a gap. */
  #took(): void {
    this.#tookSinceHello = true;
    if (this.#greeted && !this.#greeting) this.#reachedSync();
  }

  #reachedSync(): void {
    this.#inSync = true;
    this.#since = null;
    this.#shorterSeen = 0;
    this.#cancelBehind?.();
    this.#cancelBehind = null;
  }

  #lostSync(): void {
    this.#inSync = false;
    this.#since ??= this.#heardAt;
  }

  #heard(): void {
    this.#heardAt = this.now();
    this.#stale = false;
    this.#watchForSilence();
  }

  #watchForSilence(): void {
    this.#cancelStale();
    this.#cancelStale = this.#options.clock.after(STALE_AFTER_MS, () => {
      this.#stale = true;
      this.#lostSync();
      // The line may be half open: a hello either wakes it or is answered.
      if (this.#options.transport.isConnected() && this.#refusedBy === null) this.#sayHello();
      this.#watchForSilence();
      this.#changed();
    });
  }

  #senderHost(): ConstructorParameters<typeof Sender>[0] {
    return {
      unanswered: () => this.#unanswered(),
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
      const settled = this.#settledSince(before);
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

  #unanswered(): readonly CommandEnvelope[] {
    return this.#replica.pending.filter((p) => p.ackSeq === null).map((p) => p.command);
  }

  #settledSince(before: Replica<T>): readonly string[] {
    const left = new Set(this.#replica.pending.map((p) => p.command.commandId));
    return before.pending.map((p) => p.command.commandId).filter((id) => !left.has(id));
  }

  #rows(): Rows {
    const tables = Object.entries(this.#replica.confirmed.rows) as [string, Map<string, BaseRow>][];
    return Object.fromEntries(tables.map(([table, rows]) => [table, [...rows.values()]]));
  }

  #storedHead(): StoredHead {
    const audience = this.#audience ?? this.#options.audience;
    const { seq } = this.#replica;
    return { seq, audience, protocol: PROTOCOL, at: this.now(), offsetMs: this.#serverClock.offsetMs };
  }

  #status(): ConnectionStatus {
    if (this.#refusedBy !== null) return 'refused';
    if (this.#stale) return 'notLive';
    if (this.#inSync) return 'live';
    return this.#greeted ? 'catchingUp' : 'connecting';
  }

  #compute(): ConnectionState<T> {
    const unanswered = this.#unanswered();
    return {
      live: view(this.#replica, this.#predict),
      seq: this.#replica.seq,
      status: this.#status(),
      since: this.#since,
      refusedBy: this.#refusedBy,
      pending: { count: unanswered.length, oldestAt: unanswered[0]?.occurredAt ?? null },
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
