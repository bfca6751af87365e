import { IntlMessageFormat } from 'intl-messageformat';
import type { Language } from '../kernel/text.ts';
import { LOCALES } from './language.ts';
import type { TranslationOf, ValuesOf } from './message-types.ts';

type Table = Readonly<Record<string, string>>;
export type Messages<De extends Table = Table, Fr = Table, It = Table, En = Table> = {
  readonly de: De;
  readonly fr: Fr;
  readonly it: It;
  readonly en: En;
};

/**
 * A table of ICU messages. German says which keys and which variables there are; a translation with another
 * key, without one, or with other variables is a type error. Write apostrophes as ’ (an ASCII one quotes in ICU).
 */
export function defineMessages<
  const De extends Table,
  const Fr extends Readonly<Record<keyof De, string>>,
  const It extends Readonly<Record<keyof De, string>>,
  const En extends Readonly<Record<keyof De, string>>,
>(messages: {
  readonly de: De;
  readonly fr: Fr & TranslationOf<De, Fr>;
  readonly it: It & TranslationOf<De, It>;
  readonly en: En & TranslationOf<De, En>;
}): Messages<De, Fr, It, En> {
  return messages;
}

/** The message of a key in all its languages, as a union. */
type Wordings<M extends Messages, Key extends keyof M['de']> = {
  [L in Language]: Key extends keyof M[L] ? Extract<M[L][Key], string> : never;
}[Language];

export type Values<M extends Messages, Key extends keyof M['de']> = ValuesOf<Wordings<M, Key>>;

/** `t('key')`, or `t('key', values)` where the message has variables. */
export interface Translator<M extends Messages> {
  <Key extends keyof M['de'] & string>(
    key: Key,
    ...values: keyof Values<M, Key> extends never ? [] : [values: Values<M, Key>]
  ): string;
  readonly language: Language;
}

/** Parsed messages by their text and language: screens call `t` at every frame, parsing costs about 20 µs. */
const parsed = new Map<string, IntlMessageFormat>();

function format(text: string, language: Language, values: Readonly<Record<string, string | number>>): string {
  const id = `${language}:${text}`;
  let message = parsed.get(id);
  if (message === undefined) {
    message = new IntlMessageFormat(text, LOCALES[language], undefined, { ignoreTag: true });
    parsed.set(id, message);
  }
  return String(message.format(values));
}

const NO_VALUES = {};

export function createTranslator<M extends Messages>(messages: M, language: Language): Translator<M> {
  const table: Table = messages[language];
  const t = (key: string, values?: Readonly<Record<string, string | number>>): string => {
    const text = table[key];
    // Unreachable for typed callers; a key from outside the program is shown rather than an empty screen.
    if (text === undefined) return key;
    return text.includes('{') ? format(text, language, values ?? NO_VALUES) : text;
  };
  return Object.assign(t, { language });
}
