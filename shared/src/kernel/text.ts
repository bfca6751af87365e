import { z } from 'zod';

/** C0, C1, bidirectional controls and lone surrogates: nothing a person types on purpose. */
const UNPRINTABLE =
  // eslint-disable-next-line no-control-regex -- these are exactly the characters to strip
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu;

/** Text as a person may have meant it: composed, without control characters, trimmed. */
export const cleanText = (text: string): string =>
  text
    .normalize('NFC')
    .replace(UNPRINTABLE, '')
    .replace(/[\t\n ]+/g, ' ')
    .trim();

/** Free text of at most `max` characters after cleaning; longer is refused, never cut silently. */
export const Text = (max: number) =>
  z
    .string()
    .max(max * 4)
    .transform(cleanText)
    .pipe(z.string().max(max));
export const NonEmptyText = (max: number) =>
  z
    .string()
    .max(max * 4)
    .transform(cleanText)
    .pipe(z.string().min(1).max(max));

export const LANGUAGES = ['de', 'fr', 'it', 'en'] as const;
export const Language = z.enum(LANGUAGES);
export type Language = z.output<typeof Language>;

/** The same short text in all four languages. */
export const Localised = (max: number) =>
  z.strictObject({ de: Text(max), fr: Text(max), it: Text(max), en: Text(max) });
export type Localised = Readonly<Record<Language, string>>;

export const LIMITS = {
  /** A customer's name on a staff card; longer ones exist, but not on a counter's screen. */
  name: 80,
  note: 500,
  shortText: 60,
} as const;
