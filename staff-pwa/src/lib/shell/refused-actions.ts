import type { Stage } from '@schalter/shared/queue/rows.ts';
import type { Desk } from '../counter/desk.ts';
import { numberOf } from '../counter/stage-label.ts';
import { t, time, word } from '../texts.svelte.ts';
import type { StaffCommand } from '../wiring/policies.ts';

/** What somebody tried to do, as the button called it. */
export function actionText(type: string): string {
  const names: Readonly<Partial<Record<StaffCommand, () => string>>> = {
    'queue.callNext': () => t('callNext'),
    'queue.call': () => t('callThis'),
    'queue.recall': () => t('recall'),
    'queue.start': () => t('start'),
    'queue.complete': () => t('complete'),
    'queue.hold': () => t('hold'),
    'queue.resume': () => t('backToQueue'),
    'queue.requeue': () => t('requeue'),
    'queue.transfer': () => t('transfer'),
    'queue.markNoShow': () => t('noShow'),
    'queue.markArrived': () => t('markArrived'),
    'queue.cancel': () => t('cancelTicket'),
    'queue.reopen': () => t('reopen'),
    'queue.undo': () => t('undo'),
    'queue.serveWithoutTicket': () => t('serveWithoutTicket'),
    'queue.issueTicket': () => t('issueTitle'),
    'queue.setNote': () => t('note'),
    'queue.resolveHelp': () => t('iGo'),
    'directory.signOn': () => t('signOn'),
    'directory.signOff': () => t('signOff'),
    'directory.setBreak': () => t('breakToggle'),
    'directory.releaseShare': () => t('releaseShareAction'),
    'queue.acknowledgeDoubleCall': () => t('understood'),
    'booking.checkIn': () => t('checkIn'),
    'privacy.erase': () => t('eraseCustomer'),
  };
  return (names as Readonly<Record<string, (() => string) | undefined>>)[type]?.() ?? t('change');
}

/** A note that was typed and not taken is shown, so that it can be written down elsewhere. */
export function typedIn(input: unknown): string | null {
  const note: unknown = typeof input === 'object' && input !== null && 'note' in input ? input.note : null;
  return typeof note === 'string' && note !== '' ? note : null;
}

/** What happened to the customer meanwhile. */
export function meanwhileText({ live, timeZone }: Desk, stage: Stage): string {
  const counter = stage.counterId === null ? undefined : live.rows.counters.get(stage.counterId)?.name;
  const number = numberOf(live, stage);
  const at = (instant: string | null) => (instant === null ? '' : time(instant, timeZone));
  switch (stage.status) {
    case 'waiting':
      return t('meanwhileWaits', { number });
    case 'called':
    case 'serving':
      return t('meanwhileAt', { number, counter: counter ?? '', at: at(stage.startedAt ?? stage.calledAt) });
    default:
      return t('meanwhileEnded', {
        number,
        status: word('stageStatus', stage.status),
        at: at(stage.endedAt),
      });
  }
}
