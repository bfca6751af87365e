import type { MemoryStore } from '@schalter/server/src/engine/memory-store.ts';
import type { Store as Database } from '@schalter/server/src/engine/store.ts';
import type { AwayWatch } from '@schalter/server/src/queue/away.ts';
import type { Store as DeviceStore } from '@schalter/shared/client/store.ts';
import type { Hello } from '@schalter/shared/kernel/protocol.ts';
import { ms } from '@schalter/shared/kernel/time.ts';
import type { TransportListener } from '@schalter/shared/client/transport.ts';
import type { Desk } from '../../kiosk/src/lib/kiosk/issue.ts';
import { Carrier } from './carrier.ts';
import { Chance } from './chance.ts';
import { Device, type DeviceWish, type DeviceWorld } from './device.ts';
import { House } from './house.ts';
import { Network } from './network.ts';
import { Papers } from './papers.ts';
import { wantedBy, wishAtKiosk } from './people.ts';
import { kioskParts } from './kiosk-parts.ts';
import { planOf, type Plan } from './plan.ts';
import { clerk, customer, device, DISPLAY_IDS, KIOSK_IDS, openDatabase } from './station.ts';
import { Truth } from './truth.ts';
import { VirtualTime } from './virtual-time.ts';
import { Witness } from './witness.ts';

/** What a test of the simulation itself breaks on purpose; nothing in the product knows of it. */
export interface Sabotage {
  readonly database?: (database: Database) => Database;
  readonly deviceStore?: (store: DeviceStore) => DeviceStore;
  readonly listener?: (listener: TransportListener) => TransportListener;
  readonly hello?: (hello: Hello) => Hello;
  readonly away?: (watch: AwayWatch) => AwayWatch;
  /** One for all kiosks of a world. */
  readonly lease?: () => (send: Desk['send']) => Desk['send'];
}

/** What client/head-watch.ts reckons with: a heartbeat that is later than this may be taken for a shorter history. */
const LATE_MS = 2_900;
const HOUR_MS = 3_600_000;
const FAST_CLOCKS = 0.2;
/** So long after a line was lost its share is kept, whatever the database does: three tries. */
const KEPT_MS = 40_000;
/** A server looks so often whether a session still holds (transport/sockets.ts). */
const RECHECK_MS = 3_000;
/** After the last fault: a hello and its answer, a retry, an expiry of what nobody may send any more. */
const CONVERGE_MS = 45_000;

/** From a commit to every screen and its disk, with nothing in the way but another process's poll. */
const ARRIVE_MS = 3_000;

const DEVICES: readonly DeviceWish[] = [
  { name: 'kiosk 1', kind: 'kiosk', actor: device(KIOSK_IDS[0], 'kiosk'), audience: 'kiosk' },
  { name: 'kiosk 2', kind: 'kiosk', actor: device(KIOSK_IDS[1], 'kiosk'), audience: 'kiosk' },
  { name: 'counter 1', kind: 'staff', actor: clerk(1), audience: 'staff' },
  { name: 'counter 2', kind: 'staff', actor: clerk(2), audience: 'staff' },
  { name: 'counter 3', kind: 'staff', actor: clerk(3), audience: 'staff' },
  { name: 'wall 1', kind: 'display', actor: device(DISPLAY_IDS[0], 'display'), audience: 'display' },
  { name: 'wall 2', kind: 'display', actor: device(DISPLAY_IDS[1], 'display'), audience: 'display' },
];

/** One seed's world: a database, servers, a network, devices and the people before them. */
export class World {
  readonly chance: Chance;
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly truth: Truth;
  readonly witness: Witness;
  readonly papers = new Papers();
  readonly devices: Device[] = [];
  readonly carrier: Carrier;
  readonly #house: House;
  readonly #network: Network;
  readonly #sabotage: Sabotage;
  #commands = 0;
  readonly #breakLease: (send: Desk['send']) => Desk['send'];
  commands = 0;

  private constructor(seed: number, database: MemoryStore, sabotage: Sabotage) {
    this.chance = new Chance(seed);
    this.plan = planOf(this.chance, seed);
    this.time = new VirtualTime(this.plan.startsAt);
    this.#sabotage = sabotage;
    this.#breakLease = sabotage.lease?.() ?? ((send) => send);
    this.truth = new Truth(database, () => this.time.now);
    this.witness = new Witness(this.truth, () => this.time.now);
    this.carrier = new Carrier(this.time, this.chance);
    const rough = this.chance.of([0, 0.3, 1, 1]) ?? 1;
    const upTo = (most: number): number => this.chance.next() * most * rough;
    this.#network = new Network(this.time, this.chance, {
      lost: upTo(0.15),
      twice: upTo(0.15),
      late: upTo(0.3),
      lateMs: 100 + this.chance.below(LATE_MS),
    });
    const weather = { slow: upTo(0.05), breaks: upTo(0.04) };
    this.carrier.fails = upTo(0.5);
    this.#house = new House({
      memory: database,
      time: this.time,
      chance: this.chance,
      network: this.#network,
      carrier: this.carrier,
      weather,
      setBackMs: this.chance.happens(FAST_CLOCKS) ? -this.chance.below(HOUR_MS) : 0,
      onCommit: () => this.truth.readOn(),
      onAnswer: this.truth.answered,
      onRestored: (memory, at) => this.#restored(memory, at),
      breakDatabase: sabotage.database ?? ((whole) => whole),
      breakAway: sabotage.away ?? ((watch) => watch),
    });
  }

  static async open(seed: number, sabotage: Sabotage = {}): Promise<World> {
    const world = new World(seed, await openDatabase(), sabotage);
    await world.truth.readOn();
    const servers = 1 + world.chance.below(3);
    for (let i = 0; i < servers; i++) world.#house.startServer();
    for (const wish of DEVICES) world.#startDevice(wish);
    const last = world.devices.at(-1);
    if (last !== undefined) last.version = world.chance.of(['older', 'newer', 'current']) ?? 'older';
    for (const one of world.devices) {
      if (world.chance.happens(0.3)) one.skewMs = Math.round((world.chance.next() - 0.5) * 12 * HOUR_MS);
    }
    return world;
  }

  get broken(): readonly string[] {
    return [...this.truth.broken, ...this.witness.broken, ...this.papers.broken];
  }

  /** Faults of every kind, and everything that must be true all the time. */
  async safetyPhase(): Promise<void> {
    for (let n = 0; n < this.plan.steps && this.broken.length === 0; n++) {
      this.#somebodyActs();
      this.#somethingFails();
      if (n === this.plan.restore?.copyAt) this.#house.copy();
      if (n === this.plan.restore?.at) this.#house.restore();
      await this.time.pass(this.plan.pauseMs());
      this.witness.checkFresh(this.devices);
    }
  }

  /** The faults stop; within bounded time everybody agrees. */
  async livenessPhase(): Promise<void> {
    await this.#house.calm();
    Object.assign(this.#network.weather, { lost: 0, twice: 0, late: 0 });
    this.carrier.fails = 0;
    for (const one of this.devices) {
      one.offlineUntil = 0;
      if (one.isSignedOut) this.#signIn(one);
      // Somebody brings one of the old ones up to date: what it has kept is sent at last.
      if (one.version === 'older' && this.chance.happens(0.5)) this.#update(one);
      if (one.connection === null) this.#switchOn(one);
    }
    if (!this.#house.isRunning) this.#house.startServer();
    await this.time.pass(CONVERGE_MS);
    while (this.#isUnderWay()) await this.time.pass(ARRIVE_MS);
    if (this.broken.length > 0) return;
    await this.witness.checkConverged(this.devices);
    this.witness.broken.push(...this.papers.check(this.truth));
    this.witness.broken.push(...this.truth.callings.check(this.truth.commands));
    this.witness.broken.push(...this.carrier.doubles.map((id) => `message ${id} was sent twice`));
    this.witness.broken.push(...this.#house.jobs.left());
  }

  /** A job of its own time (a customer on hold is due again) has written, or a kiosk has asked for numbers, just now. */
  #isUnderWay(): boolean {
    const now = ms(this.#house.now());
    const asked = this.devices.flatMap((one) => one.connection?.getState().pending.oldestAt ?? []);
    const hasWritten = this.truth.seqAt(this.time.now - ARRIVE_MS) < this.truth.seq;
    return hasWritten || asked.some((at) => Math.abs(now - ms(at)) < ARRIVE_MS);
  }

  /** A counter without its network goes on working: where there is one, it is looked at more often. */
  #somebody(): Device | undefined {
    const lost = this.devices.filter((one) => one.wish.kind === 'staff' && one.offlineUntil > this.time.now);
    return lost.length > 0 && this.chance.happens(0.4) ? this.chance.of(lost) : this.chance.of(this.devices);
  }

  #somebodyActs(): void {
    const who = this.#somebody();
    const state = who?.connection?.getState();
    if (who === undefined || state === undefined) return;
    // The page says that the session has ended, and asks who is there.
    if (state.refusedBy === 'notSignedIn' && who.isSignedOut) return this.#signIn(who);
    if (who.kiosk !== null && this.chance.happens(0.95)) {
      this.commands += 1;
      void who.kiosk.takeNumber(wishAtKiosk(this.chance));
      return this.#somebodyFalls(who);
    }
    const wanted = wantedBy(who, state, this.chance);
    if (wanted === null) return;
    this.commands += 1;
    void who.connection?.send(...wanted);
    this.#heard(who, wanted[1], commandId(this.#commands));
    this.#somebodyFalls(who);
  }

  /** A number that was said into the room; by then the house has had the time to keep the share of whoever says it. */
  #heard(who: Device, input: unknown, id: string): void {
    const call = input as { stageId: string; counterId: string; aloud?: true };
    const { name, actor } = who.wish;
    if (call.aloud !== true || actor.kind !== 'person') return;
    this.truth.callings.aloud(id, { who: name, personId: actor.personId, ...call });
    const presence = this.truth.live.rows.presences.get(call.counterId);
    const isAway = who.offlineUntil > this.time.now;
    const isCalm =
      isAway && Math.max(who.offlineSince, who.clockSetAt, this.#house.unrestAt) + KEPT_MS < this.time.now;
    if (
      isCalm &&
      presence?.personId === actor.personId &&
      presence.state === 'available' &&
      presence.away === null
    )
      this.witness.broken.push(`${who.wish.name} calls by voice, and nobody keeps its share`);
  }

  #somebodyFalls(who: Device): void {
    if (this.chance.happens(0.06)) this.#house.killWithin(40);
    if (this.chance.happens(0.06)) this.time.after(this.chance.below(40), () => this.#crash(who));
  }

  #somethingFails(): void {
    if (this.chance.happens(this.plan.lostCounters)) {
      const counter = this.chance.of(this.devices.filter(({ wish }) => wish.kind === 'staff'));
      if (counter !== undefined) this.#loseNetwork(counter);
    }
    const one = this.chance.of(this.devices);
    const fate = this.chance.next();
    if (one === undefined) return;
    if (fate < 0.05) this.#crash(one);
    else if (fate < 0.12) one.line?.cut();
    else if (fate < 0.15) {
      this.#loseNetwork(one);
    } else if (fate < 0.18) one.setClock(Math.round((this.chance.next() - 0.5) * 4 * HOUR_MS));
    else if (fate < 0.21) this.#house.killWithin(500);
    else if (fate < 0.23) this.#joinByPhone();
    else if (fate < 0.25) this.devices.forEach(({ line }) => line?.cut());
    else if (fate < 0.26) this.#house.setBack(this.chance.below(HOUR_MS));
    else if (fate < 0.28 && one.wish.kind === 'staff') this.#endSession(one);
  }

  #loseNetwork(one: Device): void {
    if (one.offlineUntil <= this.time.now) one.offlineSince = this.time.now;
    one.offlineUntil = this.time.now + this.plan.offlineMs();
    one.line?.cut();
  }

  #endSession(one: Device): void {
    one.isSignedOut = true;
    this.time.after(this.chance.below(RECHECK_MS), () => {
      if (one.isSignedOut) one.line?.throwOut();
    });
  }

  /** The page begins anew with what is on its disk. */
  #signIn(one: Device): void {
    one.crash(false);
    one.isSignedOut = false;
    this.#switchOn(one);
  }

  /** A customer opens the link of a ticket. */
  #joinByPhone(): void {
    if (this.devices.length > DEVICES.length) return;
    const visit = this.chance.of([...this.truth.live.rows.visits.values()]);
    if (visit === undefined) return;
    this.#startDevice({ name: 'phone', kind: 'phone', actor: customer(visit.id), audience: 'customer' });
  }

  #startDevice(wish: DeviceWish): void {
    const parts: DeviceWorld = {
      time: this.time,
      chance: this.chance,
      network: this.#network,
      breakHello: this.#sabotage.hello ?? ((hello) => hello),
      balance: (one) => (one.offlineUntil > this.time.now ? undefined : this.#house.anyServer()),
      newCommandId: () => commandId(++this.#commands),
      onCopied: this.witness.copied,
      onState: this.witness.onState,
      onRows: this.witness.onRows,
      onOutbox: this.witness.onOutbox,
      onRefused: this.witness.onRefused,
      breakStore: this.#sabotage.deviceStore ?? ((store) => store),
      breakListener: this.#sabotage.listener ?? ((listener) => listener),
      kiosk: (of) => this.#kioskParts(of),
    };
    const one = new Device(parts, wish);
    this.devices.push(one);
    this.#switchOn(one);
  }

  #kioskParts(one: Device): ReturnType<DeviceWorld['kiosk']> {
    return kioskParts({
      one,
      chance: this.chance,
      truth: this.truth,
      papers: this.papers,
      newCommandId: () => commandId(++this.#commands),
      serverNow: this.#house.now,
      setBackAt: () => this.#house.setBackAt,
      breakLease: this.#breakLease,
    });
  }

  #switchOn(one: Device): void {
    this.witness.started(one);
    one.start();
  }

  #crash(one: Device): void {
    one.crash(this.chance.happens(0.5));
    this.time.after(this.plan.restartMs(), () => {
      if (one.connection === null) this.#switchOn(one);
    });
  }

  #update(one: Device): void {
    one.crash(false);
    one.version = 'current';
  }

  async #restored(memory: MemoryStore, at: string): Promise<void> {
    const lost = await this.truth.restore(memory);
    await this.witness.restored(this.devices, lost);
    this.papers.restored(lost);
    this.carrier.restored(at);
  }
}

/** 16 apart, so that the ids derived from two commands never meet. */
const commandId = (n: number): string => `019aa000-0000-7000-9000-${(n * 16).toString(16).padStart(12, '0')}`;
