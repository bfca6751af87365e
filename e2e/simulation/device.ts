import type { Connection, ConnectionState } from '@schalter/shared/client/connection-state.ts';
import { createConnection } from '@schalter/shared/client/connection.ts';
import { predictBy } from '@schalter/shared/client/predict.ts';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import type { Audience } from '@schalter/shared/kernel/audience.ts';
import type { Refusal, Store } from '@schalter/shared/client/store.ts';
import { TABLE_NAMES, ruleOf, specOf, type AllTables } from '@schalter/shared/registry.ts';
import { mounted, newDisk, type Disk } from './disk.ts';
import { Line, type LineParts } from './line.ts';
import { KioskPage, type KioskParts } from './kiosk.ts';
import { LocalStorage } from './local-storage.ts';
import { LOCATION, ORGANISATION } from './station.ts';
import type { VirtualTime } from './virtual-time.ts';

export type DeviceKind = 'kiosk' | 'display' | 'staff' | 'phone';
export type State = ConnectionState<AllTables>;

export interface DeviceWorld extends Omit<LineParts, 'actor' | 'protocolOf' | 'balance'> {
  readonly balance: (device: Device) => ReturnType<LineParts['balance']>;
  readonly newCommandId: () => string;
  readonly onState: (device: Device, state: State) => void;
  readonly onRows: (device: Device) => void;
  readonly onOutbox: (device: Device, commandId: string) => void;
  readonly onRefused: (device: Device, refusal: Refusal) => void;
  /** For tests of the simulation itself: a disk that does not keep what it took. */
  readonly breakStore: (store: Store) => Store;
  readonly kiosk: (device: Device) => Omit<KioskParts, 'time' | 'storage'>;
}

export interface DeviceWish {
  readonly name: string;
  readonly kind: DeviceKind;
  readonly actor: Actor;
  readonly audience: Audience;
}

/** Which version of the app a device runs: the protocol it says in its hello. */
export type Version = 'older' | 'current' | 'newer';
const SHIFT: Readonly<Record<Version, number>> = { older: -1, current: 0, newer: 1 };

/** One screen: a disk that lasts, and a page that may be gone at any moment. */
export class Device {
  readonly wish: DeviceWish;
  readonly disk: Disk = newDisk();
  /** By how much its own clock is wrong. */
  skewMs = 0;
  version: Version = 'current';
  /** Until then it has no network at all. */
  offlineUntil = 0;
  offlineSince = 0;
  /** The session has ended: until somebody signs in, the server knows nobody there. */
  isSignedOut = false;
  /** When its screen was live last, and when its clock was set last. */
  liveAt = 0;
  clockSetAt = 0;
  /** By its own reckoning of the server's clock, as the page of a counter remembers it. */
  startedAt = '';
  readonly storage: LocalStorage;
  readonly #world: DeviceWorld;
  #page: Page | null = null;

  constructor(world: DeviceWorld, wish: DeviceWish) {
    this.#world = world;
    this.wish = wish;
    this.storage = new LocalStorage(world.time, world.chance);
  }

  get connection(): Connection<AllTables> | null {
    return this.#page?.connection ?? null;
  }
  get line(): Line | null {
    return this.#page?.line ?? null;
  }
  get kiosk(): KioskPage | null {
    return this.#page?.kiosk ?? null;
  }

  setClock(byMs: number): void {
    this.skewMs += byMs;
    this.clockSetAt = this.#world.time.now;
  }

  start(): void {
    this.#page ??= new Page(this.#world, this);
    this.startedAt = this.#page.connection.now();
  }

  /** Switched off, between any two steps: its page alone, or the whole device. */
  crash(losesPower: boolean): void {
    this.#page?.crash();
    this.#page = null;
    if (losesPower) this.storage.lose();
  }
}

class Page {
  readonly connection: Connection<AllTables>;
  readonly line: Line;
  readonly kiosk: KioskPage | null;
  #isRunning = true;

  constructor(world: DeviceWorld, device: Device) {
    const { actor, audience, kind } = device.wish;
    const isRunning = () => this.#isRunning;
    this.line = new Line({
      ...world,
      actor: () => (device.isSignedOut ? { kind: 'anonymous' } : actor),
      protocolOf: (protocol) => protocol + SHIFT[device.version],
      balance: () => world.balance(device),
    });
    const parts = {
      time: world.time,
      chance: world.chance,
      isRunning,
      onRows: () => world.onRows(device),
      onOutbox: (commandId: string) => world.onOutbox(device, commandId),
      onRefused: (refusal: Refusal) => world.onRefused(device, refusal),
    };
    const { storage } = device;
    this.kiosk =
      kind === 'kiosk' ? new KioskPage({ ...world.kiosk(device), time: world.time, storage }) : null;
    const store = world.breakStore(mounted(device.disk, parts));
    this.connection = createConnection<AllTables>({
      transport: this.kiosk?.overhear(this.line) ?? this.line,
      store: this.kiosk?.keepNumbers(store) ?? store,
      clock: clockOf(world.time, device, isRunning),
      newCommandId: world.newCommandId,
      streamId: LOCATION,
      audience,
      tables: TABLE_NAMES,
      policyOf: this.kiosk?.policyOf ?? specOf,
      ...(kind === 'staff'
        ? { predict: predictBy<AllTables>({ ruleOf, actor, organisationId: ORGANISATION }) }
        : {}),
    });
    this.connection.subscribe((state) => world.onState(device, state));
    this.kiosk?.run(this.connection);
  }

  crash(): void {
    this.#isRunning = false;
    // Nothing of it runs any more; `close` is for pages that end in peace, and here it only silences.
    this.kiosk?.end();
    this.line.end();
    this.connection.close();
  }
}

/** The device's own clock, wrong as it is; its timers end with the page. */
const clockOf = (time: VirtualTime, device: Device, isRunning: () => boolean) => ({
  now: () => time.now + device.skewMs,
  after: (ms: number, run: () => void) =>
    time.after(ms, () => {
      if (isRunning()) run();
    }),
});
