import type { Connection } from '@schalter/shared/client/connection-state.ts';
import type { Transport } from '@schalter/shared/client/transport.ts';
import { businessDay } from '@schalter/shared/kernel/time.ts';
import type { AllTables } from '@schalter/shared/registry.ts';
import type { Reply } from '@schalter/shared/ui/device/api.ts';
import { LateAnswers } from '../../kiosk/src/lib/device/answers.ts';
import { kioskMemory, type KioskMemory } from '../../kiosk/src/lib/device/memory.ts';
import { NumberDesk } from '../../kiosk/src/lib/device/number-desk.ts';
import { NumberStock } from '../../kiosk/src/lib/device/number-stock.ts';
import { policyOf } from '../../kiosk/src/lib/device/policies.ts';
import { keepingNumbers } from '../../kiosk/src/lib/device/store.ts';
import {
  findAgain,
  giveBackAbandoned,
  issueNumber,
  type Asked,
  type Desk,
  type TicketFound,
} from '../../kiosk/src/lib/kiosk/issue.ts';
import type { Store } from '@schalter/shared/client/store.ts';
import type { Issued } from '../../kiosk/src/lib/kiosk/flow.ts';
import type { LocalStorage } from './local-storage.ts';
import { LOCATION } from './station.ts';
import type { VirtualTime } from './virtual-time.ts';

/** As in kiosk/session.svelte.ts. */
const GRACE_MS = 3_000;
const GIVE_UP_MS = 8_000;
const TICK_MS = 1_000;
/** With nobody before it a kiosk has little to look at; so a world of hours costs a tenth. */
const IDLE_TICK_MS = 10_000;
/** Whoever has not got a number by then leaves. */
const PATIENCE_MS = 40_000;

export interface KioskParts {
  readonly time: VirtualTime;
  readonly storage: LocalStorage;
  readonly newLinkToken: () => string;
  /** The network's, without the line: what a request of HTTP gets; null where nobody answered. */
  readonly ticketOf: (linkToken: string) => Promise<Reply<TicketFound>>;
  readonly leave: (linkToken: string) => Promise<void>;
  /** Somebody holds it in their hand. */
  readonly onPaper: (issued: Issued, kiosk: KioskPage) => void;
  /** For tests of the simulation itself: what is leased. */
  readonly breakLease: (send: Desk['send']) => Desk['send'];
}

/**
 * The page of a kiosk around its connection: the product's stock, desk, memory and way of giving a number. What is of this
 * file alone is what the session does with time (kiosk/session.svelte.ts) and the person before it.
 */
export class KioskPage {
  readonly #parts: KioskParts;
  readonly #memory: KioskMemory;
  readonly #stock: NumberStock;
  readonly #lateAnswers = new LateAnswers();
  #numbers: NumberDesk | null = null;
  #connection: Connection<AllTables> | null = null;
  #isBusy = false;
  #isRunning = true;
  #swept = false;
  #liveMs: number;
  #whenLive: (() => void)[] = [];
  #whenLost: (() => void)[] = [];

  constructor(parts: KioskParts) {
    this.#parts = parts;
    this.#memory = kioskMemory(parts.storage as unknown as Storage, null);
    this.#stock = new NumberStock(this.#memory);
    this.#liveMs = parts.time.now;
  }

  readonly policyOf = policyOf;
  overhear = (transport: Transport): Transport => this.#lateAnswers.overhear(transport);
  keepNumbers = (disk: Store): Store => keepingNumbers(Promise.resolve(disk), this.#stock);

  /** When it was live last. */
  get liveMs(): number {
    return this.#liveMs;
  }

  run(connection: Connection<AllTables>): void {
    this.#connection = connection;
    this.#numbers = new NumberDesk(this.#stock, this.#parts.breakLease(connection.send.bind(connection)));
    void findAgain(this.#desk(connection)).then((issued) => {
      if (issued !== null && this.#isRunning) this.#parts.onPaper(issued, this);
      this.#memory.setGiving(null);
    });
    this.#tick();
  }

  end(): void {
    this.#isRunning = false;
  }

  /** Somebody steps up and presses a service. */
  async takeNumber(wanted: Omit<Asked, 'isWanted'>): Promise<void> {
    const connection = this.#connection;
    if (connection === null || this.#isBusy) return;
    this.#isBusy = true;
    this.#look();
    let isThere = true;
    this.#parts.time.after(PATIENCE_MS, () => (isThere = false));
    const desk = this.#desk(connection);
    this.#soon();
    const outcome = await issueNumber(desk, { ...wanted, isWanted: () => isThere });
    this.#isBusy = false;
    if (!this.#isRunning || outcome?.ok !== true) return;
    if (isThere) this.#parts.onPaper(outcome.issued, this);
    else await desk.giveBack(outcome.issued.linkToken);
    this.#memory.setGiving(null);
  }

  #desk(connection: Connection<AllTables>): Desk {
    const { time, newLinkToken, ticketOf, leave } = this.#parts;
    const isLive = () => connection.getState().status === 'live';
    return {
      send: connection.send.bind(connection),
      keep: connection.keep.bind(connection),
      now: () => connection.now(),
      memory: this.#memory,
      newLinkToken,
      ticketOf,
      lateAnswers: this.#lateAnswers,
      nowMs: () => time.now,
      isLive,
      whenLive: () => new Promise((resolve) => this.#whenLive.push(resolve)),
      whenGivenUp: () =>
        this.#isConnected()
          ? new Promise((resolve) => {
              this.#whenLost.push(resolve);
              time.after(GIVE_UP_MS, resolve);
            })
          : Promise.resolve(),
      takeNumber: () => {
        const day = this.#today(connection);
        return day === null ? null : this.#stock.take(day);
      },
      seriesOf: (serviceId) => connection.getState().live.rows.services.get(serviceId)?.letter ?? null,
      giveBack: leave,
    };
  }

  #today(connection: Connection<AllTables>): string | null {
    const location = connection.getState().live.rows.locations.get(LOCATION);
    return location === undefined
      ? null
      : businessDay(connection.now(), location.timeZone, location.dayStart);
  }

  #isConnected = (): boolean => this.#parts.time.now - this.#liveMs < GRACE_MS;

  #soon(): void {
    this.#parts.time.after(TICK_MS, () => {
      if (!this.#isRunning || !this.#isBusy) return;
      this.#look();
      this.#soon();
    });
  }

  #tick(): void {
    this.#parts.time.after(IDLE_TICK_MS, () => {
      if (!this.#isRunning) return;
      this.#look();
      this.#tick();
    });
  }

  #look(): void {
    const connection = this.#connection;
    if (connection === null) return;
    const { status, live, seq } = connection.getState();
    const { now } = this.#parts.time;
    const today = this.#today(connection);
    if (status === 'live') {
      this.#liveMs = now;
      this.#whenLive.splice(0).forEach((resolve) => resolve());
    }
    if (!this.#isConnected()) this.#whenLost.splice(0).forEach((resolve) => resolve());
    if (status !== 'live' || today === null) return;
    if (!this.#swept) void giveBackAbandoned(this.#desk(connection));
    this.#swept = true;
    this.#numbers?.tick({ live, seq, today, nowMs: now });
  }
}
