import type { MemoryStore } from '@schalter/server/src/engine/memory-store.ts';
import type { Store as Database } from '@schalter/server/src/engine/store.ts';
import type { AwayWatch } from '@schalter/server/src/queue/away.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { businessDay, instant } from '@schalter/shared/kernel/time.ts';
import type { Carrier } from './carrier.ts';
import type { Chance } from './chance.ts';
import { Connections, type DatabaseWeather } from './database.ts';
import { Jobs } from './jobs.ts';
import type { Network } from './network.ts';
import { ServerProcess } from './server.ts';
import { DAY_START, TIME_ZONE } from './station.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Longer than anything is on its way. */
const RESTORE_MS = 4_000;
const SERVER_RESTART_MS = 4_000;

interface HouseParts {
  readonly memory: MemoryStore;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly network: Network;
  readonly carrier: Carrier;
  readonly weather: DatabaseWeather;
  /** The servers' clocks are one, and are set back. Forward they would end leases early, see docs/operations.md. */
  readonly setBackMs: number;
  readonly onCommit: () => Promise<void>;
  readonly onAnswer: (commandId: string, answer: Answer) => void;
  /** The older copy stands there, no server runs yet. `at` is when it was made. */
  readonly onRestored: (memory: MemoryStore, at: string) => Promise<void>;
  readonly breakDatabase: (database: Database) => Database;
  readonly breakAway: (watch: AwayWatch) => AwayWatch;
}

/** What stands behind the counters: a database, the processes before it, their jobs and their clock. */
export class House {
  readonly jobs: Jobs;
  /** When a server came or went, or was set back. */
  unrestAt = 0;
  setBackAt = 0;
  readonly #parts: HouseParts;
  #memory: MemoryStore;
  #database: Database;
  #servers: ServerProcess[] = [];
  #setBackMs: number;
  #isRestoring = false;
  #copy: {
    readonly memory: MemoryStore;
    readonly jobs: ReturnType<Jobs['copy']>;
    readonly at: string;
  } | null = null;

  constructor(parts: HouseParts) {
    this.#parts = parts;
    this.#memory = parts.memory;
    this.#database = parts.breakDatabase(parts.memory);
    this.#setBackMs = parts.setBackMs;
    this.jobs = new Jobs(parts.memory.jobs, parts.time, parts.chance, () => this.anyServer());
  }

  anyServer = (): ServerProcess | undefined => this.#parts.chance.of(this.#running());

  /** What the servers' clock says. */
  now = (): string => new Date(this.#parts.time.now - this.#setBackMs).toISOString();

  startServer(): void {
    if (this.#isRestoring) return;
    const { time, chance, weather, network, carrier, onCommit, onAnswer, breakAway } = this.#parts;
    const connections = new Connections({
      database: this.#database,
      time,
      chance,
      weather,
      onCommit: async () => {
        await onCommit();
        this.jobs.look();
      },
    });
    const server = new ServerProcess({
      time,
      connections,
      sms: carrier,
      notify: (from, streamId, seq) => {
        for (const other of this.#running())
          if (other !== from) network.carry(() => other.wake(streamId, seq));
      },
      onAnswer,
      breakAway,
      now: this.now,
    });
    this.#servers = [...this.#running(), server];
    this.unrestAt = time.now;
  }

  /** One of the servers is killed at some time within these milliseconds, and another one comes up later. */
  killWithin(mostMs: number): void {
    const { time, chance } = this.#parts;
    const server = this.anyServer();
    const ms = chance.below(mostMs);
    if (server === undefined) return;
    time.after(ms, () => {
      if (!server.isRunning) return;
      server.kill();
      this.unrestAt = time.now;
      time.after(chance.below(SERVER_RESTART_MS), () => this.startServer());
    });
  }

  /** Not into a day that was closed: its numbers would begin anew, see docs/decisions/simulation.md. */
  setBack(byMs: number): void {
    const { now } = this.#parts.time;
    const dayOf = (backMs: number): string => businessDay(instant(now - backMs), TIME_ZONE, DAY_START);
    if (dayOf(this.#setBackMs + byMs) !== dayOf(this.#setBackMs)) return;
    this.#setBackMs += byMs;
    this.setBackAt = now;
    this.unrestAt = now;
  }

  copy(): void {
    this.#copy = { memory: this.#memory.copy(), jobs: this.jobs.copy(), at: this.#parts.time.iso };
  }

  /** Every server is stopped; what was on its way from them has arrived, or is lost, once the copy stands there. */
  restore(): void {
    const { time, chance } = this.#parts;
    this.#isRestoring = true;
    this.#running().forEach((server) => server.kill());
    time.after(RESTORE_MS + chance.below(RESTORE_MS), () => void this.#bringBack());
  }

  /** Resolves once nothing of it fails any more; it may yet have to be started. */
  async calm(): Promise<void> {
    while (this.#isRestoring) await this.#parts.time.pass(RESTORE_MS);
    Object.assign(this.#parts.weather, { slow: 0, breaks: 0 });
  }

  get isRunning(): boolean {
    return this.#running().length > 0;
  }

  async #bringBack(): Promise<void> {
    if (this.#copy === null) return;
    const { memory, jobs, at } = this.#copy;
    this.#memory = memory;
    this.#database = this.#parts.breakDatabase(memory);
    await this.#parts.onRestored(memory, at);
    this.jobs.restored(memory.jobs, jobs);
    this.#isRestoring = false;
    const servers = 1 + this.#parts.chance.below(2);
    for (let i = 0; i < servers; i++) this.startServer();
  }

  #running = (): readonly ServerProcess[] => this.#servers.filter((server) => server.isRunning);
}
