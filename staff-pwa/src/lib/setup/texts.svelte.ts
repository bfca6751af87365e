import { createTranslator, type Translator } from '@schalter/shared/i18n/messages.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import type { SetupMessages } from './texts/messages.ts';

const LOADERS: Readonly<Record<Language, () => Promise<object>>> = {
  de: async () => (await import('./texts/de.ts')).de,
  fr: async () => (await import('./texts/fr.ts')).fr,
  it: async () => (await import('./texts/it.ts')).it,
  en: async () => (await import('./texts/en.ts')).en,
};

let translate = $state.raw<Translator<SetupMessages> | null>(null);

/** The set-up's own words; loaded with its pages, which most people never open. */
export const s = ((key: string, values?: object): string => {
  if (translate === null)
    throw new Error('a text of the set-up was asked for before its language was loaded');
  return (translate as (key: string, values?: object) => string)(key, values);
}) as Translator<SetupMessages>;

export async function loadSetupTexts(language: Language): Promise<void> {
  const texts = await LOADERS[language]();
  translate = createTranslator({ [language]: texts } as unknown as SetupMessages, language);
}
