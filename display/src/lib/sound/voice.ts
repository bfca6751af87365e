import { LOCALES } from '@schalter/shared/i18n/language.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import type { Sentence } from '../announce/spoken.ts';

/** A voice that has not begun by then will not (an engine that was removed, a service that is away). */
const START_MS_MAX = 3_000;
/** The longest sentence takes six seconds; some engines never say that they have ended. */
const SPEAK_MS_MAX = 9_000;
/** A little slower than talk, for a hall. */
const RATE = 0.92;

/** The part of `speechSynthesis` that is used. */
export type Speech = Pick<SpeechSynthesis, 'speak' | 'cancel' | 'getVoices'>;

/** The best voice of a language: the Swiss one first, one that works without a network before one that does not. */
export function voiceFor(
  voices: readonly SpeechSynthesisVoice[],
  language: Language,
): SpeechSynthesisVoice | null {
  const tagOf = (voice: SpeechSynthesisVoice): string => voice.lang.replace('_', '-').toLowerCase();
  const score = (voice: SpeechSynthesisVoice): number =>
    Number(voice.localService) * 2 + Number(tagOf(voice) === LOCALES[language].toLowerCase());
  const fitting = voices.filter((voice) => tagOf(voice).split('-')[0] === language);
  return [...fitting].sort((a, b) => score(b) - score(a))[0] ?? null;
}

/** How a sentence is made sayable; an argument, because only a browser can. */
export type MakeUtterance = (sentence: Sentence, voice: SpeechSynthesisVoice) => SpeechSynthesisUtterance;

export const browserUtterance: MakeUtterance = ({ text, language }, voice) => {
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = LOCALES[language];
  utterance.voice = voice;
  utterance.rate = RATE;
  return utterance;
};

/** Speaks one sentence at a time, says when it begins, and always comes to an end: true where it had begun. */
export class Voice {
  readonly #speech: Speech | null;
  readonly #make: MakeUtterance;
  /** Held here as well: Chromium forgets one that only its own queue knows, and its events with it. */
  #utterance: SpeechSynthesisUtterance | null = null;
  #finish: () => void = () => undefined;

  constructor(speech: Speech | null, make: MakeUtterance) {
    this.#speech = speech;
    this.#make = make;
  }

  hasVoice(language: Language): boolean {
    return this.#speech !== null && voiceFor(this.#speech.getVoices(), language) !== null;
  }

  nameOf(language: Language): string | null {
    return this.#speech === null ? null : (voiceFor(this.#speech.getVoices(), language)?.name ?? null);
  }

  speak(sentence: Sentence, onBegin: () => void = () => undefined): Promise<boolean> {
    const speech = this.#speech;
    const voice = speech === null ? null : voiceFor(speech.getVoices(), sentence.language);
    if (speech === null || voice === null) return Promise.resolve(false);
    this.stop();
    return new Promise((resolve) => {
      let begun = false;
      const finish = (): void => {
        clearTimeout(startTimer);
        clearTimeout(endTimer);
        this.#finish = () => undefined;
        this.#utterance = null;
        resolve(begun);
      };
      const giveUp = (): void => {
        speech.cancel();
        finish();
      };
      const startTimer = setTimeout(() => {
        if (!begun) giveUp();
      }, START_MS_MAX);
      const endTimer = setTimeout(giveUp, SPEAK_MS_MAX);
      this.#finish = finish;
      const utterance = this.#make(sentence, voice);
      this.#utterance = utterance;
      utterance.onstart = () => {
        begun = true;
        onBegin();
      };
      utterance.onend = finish;
      utterance.onerror = finish;
      try {
        speech.speak(utterance);
      } catch {
        finish();
      }
    });
  }

  stop(): void {
    if (this.#utterance !== null) this.#speech?.cancel();
    this.#finish();
  }
}
