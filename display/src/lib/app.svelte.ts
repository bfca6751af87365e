import type { Transport } from '@schalter/shared/client/transport.ts';
import { pickLanguage } from '@schalter/shared/i18n/language.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import { browserClock } from '@schalter/shared/ui/browser-clock.ts';
import type { DeviceApi, DeviceIdentity } from '@schalter/shared/ui/device/api.ts';
import type { DeviceMemory } from './device/memory.ts';
import type { PairingView } from '@schalter/shared/ui/device/pairing.ts';
import type { SoundCheckView } from './screens/sound-check.ts';
import { WallSession } from './session.svelte.ts';
import type { Sounder } from './sound/sounder.ts';

/** Nobody touches the screen: the wall starts all the same, and says that it is silent. */
const UNTOUCHED_MS = 60_000;
/** Whoever set it up has walked away. */
const CHECKED_S = 20;
const DEMO_RETRY_MS = 3_000;
/** Also a wall that never starts anew is given its next token (P9). */
const DAY_MS = 24 * 3_600_000;

export interface AppParts {
  readonly api: DeviceApi;
  readonly memory: DeviceMemory;
  readonly sounder: Sounder;
  readonly connect: (deviceId: string) => Transport;
  readonly version: string;
  /** In the demo a display pairs itself. */
  readonly demoSlot: number | null;
  readonly browserLanguages: readonly string[];
  readonly origin: string;
}

/** From the first start to the wall: pairing, the check of the sound, the session; and back, when revoked. */
export class DisplayApp {
  readonly #parts: AppParts;
  pairing = $state.raw<PairingView>({ state: 'starting' });
  session = $state.raw<WallSession | null>(null);
  soundCheck = $state.raw<SoundCheckView | null>(null);
  removed = $state.raw(false);
  publicUrl = $state.raw('');
  #cancel: () => void = () => undefined;
  #cancelLearning: () => void = () => undefined;
  #stopPairing: () => void = () => undefined;

  constructor(parts: AppParts) {
    this.#parts = parts;
    this.publicUrl = parts.memory.publicUrl() ?? parts.origin;
    const identity = parts.memory.identity();
    if (identity === null) void this.#pair();
    else this.#begin(identity);
  }

  get language(): Language {
    return this.session?.view?.language ?? pickLanguage(this.#parts.browserLanguages);
  }

  /** Any touch or key switches the sound on. */
  onTouch = (): void => void this.session?.unlockSound();

  checkSound = async (): Promise<void> => {
    const { sounder } = this.#parts;
    const { session } = this;
    if (session === null) return;
    this.#cancel();
    this.soundCheck = { step: 'checking' };
    await session.unlockSound();
    const { settings, language } = { settings: session.settings, language: this.language };
    const configured = settings.languages.length > 0 ? settings.languages : [language];
    let chime = false;
    const sample = { series: 'A', number: 1, counterName: '1', language };
    await sounder.announce(
      sample,
      { ...settings, languages: configured },
      (heard) => (chime = heard !== 'silent'),
    );
    if (this.session !== session) return;
    const voices = configured.map((l) => ({ language: l, name: sounder.voiceName(l) }));
    this.#countDown({ step: 'done', chime, speech: settings.speech, voices, goesInS: CHECKED_S });
  };

  startWall = (): void => {
    this.#cancel();
    this.soundCheck = null;
    this.#parts.memory.setSoundSetUp();
  };

  close(): void {
    this.#cancel();
    this.#cancelLearning();
    this.#stopPairing();
    this.session?.close();
  }

  #countDown(view: Extract<SoundCheckView, { step: 'done' }>): void {
    if (view.goesInS === 0) return this.startWall();
    this.soundCheck = view;
    this.#cancel = browserClock.after(1_000, () => this.#countDown({ ...view, goesInS: view.goesInS - 1 }));
  }

  /** Fetched with the screen that shows the code: a wall is paired once. */
  async #pair(): Promise<void> {
    const { api, demoSlot } = this.#parts;
    if (demoSlot !== null) return this.#pairDemo(demoSlot);
    const { startPairing } = await import('@schalter/shared/ui/device/pairing.ts');
    this.#stopPairing = startPairing({
      api,
      clock: browserClock,
      show: (view) => (this.pairing = view),
      onPaired: (identity) => {
        this.#parts.memory.setIdentity(identity);
        this.#begin(identity);
      },
    });
  }

  async #pairDemo(slot: number): Promise<void> {
    const reply = await this.#parts.api.demoDevice(slot);
    if (reply.ok) {
      this.#parts.memory.setIdentity(reply.value);
      this.#begin(reply.value);
      return;
    }
    this.pairing = { state: 'unreachable' };
    this.#cancel = browserClock.after(DEMO_RETRY_MS, () => void this.#pairDemo(slot));
  }

  #begin(identity: DeviceIdentity): void {
    const { memory, sounder, connect, version, demoSlot } = this.#parts;
    this.removed = false;
    this.session = new WallSession({
      identity,
      memory,
      sounder,
      version,
      transport: connect(identity.deviceId),
      onRefused: (code) => this.#onRefused(code),
    });
    void this.#learnPublicUrl(identity);
    // The demo's walls start at once; a sign says that a touch switches the sound on.
    if (demoSlot !== null || memory.soundSetUp()) return void this.session.unlockSound();
    this.soundCheck = { step: 'untouched' };
    this.#cancel = browserClock.after(UNTOUCHED_MS, () => (this.soundCheck = null));
  }

  async #learnPublicUrl(identity: DeviceIdentity): Promise<void> {
    const { deviceId } = identity;
    const reply = await this.#parts.api.describe(deviceId);
    this.#cancelLearning = browserClock.after(DAY_MS, () => void this.#learnPublicUrl(identity));
    if (!reply.ok) return;
    this.publicUrl = reply.value.publicUrl;
    this.#parts.memory.setPublicUrl(reply.value.publicUrl);
  }

  /** Revoked: what it showed is gone at once, and it asks to be paired. */
  #onRefused(code: RejectionCode): void {
    // An older page than the server, or a newer one: the other's new version is on its way.
    if (code === 'protocolTooOld' || code === 'serverTooOld') return;
    const { memory, demoSlot } = this.#parts;
    const { session } = this;
    this.#cancel();
    this.#cancelLearning();
    this.soundCheck = null;
    this.session = null;
    this.removed = true;
    memory.setIdentity(null);
    // Not while the session tells: it is in the middle of its own change.
    queueMicrotask(() => session?.close());
    if (demoSlot === null) void this.#pair();
  }
}
