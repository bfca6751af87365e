import { LOCALES } from '@schalter/shared/i18n/language.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';

type Synth = Pick<SpeechSynthesis, 'speak' | 'cancel' | 'getVoices'>;

/** A little slower than talk, for a hall. */
const RATE = 0.92;
/** Chromium ends a long utterance after about 15 s; by sentence it never comes to that. */
const SENTENCE = /[^.!?…]+[.!?…]*\s*/g;

const tagOf = (voice: SpeechSynthesisVoice): string => voice.lang.replace('_', '-').toLowerCase();

/** The best voice of a language: one of this device before one of the network, the Swiss one first. */
function voiceFor(voices: readonly SpeechSynthesisVoice[], language: Language): SpeechSynthesisVoice | null {
  const score = (voice: SpeechSynthesisVoice): number =>
    Number(voice.localService) * 2 + Number(tagOf(voice) === LOCALES[language].toLowerCase());
  const fitting = voices.filter((voice) => tagOf(voice).split('-')[0] === language);
  return [...fitting].sort((a, b) => score(b) - score(a))[0] ?? null;
}

/** Reads aloud; whatever is said next interrupts it. */
export class Speaker {
  readonly #synth: Synth | null;
  #left = 0;

  constructor(synth: Synth | null) {
    this.#synth = synth;
    // Chromium fetches its voices at the first question, and has none yet.
    synth?.getVoices();
  }

  canSpeak(language: Language): boolean {
    return this.#synth !== null && voiceFor(this.#synth.getVoices(), language) !== null;
  }

  get speaking(): boolean {
    return this.#left > 0;
  }

  say(text: string, language: Language): void {
    this.stop();
    const synth = this.#synth;
    const voice = synth === null ? null : voiceFor(synth.getVoices(), language);
    if (synth === null || voice === null) return;
    const sentences = text.match(SENTENCE) ?? [];
    this.#left = sentences.length;
    for (const sentence of sentences) {
      const utterance = new SpeechSynthesisUtterance(sentence.trim());
      utterance.lang = LOCALES[language];
      utterance.voice = voice;
      utterance.rate = RATE;
      utterance.onend = utterance.onerror = () => (this.#left = Math.max(0, this.#left - 1));
      synth.speak(utterance);
    }
  }

  stop(): void {
    this.#left = 0;
    this.#synth?.cancel();
  }
}
