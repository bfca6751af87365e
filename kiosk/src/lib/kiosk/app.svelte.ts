import type { Transport } from '@schalter/shared/client/transport.ts';
import { createWords } from '@schalter/shared/i18n/words.ts';
import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import { browserClock } from '@schalter/shared/ui/browser-clock.ts';
import type { DeviceApi, DeviceIdentity } from '@schalter/shared/ui/device/api.ts';
import { startPairing, type PairingView } from '@schalter/shared/ui/device/pairing.ts';
import type { KioskMemory } from '../device/memory.ts';
import { wipeStore } from '../device/store.ts';
import { Extras } from './extras.svelte.ts';
import { KioskSession } from './session.svelte.ts';
import type { Speaker } from './speech.ts';
import { kioskMessages } from './texts.ts';

const DEMO_RETRY_MS = 3_000;
/** Also a kiosk that never starts anew is given its next token (P9). */
const DAY_MS = 24 * 3_600_000;
/** The second after the first screen is the customer's: everything else is fetched after it. */
const PREPARE_MS = 1_000;

export interface AppParts {
  readonly api: DeviceApi;
  readonly memory: KioskMemory;
  readonly speaker: Speaker;
  readonly connect: (deviceId: string) => Transport;
  readonly newLinkToken: () => string;
  readonly origin: string;
  readonly browserLanguage: Language;
  readonly version: string;
  /** In the demo a kiosk pairs itself. */
  readonly demoSlot: number | null;
  readonly onSetUp: () => void;
  readonly onForget: () => void;
}

/** From the first start to the first customer: pairing, the session; and back, when somebody removes it. */
export class KioskApp {
  readonly #parts: AppParts;
  readonly extras = new Extras();
  pairing = $state.raw<PairingView>({ state: 'starting' });
  session = $state.raw<KioskSession | null>(null);
  #stopPairing: () => void = () => undefined;
  #cancel: () => void = () => undefined;
  #cancelLearning: () => void = () => undefined;

  constructor(parts: AppParts) {
    this.#parts = parts;
    const identity = parts.memory.identity();
    if (identity === null) this.#pair();
    else this.#begin(identity);
  }

  /** While there is no session: its words, in the browser's language. */
  get t() {
    return createWords(kioskMessages, this.session?.language ?? this.#parts.browserLanguage);
  }

  close(): void {
    this.#cancel();
    this.#cancelLearning();
    this.#stopPairing();
    this.session?.close();
  }

  #pair(): void {
    const { api, demoSlot } = this.#parts;
    this.extras.load();
    if (demoSlot !== null) return void this.#pairDemo(demoSlot);
    this.#stopPairing = startPairing({
      api,
      clock: browserClock,
      show: (view) => (this.pairing = view),
      onPaired: (identity) => this.#paired(identity),
    });
  }

  async #pairDemo(slot: number): Promise<void> {
    const reply = await this.#parts.api.demoDevice(slot);
    if (reply.ok) return this.#paired(reply.value);
    this.pairing = { state: 'unreachable' };
    this.#cancel = browserClock.after(DEMO_RETRY_MS, () => void this.#pairDemo(slot));
  }

  #paired(identity: DeviceIdentity): void {
    this.#parts.memory.setIdentity(identity);
    this.#begin(identity);
  }

  #begin(identity: DeviceIdentity): void {
    const { connect } = this.#parts;
    this.session = new KioskSession({
      ...this.#parts,
      identity,
      extras: this.extras,
      transport: connect(identity.deviceId),
      onRefused: (code) => this.#onRefused(code),
    });
    this.extras.loadScreens();
    this.#cancel = browserClock.after(PREPARE_MS, () => this.session?.prepare());
    void this.#learnPlace(identity);
  }

  async #learnPlace(identity: DeviceIdentity): Promise<void> {
    const { deviceId } = identity;
    const { api, memory } = this.#parts;
    const reply = await api.describe(deviceId);
    this.#cancelLearning = browserClock.after(DAY_MS, () => void this.#learnPlace(identity));
    if (!reply.ok) return;
    const { location, publicUrl } = reply.value;
    const { name, timeZone, languages } = location;
    memory.setPlace({ name, timeZone, languages, publicUrl });
  }

  /** Revoked: what it showed is gone at once, and it asks to be paired. */
  #onRefused(code: RejectionCode): void {
    // An older page than the server, or a newer one: the other's new version is on its way.
    if (code === 'protocolTooOld' || code === 'serverTooOld') return;
    const { session } = this;
    this.#cancelLearning();
    this.session = null;
    const { memory } = this.#parts;
    const deviceId = memory.identity()?.deviceId;
    memory.setIdentity(null);
    memory.setGiving(null);
    memory.setBlocks([]);
    memory.setAbandoned([]);
    this.#parts.onForget();
    if (deviceId !== undefined) void wipeStore(deviceId);
    // Not while the session tells: it is in the middle of its own change.
    queueMicrotask(() => session?.close());
    this.#pair();
  }
}
