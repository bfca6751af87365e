import type { Language } from '../kernel/text.ts';
import { countSegments, gsm7Length, toGsm7 } from './gsm7.ts';
import type { Message } from './rows.ts';

export type Template = Message['template'];

export interface TextValues {
  /** The location's name. */
  readonly place: string;
  /** As it is called: "B042". */
  readonly number: string;
  /** The counter's name; not said while the turn only approaches. */
  readonly counter: string;
  /** The customer's page. */
  readonly link: string;
}

type Text = (values: Readonly<Record<'number' | 'counter', string>>) => string;

/**
 * What follows the place and stands before the link. No name, no service, no reason: a text message is read
 * on a locked screen. Only letters of the GSM alphabet, so no ê, â, ô, ç or ’ in French and Italian.
 */
const TEXTS: Readonly<Record<Template, Readonly<Record<Language, Text>>>> = {
  approaching: {
    de: ({ number }) => `Nummer ${number} ist bald an der Reihe. Bitte halten Sie sich bereit.`,
    fr: ({ number }) => `numéro ${number}, votre tour approche. Merci de rester à proximité.`,
    it: ({ number }) => `numero ${number}, tra poco tocca a Lei. La preghiamo di restare vicino.`,
    en: ({ number }) => `number ${number} is coming up soon. Please stay close by.`,
  },
  called: {
    de: ({ number, counter }) => `Nummer ${number}, bitte zu Schalter ${counter}.`,
    fr: ({ number, counter }) => `numéro ${number}, veuillez vous présenter au guichet ${counter}.`,
    it: ({ number, counter }) => `numero ${number}, La preghiamo di venire allo sportello ${counter}.`,
    en: ({ number, counter }) => `number ${number}, please go to counter ${counter}.`,
  },
};

/** One message is paid as one: the place gives way where the link is long, but stays recognisable. */
const ONE_SEGMENT = 160;
const PLACE_MAX = 40;
const PLACE_MIN = 8;

/** The message as it is sent. A place or counter in letters that the alphabet lacks is written with its own. */
export function renderMessage(
  template: Template,
  language: Language,
  { place, number, counter, link }: TextValues,
): { readonly body: string; readonly segments: number } {
  const sentence = TEXTS[template][language]({ number, counter: toGsm7(counter) });
  const room = ONE_SEGMENT - gsm7Length(`: ${sentence} ${link}`);
  const where = shorten(toGsm7(place).trim(), Math.max(PLACE_MIN, Math.min(PLACE_MAX, room)));
  const body = `${where === '' ? '' : `${where}: `}${sentence} ${link}`;
  return { body, segments: countSegments(body).segments };
}

/** Cut at the end, with a full stop that says so. */
function shorten(text: string, septetsMax: number): string {
  if (gsm7Length(text) <= septetsMax) return text;
  let cut = text;
  while (gsm7Length(cut) > septetsMax - 1) cut = cut.slice(0, -1);
  return `${cut.trimEnd()}.`;
}

/** The customer's page again, out of a message that was written with it. */
export const linkOf = (body: string): string => /\S+$/.exec(body)?.[0] ?? '';
