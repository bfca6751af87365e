import { z } from 'zod';
import { command } from '../kernel/command.ts';
import { Id } from '../kernel/ids.ts';
import { NonEmptyText } from '../kernel/text.ts';
import { Counter, Service } from './rows.ts';

const setUp = { stream: 'location', offline: 'refuse', expiresAfterMs: 60_000, kind: 'request' } as const;
/** Own counter, own work: kept while the network is away, for as long as it can still be meant. */
const atCounter = {
  stream: 'location',
  offline: 'queue',
  expiresAfterMs: 8 * 3_600_000,
  kind: 'request',
} as const;

const omitted = { id: true, organisationId: true, locationId: true, archivedAt: true } as const;

export const directoryCommands = {
  'directory.setService': command({
    ...setUp,
    permission: 'services.set',
    summary: 'Add or change a service',
    input: z.strictObject({
      serviceId: Id,
      service: Service.omit(omitted)
        .extend({ letter: z.string().regex(/^[A-Z]$/) })
        .strict(),
    }),
  }),
  'directory.archiveService': command({
    ...setUp,
    permission: 'services.set',
    summary: 'Take a service out of use for good',
    input: z.strictObject({ serviceId: Id }),
  }),
  'directory.setCounter': command({
    ...setUp,
    permission: 'counters.set',
    summary: 'Add or change a counter',
    input: z.strictObject({
      counterId: Id,
      counter: Counter.omit(omitted)
        .extend({ name: NonEmptyText(12) })
        .strict(),
    }),
  }),
  'directory.archiveCounter': command({
    ...setUp,
    permission: 'counters.set',
    summary: 'Take a counter out of use for good',
    input: z.strictObject({ counterId: Id }),
  }),
  'directory.signOn': command({
    ...atCounter,
    permission: 'counter.serve',
    summary: 'Work at a counter',
    input: z.strictObject({
      counterId: Id,
      /** Somebody forgot to sign off: take the counter over. */
      takeOver: z.boolean(),
    }),
  }),
  'directory.signOff': command({
    ...atCounter,
    permission: 'counter.serve',
    summary: 'Leave a counter',
    input: z.strictObject({ counterId: Id }),
  }),
  'directory.setBreak': command({
    ...atCounter,
    permission: 'counter.serve',
    summary: 'Begin or end a break',
    input: z.strictObject({ counterId: Id, onBreak: z.boolean() }),
  }),
  'directory.setAway': command({
    ...setUp,
    permission: 'presence.watch',
    summary: 'The server has lost, or found again, the connection of whoever works at a counter',
    input: z.strictObject({ counterId: Id, personId: Id, away: z.boolean() }),
  }),
  'directory.releaseShare': command({
    ...setUp,
    permission: 'counter.serve',
    summary: 'The customers kept for a counter that is without the server are called by the others',
    input: z.strictObject({ counterId: Id }),
  }),
};
export type DirectoryCommands = typeof directoryCommands;
