import type { Language } from '@schalter/shared/kernel/text.ts';

/**
 * What the wall says. The comma after the letter keeps voices from reading "M 17" as a unit; the number is
 * said as people say it, without leading zeros.
 */
const SENTENCES: Readonly<Record<Language, (number: string, counter: string) => string>> = {
  de: (number, counter) => `Nummer ${number}, bitte zu Schalter ${counter}.`,
  fr: (number, counter) => `Numéro ${number}, veuillez vous présenter au guichet ${counter}.`,
  it: (number, counter) => `Numero ${number}, si presenti allo sportello ${counter}.`,
  en: (number, counter) => `Number ${number}, please go to counter ${counter}.`,
};

export interface Sentence {
  readonly text: string;
  readonly language: Language;
}

export function sentenceFor(
  call: { readonly series: string; readonly number: number; readonly counterName: string },
  language: Language,
): Sentence {
  return { language, text: SENTENCES[language](`${call.series}, ${call.number}`, call.counterName) };
}

/**
 * The customer's language where the display announces in it and has a voice for it; otherwise the first
 * configured one with a voice; null where there is none, and the chime stands alone.
 */
export function languageOfSpeech(
  customer: Language,
  configured: readonly Language[],
  hasVoice: (language: Language) => boolean,
): Language | null {
  const wished = configured.includes(customer) ? [customer, ...configured] : configured;
  return wished.find(hasVoice) ?? null;
}
