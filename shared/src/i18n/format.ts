import type { WaitRange } from '../kernel/protocol.ts';
import type { Language } from '../kernel/text.ts';
import { LOCALES } from './language.ts';

/** Intl formatters cost about 50 µs to make and nothing to keep. */
const times = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, Intl.DateTimeFormat>();
const numbers = new Map<Language, Intl.NumberFormat>();

/** "10:32": the local time of an instant, 24 h in every language. */
export function formatTime(at: string, language: Language, timeZone: string): string {
  const id = `${language}:${timeZone}`;
  let formatter = times.get(id);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(LOCALES[language], {
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZone,
    });
    times.set(id, formatter);
  }
  // fr-CH and it-CH write 10:32 as well; asking for the parts keeps every locale to the colon.
  const parts = formatter.formatToParts(Date.parse(at));
  const part = (type: 'hour' | 'minute'): string => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('hour')}:${part('minute')}`;
}

/** "20.05.2026" (English: 20/05/2026): the local day of an instant. */
export function formatDay(at: string, language: Language, timeZone: string): string {
  const id = `${language}:${timeZone}`;
  let formatter = days.get(id);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(LOCALES[language], {
      day: '2-digit',
      month: '2-digit',
      year: 'numeric',
      timeZone,
    });
    days.set(id, formatter);
  }
  return formatter.format(Date.parse(at));
}

/** "1’234": with the separators of the language as written in Switzerland. */
export function formatNumber(value: number, language: Language): string {
  let formatter = numbers.get(language);
  if (formatter === undefined) {
    formatter = new Intl.NumberFormat(LOCALES[language]);
    numbers.set(language, formatter);
  }
  // Older ICU data writes de-CH with an ASCII apostrophe.
  return formatter.format(value).replaceAll("'", '’');
}

const NOW: Readonly<Record<Language, string>> = {
  de: 'sofort',
  fr: 'tout de suite',
  it: 'subito',
  en: 'now',
};
const UP_TO: Readonly<Record<Language, string>> = { de: 'bis', fr: 'jusqu’à', it: 'fino a', en: 'up to' };

/** From here on minutes are false precision: quarters of an hour. */
const HOURS_FROM_MIN = 90;
const QUARTER_MIN = 15;

function hours(minutes: number): string {
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest}`;
}

/**
 * "8–12 min", "bis 3 min", "sofort" (within a minute), "1 h 30 – 2 h" above 90 minutes, rounded outwards to
 * quarters of an hour so that the range never promises more than the estimate did.
 */
export function formatRange(range: WaitRange, language: Language): string {
  const low = Math.max(0, Math.floor(range.lowMin));
  const high = Math.max(low, Math.ceil(range.highMin));
  if (high <= 1) return NOW[language];
  if (high > HOURS_FROM_MIN) {
    const from = Math.floor(low / QUARTER_MIN) * QUARTER_MIN;
    const to = Math.ceil(high / QUARTER_MIN) * QUARTER_MIN;
    if (from === 0) return `${UP_TO[language]} ${hours(to)}`;
    return from === to ? hours(to) : `${from < 60 ? `${from} min` : hours(from)} – ${hours(to)}`;
  }
  if (low === 0) return `${UP_TO[language]} ${high} min`;
  return low === high ? `${high} min` : `${low}–${high} min`;
}
