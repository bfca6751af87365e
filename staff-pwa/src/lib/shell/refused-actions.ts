import type { Refusal } from '@schalter/shared/client/store.ts';
import type { AllLive } from '@schalter/shared/registry.ts';
import { numberOf } from '../counter/stage-label.ts';
import { refusal as sentence, t } from '../texts.svelte.ts';
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
    'booking.checkIn': () => t('checkIn'),
    'privacy.erase': () => t('eraseCustomer'),
  };
  return (names as Readonly<Record<string, (() => string) | undefined>>)[type]?.() ?? t('change');
}

const stringOf = (input: unknown, key: string): string | null => {
  const value: unknown =
    typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[key] : null;
  return typeof value === 'string' ? value : null;
};

/** Which ticket it was about, where it was about one. */
function subjectOf(live: AllLive, input: unknown): string {
  const visitId =
    stringOf(input, 'visitId') ?? live.rows.stages.get(stringOf(input, 'stageId') ?? '')?.visitId;
  return visitId === undefined ? '' : numberOf(live, { visitId });
}

export interface Refused {
  readonly title: string;
  readonly text: string;
  /** A note that was typed and not taken is shown, so that it can be written down elsewhere. */
  readonly typed: string | null;
}

export function refusedOf(live: AllLive, refusal: Pick<Refusal, 'type' | 'input' | 'code'>): Refused {
  const number = subjectOf(live, refusal.input);
  const action = actionText(refusal.type);
  return {
    title: t('refusedTitle', { action: number === '' ? action : `${action}, ${number}` }),
    text: sentence(refusal.code),
    typed: stringOf(refusal.input, 'note'),
  };
}
