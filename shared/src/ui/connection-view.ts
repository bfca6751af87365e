import { formatTime } from '../i18n/format.ts';
import { createTranslator } from '../i18n/messages.ts';
import type { Language } from '../kernel/text.ts';
import { uiMessages } from './messages.ts';

/** How current a screen is. `since` is an instant; `waiting` counts what stands in the device's outbox. */
export type ConnectionView =
  | { readonly kind: 'online' }
  | { readonly kind: 'catchingUp' }
  | { readonly kind: 'notLive'; readonly since: string }
  | { readonly kind: 'offline'; readonly since: string; readonly waiting: number };

/** "Ohne Netz seit 10:31, 3 Eingaben warten" */
export function connectionText(view: ConnectionView, language: Language, timeZone: string): string {
  const t = createTranslator(uiMessages, language);
  switch (view.kind) {
    case 'online':
      return t('online');
    case 'catchingUp':
      return t('catchingUp');
    case 'notLive':
      return t('notLive', { since: formatTime(view.since, language, timeZone) });
    case 'offline': {
      const offline = t('offline', { since: formatTime(view.since, language, timeZone) });
      return view.waiting === 0 ? offline : `${offline}, ${t('waiting', { n: view.waiting })}`;
    }
  }
}
