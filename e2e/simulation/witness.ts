import { PROTOCOL } from '@schalter/shared/kernel/protocol.ts';
import type { Refusal } from '@schalter/shared/client/store.ts';
import type { BaseRow } from '@schalter/shared/kernel/live.ts';
import { specOf, type AllLive } from '@schalter/shared/registry.ts';
import type { Device, State } from './device.ts';
import { digestOf, type Lost, type Truth } from './truth.ts';

/** A screen that says "live" may be this much behind: two lost heartbeats, a lost frame and its hello. */
const LIVE_BEHIND_MS = 20_000;
/** Said of what nobody decided: sent once more, the same command may still be taken. */
const UNDECIDED: ReadonlySet<string> = new Set(['unavailable', 'rateLimited']);

interface Seen {
  seq: number;
  live: AllLive | null;
  calls: Set<string>;
  /** By business day: each begins anew. */
  lastOrder: Map<string, number>;
}

const allRows = (live: AllLive): BaseRow[] =>
  (Object.values(live.rows) as Map<string, BaseRow>[]).flatMap((rows) => [...rows.values()]);

/** Watches every device: what it shows, what it has stored, and what it tells the person before it. */
export class Witness {
  readonly #truth: Truth;
  readonly #now: () => number;
  readonly #seen = new Map<Device, Seen>();
  readonly #kept = new Map<Device, Set<string>>();
  readonly #refused = new Map<string, { device: string; code: string }>();
  readonly #copied = new Set<string>();
  /** Devices that may still have rows of the history that a restore has taken. */
  readonly #behind = new Set<Device>();
  /** What they had to say when the house was brought back: nothing of that may be lost. */
  readonly #held = new Set<string>();
  readonly broken: string[] = [];

  constructor(truth: Truth, now: () => number) {
    this.#truth = truth;
    this.#now = now;
  }

  /** A new page begins: it may be behind what the one before it showed last. */
  started(device: Device): void {
    const before = this.#seen.get(device);
    this.#seen.set(device, {
      seq: 0,
      live: null,
      calls: before?.calls ?? new Set(),
      lastOrder: before?.lastOrder ?? new Map<string, number>(),
    });
  }

  /** The house was brought back; by now nothing of the lost history is on its way any more. */
  async restored(devices: readonly Device[], { from }: Lost): Promise<void> {
    for (const device of devices) {
      const { head, outbox } = await device.disk.load();
      const shown = this.#seen.get(device)?.seq ?? 0;
      if (Math.max(head?.seq ?? 0, shown) > from) this.#behind.add(device);
      for (const { command } of outbox)
        if (specOf(command.type)?.offline === 'queue') this.#held.add(command.commandId);
    }
  }

  copied = (commandId: string): void => void this.#copied.add(commandId);

  onOutbox = (device: Device, commandId: string): void => {
    this.#kept.set(device, (this.#kept.get(device) ?? new Set()).add(commandId));
  };

  /** Told, and written down: switched off before that, a device asks again. */
  onRefused = ({ wish }: Device, { commandId, code }: Refusal): void => {
    this.#refused.set(commandId, { device: wish.name, code });
    this.#truth.callings.refused(commandId, this.#truth.live);
  };

  onState = (device: Device, state: State): void => {
    const { name } = device.wish;
    const seen = this.#seen.get(device);
    if (seen === undefined) return;
    if (state.status === 'live') device.liveAt = this.#now();
    if (device.version === 'older' && (state.status === 'live' || state.seq > 0)) {
      this.broken.push(`${name} speaks an older protocol and shows rows`);
    }
    const isBehind = this.#behind.has(device);
    if (state.seq > this.#truth.seq && !isBehind)
      this.broken.push(`${name} is at ${state.seq}, the journal at ${this.#truth.seq}`);
    if (state.seq < seen.seq && !isBehind)
      this.broken.push(`${name} went back from ${seen.seq} to ${state.seq}`);
    if (device.wish.kind !== 'staff' && state.live !== seen.live && state.seq > 0) {
      const isOfNow = this.#compare(device, 'shows', state.seq, allRows(state.live));
      // Calls count from where the copy stood.
      if (isBehind && isOfNow) Object.assign(seen, { calls: new Set(), lastOrder: new Map() });
      if (isBehind && !isOfNow && state.status === 'live') this.#checkLost(device);
      if (device.wish.kind === 'display') this.#calls(device, state, seen);
    }
    seen.seq = state.seq;
    seen.live = state.live;
  };

  /** Rows and place lie on the disk together, or the next start shows what never was. */
  onRows = (device: Device): void => {
    void device.disk.load().then(({ head, rows }) => {
      if (head === null || head.seq === 0) return;
      if (this.#compare(device, 'has stored', head.seq, Object.values(rows).flat()))
        this.#behind.delete(device);
    });
  };

  /** Until it has missed its heartbeats a screen cannot know. */
  #checkLost({ wish }: Device): void {
    if (this.#now() - (this.#truth.lost?.at ?? 0) > LIVE_BEHIND_MS)
      this.broken.push(`${wish.name} says it is live with what a restore has taken`);
  }

  /** Looked at from time to time: "live" is a promise. */
  checkFresh(devices: readonly Device[]): void {
    const head = this.#truth.seqAt(this.#now() - LIVE_BEHIND_MS);
    for (const { wish, connection } of devices) {
      const state = connection?.getState();
      if (state?.status === 'live' && state.seq < head) {
        this.broken.push(`${wish.name} says it is live at ${state.seq}; ${head} is older than 20 s`);
      }
    }
  }

  /** All faults are over for a while: everybody is live, at the head, with nothing left to say. */
  async checkConverged(devices: readonly Device[]): Promise<void> {
    for (const device of devices) {
      if (device.version === 'older') this.#checkOlder(device);
      else await this.#checkCurrent(device);
      await this.#checkKept(device);
    }
    for (const [commandId, { device, code }] of this.#refused) {
      if (!this.#truth.commands.has(commandId)) continue;
      // A network that copies messages can deliver one after its refusal; a device cannot know.
      if (this.#copied.has(commandId) && UNDECIDED.has(code)) continue;
      this.broken.push(`${device} was told "${code}" about ${commandId}, which took effect`);
    }
  }

  #checkOlder({ wish, connection }: Device): void {
    const state = connection?.getState();
    if (state?.status !== 'refused' || state.refusedBy !== 'protocolTooOld') {
      this.broken.push(`${wish.name} speaks protocol ${PROTOCOL - 1} and is ${state?.status}, not refused`);
    }
  }

  async #checkCurrent(device: Device): Promise<void> {
    const { name } = device.wish;
    const state = device.connection?.getState();
    if (state === undefined) return;
    const { seq } = this.#truth;
    if (state.status !== 'live') this.broken.push(`${name} is ${state.status} after the faults have stopped`);
    if (state.seq !== seq) this.broken.push(`${name} is at ${state.seq}, the journal at ${seq}`);
    if (state.pending.count > 0)
      this.broken.push(`${name} still has ${state.pending.count} commands to send`);
    this.#compare(device, 'shows in the end', seq, allRows(state.live));
    const stored = await device.disk.load();
    if (stored.head?.seq !== seq)
      this.broken.push(`${name} has stored ${stored.head?.seq}, the journal is at ${seq}`);
    if (stored.outbox.length > 0)
      this.broken.push(`${name} has stored ${stored.outbox.length} commands as open`);
  }

  /** What was kept on a device is in the journal, or is still waiting, or was refused and says so. */
  async #checkKept(device: Device): Promise<void> {
    const { outbox } = await device.disk.load();
    const waiting = new Set(outbox.map(({ command }) => command.commandId));
    for (const commandId of this.#kept.get(device) ?? []) {
      if (this.#truth.commands.has(commandId) || this.#refused.has(commandId)) continue;
      if (device.version === 'older' && waiting.has(commandId)) continue;
      // Acknowledged, gone from the device, and then lost by the house.
      if (this.#truth.lost?.commands.has(commandId) === true && !this.#held.has(commandId)) continue;
      this.broken.push(`${device.wish.name} has lost command ${commandId}`);
    }
  }

  /** Whether they are those of the journal as it is now. */
  #compare(device: Device, does: string, seq: number, rows: readonly BaseRow[]): boolean {
    const { name, audience } = device.wish;
    const { lost } = this.#truth;
    const digest = digestOf(rows);
    if (digest === this.#truth.digestAt(audience, seq)) return true;
    if (!this.#behind.has(device) || digest !== lost?.digestAt(audience, seq))
      this.broken.push(`${name} ${does} other rows at ${seq} than the journal says`);
    return false;
  }

  /** One order of calls on every wall, and none comes up again. */
  #calls({ wish: { name } }: Device, state: State, seen: Seen): void {
    const fresh = [...state.live.rows.calls.values()].filter((call) => !seen.calls.has(call.id));
    for (const call of fresh.sort((a, b) => a.order - b.order)) {
      const last = seen.lastOrder.get(call.businessDay) ?? 0;
      if (call.order <= last) this.broken.push(`${name} shows call ${call.order} after ${last}`);
      seen.calls.add(call.id);
      seen.lastOrder.set(call.businessDay, Math.max(last, call.order));
    }
  }
}
