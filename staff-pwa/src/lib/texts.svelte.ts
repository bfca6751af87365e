import { asset } from '$app/paths';
import { formatDay, formatTime } from '@schalter/shared/i18n/format.ts';
import { LOCALES, pickLanguage } from '@schalter/shared/i18n/language.ts';
import { createTranslator, type Translator } from '@schalter/shared/i18n/messages.ts';
import type { EnumerationName, ValueOf } from '@schalter/shared/enumerations.ts';
import type { EnumerationTexts } from '@schalter/shared/i18n/enumerations.ts';
import type { Rejection, RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import type { Language, Localised } from '@schalter/shared/kernel/text.ts';
import { remember, remembered } from './device/memory.ts';
import type { StaffMessages } from './texts/messages.ts';

type Sentences = Readonly<Record<RejectionCode, string>>;
interface Loaded {
  readonly language: Language;
  readonly translate: Translator<StaffMessages>;
  readonly rejections: Sentences;
  readonly words: EnumerationTexts;
}

// One language is about 10 kB gzip: only the one that is read is loaded, all four are kept by the service worker.
type Loader = () => Promise<{ texts: object; rejections: Sentences; words: EnumerationTexts }>;
const LOADERS: Readonly<Record<Language, Loader>> = {
  de: async () => ({
    texts: (await import('./texts/de.ts')).de,
    rejections: (await import('@schalter/shared/i18n/rejections/de.ts')).de,
    words: (await import('@schalter/shared/i18n/enumerations/de.ts')).de,
  }),
  fr: async () => ({
    texts: (await import('./texts/fr.ts')).fr,
    rejections: (await import('@schalter/shared/i18n/rejections/fr.ts')).fr,
    words: (await import('@schalter/shared/i18n/enumerations/fr.ts')).fr,
  }),
  it: async () => ({
    texts: (await import('./texts/it.ts')).it,
    rejections: (await import('@schalter/shared/i18n/rejections/it.ts')).it,
    words: (await import('@schalter/shared/i18n/enumerations/it.ts')).it,
  }),
  en: async () => ({
    texts: (await import('./texts/en.ts')).en,
    rejections: (await import('@schalter/shared/i18n/rejections/en.ts')).en,
    words: (await import('@schalter/shared/i18n/enumerations/en.ts')).en,
  }),
};

/** What the system shows of the installed app, in the language it was installed in. */
const MANIFESTS = {
  de: '/manifest.webmanifest',
  fr: '/manifest.fr.webmanifest',
  it: '/manifest.it.webmanifest',
  en: '/manifest.en.webmanifest',
} as const;

let loaded = $state.raw<Loaded | null>(null);

function current(): Loaded {
  if (loaded === null) throw new Error('a text was asked for before its language was loaded');
  return loaded;
}

/** Says a message in the language of the person who is signed in. Reactive: a switch repaints every screen. */
export const t = ((key: string, values?: object) =>
  (current().translate as (key: string, values?: object) => string)(
    key,
    values,
  )) as Translator<StaffMessages>;

export const language = (): Language => current().language;
/** A service's name, in the reader's language. */
export const local = (text: Localised): string => text[current().language] || text.de;
/** "10:31", by the clock of the house. */
export const time = (at: string, timeZone: string): string => formatTime(at, current().language, timeZone);
/** "20.05.2026, 10:31". */
export const dateTime = (at: string, timeZone: string): string =>
  `${formatDay(at, current().language, timeZone)}, ${time(at, timeZone)}`;
/** What happened and what to do, in one or two sentences. */
export const refusal = (code: Rejection['code']): string => current().rejections[code];

/** A value of a row as a person says it: word('stageStatus', 'no_show'). */
export const word = <Name extends EnumerationName>(name: Name, value: ValueOf<Name>): string =>
  (current().words[name] as Readonly<Record<string, string>>)[value] ?? value;

/** The language to start in: what was chosen on this device, then what the browser asks for. */
export function startLanguage(): Language {
  return pickLanguage([remembered('language') ?? '', ...navigator.languages]);
}

export async function setLanguage(wanted: Language): Promise<void> {
  if (loaded?.language === wanted) return;
  const { texts, rejections, words } = await LOADERS[wanted]();
  const translate = createTranslator({ [wanted]: texts } as unknown as StaffMessages, wanted);
  loaded = { language: wanted, translate, rejections, words };
  document.documentElement.lang = LOCALES[wanted];
  const manifest = document.querySelector<HTMLLinkElement>('link[rel=manifest]');
  if (manifest !== null) manifest.href = asset(MANIFESTS[wanted]);
  remember('language', wanted);
}
