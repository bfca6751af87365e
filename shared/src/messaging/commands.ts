import { z } from 'zod';
import { command } from '../kernel/command.ts';
import { Id } from '../kernel/ids.ts';
import { Day } from '../kernel/time-schemas.ts';
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
      /** The attempt that this is about: a worker that comes back late must not undo a newer one. */
      attempt: z.number().int().min(1),
      outcome: z.enum(['accepted', 'rejected', 'retry', 'unknown', 'not_sent']),
      providerId: z.string().max(64).nullable(),
      errorCode: z.string().max(64).nullable(),
      /** With `retry`: the carrier asked to wait this long. */
      retryAfterMs: z.number().int().min(0).max(3_600_000).nullable(),
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
  'messaging.forget': command({
    ...job,
    kind: 'record',
    summary: 'The customer wants no more messages: cancel what waits, erase number and link from the rest',
    input: z.strictObject({ visitId: Id }),
  }),
  'messaging.closeDay': command({
    ...job,
    kind: 'record',
    erases: true,
    summary: 'Archive the messages of tickets that have left the live set',
    input: z.strictObject({ businessDay: Day }),
  }),
};
export type MessagingCommands = typeof messagingCommands;
