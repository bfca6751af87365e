import type { Language } from '@schalter/shared/kernel/text.ts';
import type { Call, CallReceipt } from '@schalter/shared/queue/rows.ts';
import type { SOUND_STATES } from '@schalter/shared/platform/rows.ts';
import { languageOfSpeech, sentenceFor } from '../announce/spoken.ts';
import type { Chime } from './chime.ts';
import type { Voice } from './voice.ts';

export type SoundState = (typeof SOUND_STATES)[number];
export type Heard = CallReceipt['sound'];

export interface SpeechSettings {
  readonly languages: readonly Language[];
  readonly speech: boolean;
}

/** Chime, then voice, one call at a time. */
export class Sounder {
  readonly #chime: Pick<Chime, 'supported' | 'running' | 'ring' | 'stop' | 'unlock' | 'onStateChange'>;
  readonly #voice: Pick<Voice, 'hasVoice' | 'nameOf' | 'speak' | 'stop'>;
  /** Counts the announcements, so that one that was stopped does not go on to speak. */
  #turn = 0;

  constructor(
    chime: Pick<Chime, 'supported' | 'running' | 'ring' | 'stop' | 'unlock' | 'onStateChange'>,
    voice: Pick<Voice, 'hasVoice' | 'nameOf' | 'speak' | 'stop'>,
  ) {
    this.#chime = chime;
    this.#voice = voice;
  }

  state({ languages, speech }: SpeechSettings): SoundState {
    if (!this.#chime.supported) return 'off';
    if (!this.#chime.running) return 'locked';
    return speech && languages.some((language) => this.#voice.hasVoice(language)) ? 'voice' : 'chimeOnly';
  }

  /** What speaks a language on this device; null for nothing. */
  voiceName(language: Language): string | null {
    return this.#voice.nameOf(language);
  }

  onStateChange(run: () => void): () => void {
    return this.#chime.onStateChange(run);
  }

  unlock(): Promise<boolean> {
    return this.#chime.unlock();
  }

  /**
   * Resolves when the next call may sound. `onHeard` is told once, as soon as it is clear what was heard: the
   * clerk who called waits for it.
   */
  async announce(
    call: Pick<Call, 'series' | 'number' | 'counterName' | 'language'>,
    { languages, speech }: SpeechSettings,
    onHeard: (heard: Heard) => void,
  ): Promise<void> {
    this.stop();
    const turn = this.#turn;
    const rang = await this.#chime.ring();
    if (!rang || !speech || turn !== this.#turn) return onHeard(rang ? 'chime' : 'silent');
    const language = languageOfSpeech(call.language, languages, (l) => this.#voice.hasVoice(l));
    if (language === null) return onHeard('chime');
    const spoken = await this.#voice.speak(sentenceFor(call, language), () => onHeard('spoken'));
    if (!spoken) onHeard('chime');
  }

  stop(): void {
    this.#turn += 1;
    this.#chime.stop();
    this.#voice.stop();
  }
}
