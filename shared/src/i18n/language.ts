// Types alone: kernel/text.ts brings zod (13 kB gzip), which the wall does not need.
import type { Language } from '../kernel/text.ts';

/** How each language calls itself, in the order in which a switch shows them. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  de: 'Deutsch',
  fr: 'Français',
  it: 'Italiano',
  en: 'English',
};

/** BCP 47 tags, for `lang`, speech and Intl; en-GB for its 24-hour times. */
export const LOCALES: Readonly<Record<Language, string>> = {
  de: 'de-CH',
  fr: 'fr-CH',
  it: 'it-CH',
  en: 'en-GB',
};

const languages = Object.keys(LOCALES) as Language[];

/** The first of the wished languages (`navigator.languages`, an Accept-Language list) that there is. */
export function pickLanguage(wished: readonly string[], fallback: Language = 'de'): Language {
  for (const tag of wished) {
    const language = languages.find((l) => l === tag.slice(0, 2).toLowerCase());
    if (language !== undefined) return language;
  }
  return fallback;
}
