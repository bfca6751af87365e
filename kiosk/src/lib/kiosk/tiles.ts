import type { Translator } from '@schalter/shared/i18n/messages.ts';
import type { WaitRange } from '@schalter/shared/kernel/protocol.ts';
import type { Localised } from '@schalter/shared/kernel/text.ts';
import { openingWords } from '../opening.ts';
import type { kioskMessages } from './texts.ts';

/** Six fit on the first screen of both sizes; more than six choices nobody reads. */
export const TILES_MAX = 6;

export type TileState =
  /** `ahead` is null where nobody knows: without the server. */
  | { readonly kind: 'open'; readonly ahead: number | null; readonly range: WaitRange | null }
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

interface When {
  readonly now: string;
  readonly timeZone: string;
}
type T = Translator<typeof kioskMessages>;

/** "wieder ab 13:00 Uhr", "wieder am Montag ab 08:00 Uhr"; nothing where nobody knows. */
export function opensText(t: T, opensAt: string | null, { now, timeZone }: When): string | null {
  if (opensAt === null) return null;
  const { time, day } = openingWords(opensAt, now, timeZone, t.language);
  return day === null ? t('opensAt', { time }) : t('opensOn', { day, time });
}

/** The same as a sentence, where the whole house is closed. */
export function houseOpensText(t: T, opensAt: string | null, { now, timeZone }: When): string | null {
  if (opensAt === null) return null;
  const { time, day } = openingWords(opensAt, now, timeZone, t.language);
  return day === null ? t('houseOpensAt', { time }) : t('houseOpensOn', { day, time });
}
