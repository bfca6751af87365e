import { z } from 'zod';
import { command } from '../kernel/command.ts';
import { Id } from '../kernel/ids.ts';
import { TEMPLATES } from './rows.ts';

/** Sent by the server's own jobs alone. */
const job = {
  stream: 'location',
  permission: 'message.run',
  offline: 'refuse',
  expiresAfterMs: null,
  kind: 'request',
} as const;

export const messagingCommands = {
  'messaging.prepare': command({
    ...job,
    summary: 'Write a message into the outbox, once per stage and template',
    input: z.strictObject({ stageId: Id, template: z.enum(TEMPLATES), link: z.string().max(300) }),
  }),
  'messaging.claim': command({
    ...job,
    summary: 'Take a message for sending; checks again that it is wanted',
    input: z.strictObject({ messageId: Id, leaseMs: z.number().int().min(1_000).max(120_000) }),
  }),
  'messaging.recordOutcome': command({
    ...job,
    kind: 'record',
    summary: 'What the provider said',
    input: z.strictObject({
      messageId: Id,
      outcome: z.enum(['accepted', 'rejected', 'retry', 'unknown', 'not_sent']),
      providerId: z.string().max(64).nullable(),
      errorCode: z.string().max(64).nullable(),
    }),
  }),
  'messaging.recordStatus': command({
    ...job,
    kind: 'record',
    summary: "The provider's callback; the state only moves forward",
    input: z.strictObject({
      messageId: Id,
      providerId: z.string().max(64),
      status: z.enum(['sent', 'delivered', 'undelivered', 'failed']),
      errorCode: z.string().max(64).nullable(),
    }),
  }),
};
export type MessagingCommands = typeof messagingCommands;
