import { formatTime } from '@schalter/shared/i18n/format.ts';
import { LOCALES } from '@schalter/shared/i18n/language.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import { localTime } from '@schalter/shared/kernel/time.ts';

/** From here on "Tuesday" would be the wrong one: the date is said. */
const WEEK_MS = 6 * 24 * 3_600_000;

export interface OpeningWords {
  readonly time: string;
  /** "Tuesday", "8 June"; null for today. */
  readonly day: string | null;
}

/** How an opening is said, as seen from now, in the house's zone. */
export function openingWords(at: string, now: string, timeZone: string, language: Language): OpeningWords {
  const time = formatTime(at, language, timeZone);
  if (localTime(at, timeZone).day === localTime(now, timeZone).day) return { time, day: null };
  const isFar = Date.parse(at) - Date.parse(now) > WEEK_MS;
  const parts = isFar ? ({ day: 'numeric', month: 'long' } as const) : ({ weekday: 'long' } as const);
  const format = new Intl.DateTimeFormat(LOCALES[language], { ...parts, timeZone });
  return { time, day: format.format(Date.parse(at)) };
}
