import type { MessageStatus } from './rows.ts';

export type MessagingFact =
  | { readonly type: 'messaging.messageQueued'; readonly messageId: string }
  | { readonly type: 'messaging.messageClaimed'; readonly messageId: string; readonly attempt: number }
  | { readonly type: 'messaging.messageSettled'; readonly messageId: string; readonly status: MessageStatus };
