import { z } from 'zod';
import { sees } from '../kernel/audience.ts';
import { Id } from '../kernel/ids.ts';
import { defineTable, type Live } from '../kernel/live.ts';
import { Day, Instant } from '../kernel/time-schemas.ts';
import { Language } from '../kernel/text.ts';
import type { QueueTables } from '../queue/rows.ts';

export const TEMPLATES = ['approaching', 'called'] as const;
export const CHANNELS = ['sms'] as const;

/**
 * `queued` → `sending` (claimed by one worker) → `sent` → `delivered` | `undelivered`; or `failed`,
 * `cancelled` (no longer wanted), `expired` (too late), `unknown` (may have been sent: never sent again
 * blindly), `not_sent` (no provider is set up: shown on the outbox page).
 */
export const MESSAGE_STATUSES = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'cancelled',
  'expired',
  'unknown',
  'not_sent',
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

export const Message = z.object({
  id: Id,
  organisationId: Id,
  locationId: Id,
  archivedAt: Instant.nullable(),
  businessDay: Day,
  visitId: Id,
  stageId: Id,
  template: z.enum(TEMPLATES),
  /** "stage:…:called" – unique: the database itself refuses a second one. */
  dedupeKey: z.string(),
  channel: z.enum(CHANNELS),
  toE164: z.string(),
  language: Language,
  body: z.string(),
  segments: z.number().int(),
  status: z.enum(MESSAGE_STATUSES),
  attempts: z.number().int(),
  /** Nobody else touches it before: a lease while `sending`, the time to settle while `unknown`. */
  claimedUntil: Instant.nullable(),
  queuedAt: Instant,
  sentAt: Instant.nullable(),
  deliveredAt: Instant.nullable(),
  expiresAt: Instant,
  providerId: z.string().nullable(),
  errorCode: z.string().nullable(),
});
export type Message = z.output<typeof Message>;

export interface MessagingTables extends QueueTables {
  messages: Message;
}
export type MessagingLive = Live<MessagingTables>;

/** Stands for the digits that are not shown, or not kept. */
export const ERASED = '•';
/** "+41 79 ••• •• 67": enough to recognise, too little to call. */
export const maskPhone = (e164: string): string => `${e164.slice(0, 5)}${ERASED.repeat(5)}${e164.slice(-2)}`;

export const messagingTables = {
  messages: defineTable<Message>({
    name: 'messages',
    stream: 'location',
    schema: Message,
    mask: (audience, row) =>
      sees(audience, 'staff') ? { ...row, toE164: maskPhone(row.toE164), body: hideLink(row.body) } : null,
  }),
};

/** The link opens the customer's page: it is the customer's alone. */
const hideLink = (body: string): string => body.replace(/(\/t#)[A-Za-z0-9_-]+/, '$1…');
