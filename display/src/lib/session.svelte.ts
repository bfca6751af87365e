import { v7 as uuid } from 'uuid';
import type { Connection } from '@schalter/shared/client/connection-state.ts';
import { createConnection } from '@schalter/shared/client/connection.ts';
import { memoryStore } from '@schalter/shared/client/store.ts';
import type { Transport } from '@schalter/shared/client/transport.ts';
import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import { businessDay, ms } from '@schalter/shared/kernel/time.ts';
import type { DeviceSettings } from '@schalter/shared/platform/rows.ts';
import type { QueueTables } from '@schalter/shared/queue/rows.ts';
import { browserClock } from '@schalter/shared/ui/browser-clock.ts';
import type { DeviceIdentity } from '@schalter/shared/ui/device/api.ts';
import { ownState } from '@schalter/shared/ui/device/state.ts';
import { LiveConnection } from '@schalter/shared/ui/connection.svelte.ts';
import {
  advance,
  endSound,
  nextAtMs,
  receiveCalls,
  startAnnouncer,
  takeoverMsOf,
  type Announcer,
} from './announce/announcer.ts';
import type { DeviceMemory } from './device/memory.ts';
import { displayPolicy } from './device/policy.ts';
import type { Heard, Sounder, SoundState } from './sound/sounder.ts';
import { showsService, wallView } from './wall/wall.ts';

/** Until the device's own row has arrived. */
const DEFAULTS: DeviceSettings = {
  serviceIds: [],
  languages: [],
  takeoverMs: 8_000,
  speech: true,
  paperMm: 80,
  media: 'none',
  mediaText: { de: '', fr: '', it: '', en: '' },
};

const TABLES: readonly (keyof QueueTables)[] = [
  ...(['organisations', 'people', 'locations', 'devices', 'services', 'counters', 'presences'] as const),
  ...([
    'numberSeries',
    'visits',
    'visitContacts',
    'stages',
    'calls',
    'callReceipts',
    'helpRequests',
    'numberBlocks',
  ] as const),
];
/** The wall's clock shows minutes, the announcer needs to look at least this often. */
const TICK_MS = 500;
/** The wall is not reloaded while somebody still looks for the number that was just called. */
const IDLE_MS = 30_000;

export interface SessionParts {
  readonly identity: DeviceIdentity;
  readonly memory: DeviceMemory;
  readonly transport: Transport;
  readonly sounder: Sounder;
  readonly version: string;
  /** The server will not have this display any more. */
  readonly onRefused: (code: RejectionCode) => void;
}

/** A paired display at work: follows its location, announces, reports. */
export class WallSession {
  readonly #parts: SessionParts;
  readonly #connection: Connection<QueueTables>;
  readonly #live: LiveConnection<QueueTables>;
  readonly #stopWatching: readonly (() => void)[];
  #announcer = $state.raw<Announcer>(startAnnouncer(null));
  #now = $state.raw('');
  #sound = $state.raw<SoundState>('locked');
  #reported: string | null = null;
  #reporting = false;
  #quietSinceMs: number;
  #cancelAdvance: () => void = () => undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { identity, memory, transport, sounder } = parts;
    this.#announcer = startAnnouncer(memory.reached());
    this.#connection = createConnection<QueueTables>({
      transport,
      store: memoryStore(),
      clock: browserClock,
      newCommandId: uuid,
      streamId: identity.locationId,
      audience: 'display',
      tables: TABLES,
      policyOf: displayPolicy,
    });
    this.#live = new LiveConnection(this.#connection);
    this.#now = this.#connection.now();
    this.#quietSinceMs = ms(this.#now);
    const ticking = setInterval(() => this.#tick(), TICK_MS);
    this.#stopWatching = [
      () => clearInterval(ticking),
      this.#connection.subscribe(() => this.#onState()),
      sounder.onStateChange(() => this.#tick()),
    ];
  }

  readonly settings = $derived.by<DeviceSettings>(() => {
    const { live } = this.#live.state;
    return live.rows.devices.get(this.#parts.identity.deviceId)?.settings ?? DEFAULTS;
  });
  readonly view = $derived.by(() => {
    const { live, signals } = this.#live.state;
    const unannounced = new Set(this.#announcer.queue.map((call) => call.id));
    return wallView(live, {
      settings: this.settings,
      now: this.now,
      estimates: signals.estimates,
      unannounced,
    });
  });
  readonly current = $derived(this.#announcer.current);
  readonly waiting = $derived(this.#announcer.queue);
  readonly takeoverMs = $derived(takeoverMsOf(this.#announcer.queue.length, this.settings.takeoverMs));

  get state() {
    return this.#live.state;
  }
  /** By the server's clock. */
  get now(): string {
    return this.#now;
  }
  get sound(): SoundState {
    return this.#sound;
  }
  /** Nobody would miss the wall for two seconds; one that the server refuses as too old is missed by nobody. */
  get idle(): boolean {
    const { status, pending } = this.#live.state;
    if (status === 'refused') return true;
    const { current, queue } = this.#announcer;
    const quiet = ms(this.#connection.now()) - this.#quietSinceMs >= IDLE_MS;
    return current === null && queue.length === 0 && pending.count === 0 && status === 'live' && quiet;
  }

  /** From a touch or a key. */
  async unlockSound(): Promise<void> {
    await this.#parts.sounder.unlock();
    this.#tick();
  }

  close(): void {
    this.#cancelAdvance();
    this.#stopWatching.forEach((stop) => stop());
    this.#parts.sounder.stop();
    this.#live.close();
  }

  #tick(): void {
    this.#now = this.#connection.now();
    this.#sound = this.#parts.sounder.state(this.settings);
    this.#reportHealth();
    this.#advance();
  }

  #onState(): void {
    const { status, refusedBy, live } = this.#live.state;
    if (status === 'refused' && refusedBy !== null) return this.#parts.onRefused(refusedBy);
    this.#now = this.#connection.now();
    if (status !== 'live') return;
    const { deviceId } = this.#parts.identity;
    const pairedAt = live.rows.devices.get(deviceId)?.pairedAt ?? '';
    const calls = [...live.rows.calls.values()].filter(
      (call) => call.calledAt >= pairedAt && showsService(this.settings, call.serviceId),
    );
    const receipts = [...live.rows.callReceipts.values()].filter((receipt) => receipt.deviceId === deviceId);
    const reported = new Set(receipts.map((receipt) => receipt.callId));
    this.#become(receiveCalls(this.#announcer, calls, ms(this.#now), reported));
    this.#advance();
    this.#reportHealth();
  }

  #advance(): void {
    const { takeoverMs } = this.settings;
    this.#cancelAdvance();
    this.#become(advance(this.#announcer, ms(this.#connection.now()), takeoverMs));
    const next = nextAtMs(this.#announcer, takeoverMs);
    if (next === null) return;
    this.#cancelAdvance = browserClock.after(Math.max(0, next - ms(this.#connection.now())), () =>
      this.#advance(),
    );
  }

  #become(announcer: Announcer): void {
    const before = this.#announcer.current?.call.id;
    const { reached } = this.#announcer;
    if (announcer === this.#announcer) return;
    this.#announcer = announcer;
    if (announcer.reached !== null && announcer.reached !== reached)
      this.#parts.memory.setReached(announcer.reached);
    if (announcer.current?.call.id === before) return;
    this.#quietSinceMs = ms(this.#connection.now());
    this.#parts.sounder.stop();
    if (announcer.current !== null) void this.#announce();
  }

  async #announce(): Promise<void> {
    const call = this.#announcer.current?.call;
    if (call === undefined) return;
    const shownAt = this.#connection.now();
    const report = (sound: Heard): void => {
      void this.#connection.send('queue.reportCall', { callId: call.id, shownAt, sound });
    };
    await this.#parts.sounder.announce(call, this.settings, report);
    this.#become(endSound(this.#announcer, call.id));
    this.#advance();
  }

  /** On a change, and at the start of every business day: the morning's check. */
  #reportHealth(): void {
    const { live, status } = this.#live.state;
    const [location] = live.rows.locations.values();
    if (status !== 'live' || location === undefined || this.#reporting) return;
    const sound = this.#parts.sounder.state(this.settings);
    const day = businessDay(this.#connection.now(), location.timeZone, location.dayStart);
    const own = ownState();
    const report = [day, sound, ...Object.values(own)].join(' ');
    if (report === this.#reported) return;
    this.#reporting = true;
    const health = { printer: null, sound, version: this.#parts.version, ...own };
    void this.#connection.send('platform.reportHealth', health).then((answer) => {
      this.#reporting = false;
      if (answer.ok !== false) this.#reported = report;
    });
  }
}
