import { formatTime } from '@schalter/shared/i18n/format.ts';
import { LOCALES } from '@schalter/shared/i18n/language.ts';
import type { Translator } from '@schalter/shared/i18n/messages.ts';
import type { WaitRange } from '@schalter/shared/kernel/protocol.ts';
import type { Language, Localised } from '@schalter/shared/kernel/text.ts';
import { localTime } from '@schalter/shared/kernel/time.ts';
import type { kioskMessages } from './texts.ts';

/** Six fit on the first screen of both sizes; more than six choices nobody reads. */
export const TILES_MAX = 6;

export type TileState =
  | { readonly kind: 'open'; readonly ahead: number; readonly range: WaitRange | null }
  | { readonly kind: 'closed'; readonly opensAt: string | null }
  | { readonly kind: 'full' }
  /** Open still, but a turn would come after closing time. */
  | { readonly kind: 'lastCall'; readonly closesAt: string };

/** A service as the first screen shows it. */
export interface Tile {
  readonly serviceId: string;
  readonly letter: string;
  readonly colour: number;
  readonly name: Localised;
  readonly hint: Localised;
  /** Customers of this one have a booking: it leads to number and name. */
  readonly booked: boolean;
  readonly state: TileState;
}

const weekdays = new Map<string, Intl.DateTimeFormat>();

/** "Dienstag": only of days in the coming week, later ones are a date. */
function dayName(at: string, now: string, language: Language, timeZone: string): string {
  const far = Date.parse(at) - Date.parse(now) > 6 * 24 * 3_600_000;
  const id = `${language}:${timeZone}:${far}`;
  let format = weekdays.get(id);
  if (format === undefined) {
    const parts = far ? ({ day: 'numeric', month: 'long' } as const) : ({ weekday: 'long' } as const);
    format = new Intl.DateTimeFormat(LOCALES[language], { ...parts, timeZone });
    weekdays.set(id, format);
  }
  return format.format(Date.parse(at));
}

interface When {
  readonly now: string;
  readonly timeZone: string;
}
type T = Translator<typeof kioskMessages>;

/** "wieder ab 13:00 Uhr", "wieder am Montag ab 08:00 Uhr"; nothing where nobody knows. */
export function opensText(t: T, opensAt: string | null, { now, timeZone }: When): string | null {
  if (opensAt === null) return null;
  const time = formatTime(opensAt, t.language, timeZone);
  const sameDay = localTime(opensAt, timeZone).day === localTime(now, timeZone).day;
  return sameDay
    ? t('opensAt', { time })
    : t('opensOn', { day: dayName(opensAt, now, t.language, timeZone), time });
}

/** The same as a sentence, where the whole house is closed. */
export function houseOpensText(t: T, opensAt: string | null, { now, timeZone }: When): string | null {
  if (opensAt === null) return null;
  const time = formatTime(opensAt, t.language, timeZone);
  const sameDay = localTime(opensAt, timeZone).day === localTime(now, timeZone).day;
  return sameDay
    ? t('houseOpensAt', { time })
    : t('houseOpensOn', { day: dayName(opensAt, now, t.language, timeZone), time });
}
