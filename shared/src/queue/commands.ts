import { z } from 'zod';
import { command } from '../kernel/command.ts';
import { Id } from '../kernel/ids.ts';
import { Day, Instant } from '../kernel/time-schemas.ts';
import { Language, LIMITS, Text } from '../kernel/text.ts';
import { ContactInput, LinkToken } from './inputs.ts';
import { HOLD_OWNERS } from './rows.ts';

/** At one's own counter: kept while the network is away, refused when it comes too late to be meant. */
const atCounter = {
  stream: 'location',
  permission: 'counter.serve',
  offline: 'queue',
  kind: 'request',
} as const;
/** What is about the customer who stands at the counter can be told later; what of it the wall still says, see Q65. */
const SERVICE_EXPIRES_MS = 8 * 3_600_000;
const online = { stream: 'location', offline: 'refuse', expiresAfterMs: 60_000, kind: 'request' } as const;

const stage = { stageId: Id };
/** The version that the screen showed: a command on another one is refused. Left out, any is meant. */
const version = { version: z.number().int().optional() };

export const queueCommands = {
  'queue.issueTicket': command({
    ...online,
    permission: 'ticket.issue',
    summary: 'Give the next number of a service',
    input: z.strictObject({
      serviceId: Id,
      language: Language,
      linkToken: LinkToken,
      contact: ContactInput.nullable(),
      name: Text(LIMITS.name).nullable(),
      note: Text(LIMITS.note).nullable(),
    }),
  }),
  'queue.leaseNumbers': command({
    ...online,
    permission: 'ticket.record',
    summary: 'Lease a block of numbers that a kiosk may give while it has no server',
    input: z.strictObject({ businessDay: Day }),
  }),
  'queue.recordTicket': command({
    stream: 'location',
    permission: 'ticket.record',
    offline: 'queue',
    expiresAfterMs: null,
    kind: 'record',
    summary: 'A kiosk without the server has given a number of its block',
    input: z.strictObject({
      blockId: Id,
      number: z.number().int().min(1).max(9_999),
      serviceId: Id,
      language: Language,
      linkToken: LinkToken,
    }),
  }),
  'queue.joinByPhone': command({
    ...online,
    permission: 'ticket.join',
    summary: "Join the queue from one's own phone, where the location allows it",
    input: z.strictObject({
      serviceId: Id,
      language: Language,
      linkToken: LinkToken,
      contact: ContactInput.nullable(),
      /** The code that the wall shows now; with it, the customer is on site. */
      arrivalCode: z.string().max(12).nullable(),
    }),
  }),
  'queue.confirmArrival': command({
    ...online,
    permission: 'ticket.own',
    summary: 'A customer who joined from afar is here',
    input: z.strictObject({ arrivalCode: z.string().max(12) }),
  }),
  'queue.markArrived': command({
    ...atCounter,
    permission: 'ticket.manage',
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Staff see that a customer who joined from afar is here',
    input: z.strictObject({ visitId: Id }),
  }),
  'queue.callNext': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Call whoever is next for a counter',
    /** `shown`: who the screen said was next; who comes late with this, calls nobody else. */
    input: z.strictObject({ counterId: Id, shown: Id.optional() }),
  }),
  'queue.call': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Call one ticket out of turn, or one that is held',
    /** `aloud`: by voice, at a counter without the server. */
    input: z.strictObject({ ...stage, counterId: Id, aloud: z.literal(true).optional() }),
  }),
  'queue.recall': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Call the same ticket again',
    input: z.strictObject({ ...stage, ...version }),
  }),
  'queue.start': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'The customer stands at the counter',
    input: z.strictObject({ ...stage, ...version }),
  }),
  'queue.complete': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'The customer has been served',
    input: z.strictObject({ ...stage, ...version, outcome: Text(LIMITS.shortText).nullable() }),
  }),
  'queue.hold': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Put a customer aside who is being served',
    input: z.strictObject({
      ...stage,
      ...version,
      reason: Text(LIMITS.shortText),
      owner: z.enum(HOLD_OWNERS),
      /** Minutes until the customer waits again by itself; null: until somebody resumes. */
      resumeInMin: z.number().int().min(1).max(240).nullable(),
    }),
  }),
  'queue.resume': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'A held customer waits again, in the place of before',
    input: z.strictObject({ ...stage, ...version }),
  }),
  'queue.requeue': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'A called customer did not come yet: back into the queue',
    input: z.strictObject({
      ...stage,
      ...version,
      position: z.discriminatedUnion('at', [
        z.strictObject({ at: z.enum(['first', 'keep', 'last']) }),
        z.strictObject({ at: z.literal('after'), places: z.number().int().min(1).max(50) }),
      ]),
    }),
  }),
  'queue.transfer': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Hand a customer to another service, counter or person',
    input: z.strictObject({
      ...stage,
      ...version,
      serviceId: Id,
      counterId: Id.nullable(),
      personId: Id.nullable(),
      note: Text(LIMITS.note).nullable(),
    }),
  }),
  'queue.markNoShow': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'A called customer did not come',
    input: z.strictObject({ ...stage, ...version }),
  }),
  'queue.cancel': command({
    ...atCounter,
    permission: 'ticket.manage',
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Staff take a ticket out of the queue',
    input: z.strictObject({ ...stage, ...version, reason: Text(LIMITS.shortText) }),
  }),
  'queue.reopen': command({
    ...atCounter,
    permission: 'ticket.manage',
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'A no-show, left or cancelled ticket waits again, with its waiting time',
    input: z.strictObject({ ...stage, ...version }),
  }),
  'queue.undo': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Take the last action back, within ten seconds; a call leaves the wall',
    input: z.strictObject({ ...stage, version: z.number().int() }),
  }),
  'queue.acknowledgeDoubleCall': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Somebody at a counter knows that the customer was called at another one too',
    /** Of each call by voice for itself: another may have come in since the screen was read. */
    input: z.strictObject({ ...stage, counterId: Id, aloudCounterId: Id }),
  }),
  'queue.serveWithoutTicket': command({
    ...atCounter,
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Serve somebody who stands there without a number',
    input: z.strictObject({
      counterId: Id,
      serviceId: Id,
      language: Language,
      linkToken: LinkToken,
      name: Text(LIMITS.name).nullable(),
      note: Text(LIMITS.note).nullable(),
    }),
  }),
  'queue.setNote': command({
    ...atCounter,
    permission: 'ticket.manage',
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Write down a name or a note',
    input: z.strictObject({
      visitId: Id,
      name: Text(LIMITS.name).nullable(),
      note: Text(LIMITS.note).nullable(),
    }),
  }),
  'queue.leave': command({
    ...online,
    permission: 'ticket.own',
    summary: 'The customer leaves the queue',
    input: z.strictObject({}),
  }),
  'queue.delay': command({
    ...online,
    permission: 'ticket.own',
    summary: 'The customer asks for five more minutes',
    input: z.strictObject({}),
  }),
  'queue.confirmComing': command({
    ...online,
    permission: 'ticket.own',
    summary: 'The customer has seen the call and is coming',
    input: z.strictObject({}),
  }),
  'queue.withdrawContact': command({
    ...online,
    permission: 'ticket.own',
    summary: 'No more messages; the number is deleted',
    input: z.strictObject({}),
  }),
  'queue.allowPush': command({
    ...online,
    permission: 'ticket.own',
    summary: 'The customer’s browser is told of the call, or no more',
    input: z.strictObject({ allowed: z.boolean() }),
  }),
  'queue.rate': command({
    ...online,
    permission: 'ticket.own',
    summary: 'How it was, 1 to 5',
    input: z.strictObject({ rating: z.number().int().min(1).max(5) }),
  }),
  'queue.reportCall': command({
    stream: 'location',
    permission: 'call.report',
    offline: 'queue',
    expiresAfterMs: null,
    kind: 'record',
    summary: 'A display has shown and sounded a call',
    input: z.strictObject({ callId: Id, shownAt: Instant, sound: z.enum(['spoken', 'chime', 'silent']) }),
  }),
  'queue.requestHelp': command({
    ...online,
    permission: 'help.request',
    summary: 'Somebody at the kiosk asks for a member of staff',
    input: z.strictObject({}),
  }),
  'queue.resolveHelp': command({
    ...atCounter,
    permission: 'ticket.manage',
    expiresAfterMs: SERVICE_EXPIRES_MS,
    summary: 'Somebody goes to help',
    input: z.strictObject({ helpRequestId: Id }),
  }),
  'queue.closeDay': command({
    ...online,
    permission: 'day.close',
    expiresAfterMs: null,
    erases: true,
    summary: 'End a business day: close or keep what is open, archive the rest',
    input: z.strictObject({ businessDay: Day }),
  }),
};
export type QueueCommands = typeof queueCommands;
