import { t, word } from '../texts.svelte.ts';
import type { Happening } from './history.ts';

const withReason = (text: string, reason: string | null): string =>
  reason === null || reason === '' ? text : `${text}: ${reason}`;

export function happeningText(happening: Happening): string {
  switch (happening.kind) {
    case 'arrived':
      return {
        kiosk: () => t('arrivedKiosk'),
        phone: () => t('arrivedPhone'),
        staff: () => t('arrivedStaff'),
        api: () => t('arrivedApi'),
      }[happening.source]();
    case 'called':
      return t('calledTo', { counter: happening.counter, n: happening.callNo });
    case 'withdrawn':
      return t('callWithdrawn');
    case 'coming':
      return t('comingConfirmed');
    case 'started':
      return happening.person === null
        ? word('stageStatus', 'serving')
        : t('servedBy', { name: happening.person });
    case 'held':
      return withReason(word('stageStatus', 'held'), happening.reason);
    case 'message':
      return t('messageNamed', { template: word('messageTemplate', happening.template) });
    case 'ended':
      return withReason(word('stageStatus', happening.status), happening.reason);
  }
}
