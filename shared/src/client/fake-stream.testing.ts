import type { Answer, CommandEnvelope } from '../kernel/command.ts';
import type { AnyChange, BaseRow, Live } from '../kernel/live.ts';
import { HEARTBEAT_MS, type Entry, type Hello, type HelloAnswer, type Signal } from '../kernel/protocol.ts';
import type { RejectionCode } from '../kernel/rejections.ts';
import { reject } from '../kernel/rejections.ts';
import type { Predict } from './replica.ts';
import type { DeviceClock, Transport, TransportListener } from './transport.ts';

/** A tiny domain for tests: piles of stones. `put` adds one, `take` is refused where there is none. */
export interface Pile extends BaseRow {
  readonly stones: number;
}
export interface Piles {
  readonly piles: Pile;
}
export const STREAM = '019aa000-0000-7000-8000-000000000001';
const ORGANISATION = '019aa000-0000-7000-8000-00000000000f';

export const pile = (id: string, stones: number): Pile => ({
  id,
  stones,
  organisationId: ORGANISATION,
  archivedAt: null,
});

type Decided =
  | { readonly ok: true; readonly changes: readonly AnyChange[] }
  | { readonly ok: false; readonly code: RejectionCode };

export function decidePiles(live: Live<Piles>, { type, input }: CommandEnvelope): Decided {
  const { id } = input as { id: string };
  const stones = live.rows.piles.get(id)?.stones ?? 0;
  if (type === 'put') return { ok: true, changes: [{ table: 'piles', row: pile(id, stones + 1) }] };
  if (stones === 0) return { ok: false, code: 'queueEmpty' };
  return { ok: true, changes: [{ table: 'piles', row: pile(id, stones - 1) }] };
}

export const predictPiles: Predict<Piles> = (live, command) => {
  const decided = decidePiles(live, command);
  return decided.ok ? (decided.changes as never) : [];
};

/** Time that only moves when a test moves it; promises settle after each step. */
export class TestClock implements DeviceClock {
  #now: number;
  #timers: { at: number; run: () => void }[] = [];

  constructor(startsAt: string) {
    this.#now = Date.parse(startsAt);
  }

  now = (): number => this.#now;

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((t) => t !== timer));
  }

  /** Somebody sets the clock of the device; its timers go on as before. */
  setBy(ms: number): void {
    this.#now += ms;
    for (const timer of this.#timers) timer.at += ms;
  }

  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (;;) {
      const next = this.#timers.filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((t) => t !== next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
      await settled();
    }
    this.#now = until;
  }
}

/** Longer than any chain of promises in the client. */
const PROMISE_STEPS = 40;
export async function settled(): Promise<void> {
  for (let i = 0; i < PROMISE_STEPS; i++) await Promise.resolve();
}

/** The server's side of one stream, as the engine does it: one order, each command once, entries to all. */
export class FakeServer {
  readonly journal: Entry[] = [];
  readonly answers = new Map<string, Answer>();
  readonly rows = new Map<string, Pile>();
  /** What it answers instead of working, while set. */
  refuses: RejectionCode | null = null;
  /** What it says of itself; undefined as the first release. */
  protocol: number | undefined;
  /** Whether it says which command stands at a place, and compares; the release before this one did not. */
  knowsPlaces = false;
  keepsEntries = Number.POSITIVE_INFINITY;
  readonly #clock: DeviceClock;
  readonly lines = new Set<FakeLine>();

  constructor(clock: DeviceClock) {
    this.#clock = clock;
    this.#beat();
  }

  get seq(): number {
    return this.journal.length;
  }

  now = (): string => new Date(this.#clock.now()).toISOString();

  execute(command: CommandEnvelope): Answer {
    if (this.refuses !== null) return reject(this.refuses);
    const before = this.answers.get(command.commandId);
    if (before !== undefined) return before;
    const decided = decidePiles({ rows: { piles: this.rows } }, command);
    const answer: Answer = decided.ok ? { ok: true, seq: this.seq + 1, result: null } : reject(decided.code);
    this.answers.set(command.commandId, answer);
    if (!decided.ok) return answer;
    for (const { row } of decided.changes) this.rows.set(row.id, row as Pile);
    const mark = this.knowsPlaces ? `${this.#clock.now()} ${command.commandId}` : undefined;
    const entry = { seq: this.seq + 1, commandId: command.commandId, mark, changes: decided.changes };
    const after = this.knowsPlaces ? this.journal.at(-1)?.mark : undefined;
    this.journal.push(entry);
    const frame = { streamId: STREAM, ...(after === undefined ? {} : { after }), entries: [entry] };
    for (const line of this.lines) line.deliver((l) => l.onEntries(frame));
    return answer;
  }

  hello(hello: Hello, line: FakeLine): HelloAnswer {
    if (this.refuses !== null) return reject(this.refuses);
    const { lastSeq, lastMark } = hello;
    const isElsewhere =
      this.knowsPlaces && lastMark !== undefined && this.journal[lastSeq - 1]?.mark !== lastMark;
    const mark = this.knowsPlaces ? this.journal.at(-1)?.mark : undefined;
    const place = {
      ...(mark === undefined ? {} : { mark }),
      ...(isElsewhere ? { anew: lastMark } : {}),
    };
    if (!isElsewhere && lastSeq > 0 && lastSeq <= this.seq && this.seq - lastSeq <= this.keepsEntries) {
      const entries = this.journal.slice(lastSeq);
      line.deliver((l) => l.onEntries({ streamId: STREAM, entries }));
    } else {
      const rows = { piles: [...this.rows.values()] };
      const { seq } = this;
      line.deliver((l) => l.onSnapshot({ streamId: STREAM, seq, ...place, rows }));
    }
    const heartbeat = this.#heartbeat();
    line.deliver((l) => l.onSignal(heartbeat));
    const { audience } = hello;
    return this.protocol === undefined
      ? { ok: true, audience }
      : { ok: true, audience, protocol: this.protocol };
  }

  #beat(): void {
    this.#clock.after(HEARTBEAT_MS, () => {
      const heartbeat = this.#heartbeat();
      for (const line of this.lines) line.deliver((l) => l.onSignal(heartbeat));
      this.#beat();
    });
  }

  #heartbeat(): Signal {
    return { kind: 'heartbeat', streamId: STREAM, now: this.now(), seq: this.seq };
  }
}

/** What a network does with one message: how long it takes, or null where it is lost; several are copies. */
export type Weather = () => readonly (number | null)[];
export const CALM: Weather = () => [1];
const ANSWER_MS = 5_000;

/** One device's line to the server, with weather. */
export class FakeLine implements Transport {
  weather: Weather;
  readonly sentCommands: CommandEnvelope[] = [];
  readonly hellos: Hello[] = [];
  readonly #server: FakeServer;
  readonly #clock: DeviceClock;
  #listener: TransportListener | null = null;
  #up = false;
  #giveUps = new Set<() => void>();

  constructor(server: FakeServer, clock: DeviceClock, weather: Weather = CALM) {
    this.#server = server;
    this.#clock = clock;
    this.weather = weather;
  }

  attach(listener: TransportListener): () => void {
    this.#listener = listener;
    return () => {
      this.drop();
      this.#listener = null;
    };
  }

  isConnected = (): boolean => this.#up;

  connect(): void {
    if (this.#up || this.#listener === null) return;
    this.#up = true;
    this.#server.lines.add(this);
    this.#listener.onConnect();
  }

  drop(): void {
    if (!this.#up) return;
    this.#up = false;
    this.#server.lines.delete(this);
    [...this.#giveUps].forEach((give) => give());
    this.#listener?.onDisconnect();
  }

  deliver(tell: (listener: TransportListener) => void): void {
    this.#each(() => {
      if (this.#up && this.#listener !== null) tell(this.#listener);
    });
  }

  sendHello(hello: Hello): Promise<HelloAnswer | null> {
    this.hellos.push(hello);
    return this.#ask(() => this.#server.hello(hello, this));
  }

  sendCommand(command: CommandEnvelope): Promise<Answer | null> {
    this.sentCommands.push(command);
    return this.#ask(() => this.#server.execute(command));
  }

  #each(run: () => void): void {
    for (const ms of this.weather()) if (ms !== null) this.#clock.after(ms, run);
  }

  #ask<A>(work: () => A): Promise<A | null> {
    return new Promise((resolve) => {
      if (!this.#up) return resolve(null);
      const giveUp = (): void => {
        this.#giveUps.delete(giveUp);
        resolve(null);
      };
      this.#giveUps.add(giveUp);
      this.#clock.after(ANSWER_MS, giveUp);
      this.#each(() => {
        const answer = work();
        this.#each(() => {
          if (this.#giveUps.delete(giveUp)) resolve(answer);
        });
      });
    });
  }
}
