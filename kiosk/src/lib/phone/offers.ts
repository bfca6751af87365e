import { formatRange } from '@schalter/shared/i18n/format.ts';
import type { Translator } from '@schalter/shared/i18n/messages.ts';
import type { WaitRange } from '@schalter/shared/kernel/protocol.ts';
import type { Language, Localised } from '@schalter/shared/kernel/text.ts';
import type { ServiceState } from '@schalter/shared/queue/select.ts';
import { openingWords } from '../opening.ts';
import type { phoneMessages } from './texts.ts';

/** `GET /api/v1/join/:code` (docs/api.md). */
export interface JoinPlace {
  readonly locationId: string;
  readonly name: string;
  readonly code: string;
  readonly timeZone: string;
  readonly languages: readonly Language[];
  readonly joinByPhone: boolean;
  readonly smsCountries: readonly string[];
  readonly services: readonly JoinService[];
}
export interface JoinService {
  readonly id: string;
  readonly letter: string;
  readonly colour: number;
  readonly name: Localised;
  readonly hint: Localised;
  readonly kind: string;
  readonly state: ServiceState;
  readonly ahead: number;
  readonly range: WaitRange | null;
}

/** A service as a line of the page: what it is, and how long, or why not. */
export interface Offer {
  readonly id: string;
  readonly letter: string;
  /** null: not to be had now. */
  readonly colour: number | null;
  readonly name: string;
  readonly hint: string;
  readonly wait: string;
  readonly detail: string;
}

function opensText(t: Translator<typeof phoneMessages>, opensAt: string, zone: string, now: string): string {
  const { time, day } = openingWords(opensAt, now, zone, t.language);
  return day === null ? t('opensAt', { time }) : t('opensOn', { day, time });
}

function whyNot(
  t: Translator<typeof phoneMessages>,
  state: Extract<ServiceState, { open: false }>,
  zone: string,
  now: string,
): { wait: string; detail: string } {
  switch (state.code) {
    case 'locationClosed':
    case 'serviceClosed':
      return {
        wait: t('closed'),
        detail: state.opensAt === null ? '' : opensText(t, state.opensAt, zone, now),
      };
    case 'queueFull':
      return { wait: t('full'), detail: '' };
    case 'closesBeforeTurn':
      return { wait: t('lastCall'), detail: '' };
  }
}

export function offersOf(t: Translator<typeof phoneMessages>, place: JoinPlace, now: string): Offer[] {
  return place.services.map(({ id, letter, colour, name, hint, kind, state, ahead, range }) => ({
    id,
    letter,
    colour: state.open ? colour : null,
    name: name[t.language],
    // The hint of a booked service speaks of the kiosk's reader.
    hint: kind === 'appointment' ? '' : hint[t.language],
    ...(state.open
      ? { wait: range === null ? '' : formatRange(range, t.language), detail: t('ahead', { n: ahead }) }
      : whyNot(t, state, place.timeZone, now)),
  }));
}
