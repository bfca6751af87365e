import { LANGUAGE_NAMES } from '@schalter/shared/i18n/language.ts';
import type { QueueEntry } from '@schalter/shared/queue/select.ts';
import type { OrderReason } from '@schalter/shared/queue/reasons.ts';
import type { Visit } from '@schalter/shared/queue/rows.ts';
import { language, t, time } from '../texts.svelte.ts';

/** Why somebody stands where they stand, in a few words under the name. */
export function reasonText(reason: OrderReason, timeZone: string): string {
  switch (reason.kind) {
    case 'waitedLongest':
      return t('reasonLongest');
    case 'waited':
      return t('reasonWaited');
    case 'booking':
      return t('reasonBooking', { at: time(reason.at, timeZone) });
    case 'early':
      return t('reasonEarly', { at: time(reason.at, timeZone) });
    case 'late':
      return t('reasonLate', { at: time(reason.at, timeZone) });
    case 'credit':
      return t('reasonCredit', { min: reason.min });
    case 'forYou':
      return t('reasonForYou');
    case 'forCounter':
      return t('reasonForCounter', { counter: reason.counter });
    case 'forPerson':
      return t('reasonForPerson', { name: reason.name });
    case 'remote':
      return t('reasonRemote');
    case 'delayed':
      return t('reasonDelayed', { until: time(reason.until, timeZone) });
  }
}

/** Who it is, as far as anybody knows: a name, or how they came. */
export function visitTitle(visit: Visit): string {
  if (visit.name !== null && visit.name !== '') return visit.name;
  if (visit.presence === 'remote') return t('titleRemote');
  return visit.reservationReference ?? t('titleWalkIn');
}

/** The second line of a row in the list: the reason, and the language where it is not the clerk's own. */
export function rowSubtitle(
  { reason, visit }: Pick<QueueEntry, 'reason' | 'visit'>,
  timeZone: string,
): string {
  const foreign = visit.language === language() ? null : LANGUAGE_NAMES[visit.language];
  // Who merely waits needs no reason in words: the minutes stand at the right.
  const why = reason.kind === 'waited' ? null : reasonText(reason, timeZone);
  return [why, foreign].filter((part) => part !== null).join(', ');
}
