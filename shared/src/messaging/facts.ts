import type { Decision } from '../kernel/command.ts';
import type { MessageStatus, MessagingTables } from './rows.ts';

export type MessagingFact =
  /** Ready to be sent, at once or, after a try that failed, in `delayMs`. */
  | { readonly type: 'messaging.messageQueued'; readonly messageId: string; readonly delayMs: number }
  | { readonly type: 'messaging.messageClaimed'; readonly messageId: string; readonly attempt: number }
  | { readonly type: 'messaging.messageSettled'; readonly messageId: string; readonly status: MessageStatus }
  | { readonly type: 'messaging.messagesForgotten'; readonly visitId: string }
  | { readonly type: 'messaging.dayClosed'; readonly businessDay: string; readonly archived: number };

export type MessagingDecision = Decision<MessagingTables, MessagingFact>;
