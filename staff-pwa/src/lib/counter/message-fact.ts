import type { Visit } from '@schalter/shared/queue/rows.ts';
import type { AllLive } from '@schalter/shared/registry.ts';
import { t, word } from '../texts.svelte.ts';

/** Whether the customer gets messages, and what became of the last one; null where none are wanted. */
export function messageFact(live: AllLive, visit: Visit): string | null {
  if (!visit.smsOptIn) return null;
  const own = [...live.rows.messages.values()].filter((m) => m.visitId === visit.id);
  const last = own.sort((a, b) => (a.queuedAt < b.queuedAt ? 1 : -1))[0];
  if (last === undefined) return t('messageWanted');
  return `${word('messageTemplate', last.template)}: ${word('messageStatus', last.status)}`;
}
