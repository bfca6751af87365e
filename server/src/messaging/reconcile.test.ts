import { describe, expect, it } from 'vitest';
import { addMs, MINUTE, SECOND } from '@schalter/shared/kernel/time.ts';
import type { Message } from '@schalter/shared/messaging/rows.ts';
import { LOCATION, NOW, PHONE } from '@schalter/shared/messaging/messages.testing.ts';
import { emptyLive } from '@schalter/shared/kernel/live.ts';
import { TABLE_NAMES, type AllTables } from '@schalter/shared/registry.ts';
import type { CommandRequest, Engine } from '../engine/execute.ts';
import { messageWorker } from './jobs.ts';

const message = (id: string, over: Partial<Message>): Message => ({
  id,
  organisationId: '01900000-0000-7000-8000-0000000000a0',
  locationId: LOCATION,
  archivedAt: null,
  businessDay: '2026-05-20',
  visitId: 'visit',
  stageId: id,
  template: 'called',
  dedupeKey: `stage:${id}:called`,
  channel: 'sms',
  toE164: PHONE,
  language: 'de',
  body: 'Nummer B001, bitte zu Schalter 1.',
  segments: 1,
  status: 'sending',
  attempts: 1,
  claimedUntil: addMs(NOW, 15 * SECOND),
  queuedAt: NOW,
  sentAt: null,
  deliveredAt: null,
  expiresAt: addMs(NOW, 5 * MINUTE),
  providerId: null,
  errorCode: null,
  ...over,
});

/** The outcome that a worker records for 'second', which is in doubt; the carrier has it, by its clock, since then. */
async function outcomeBeside(first: Message, datedAt: string | null = null): Promise<unknown> {
  const live = emptyLive<AllTables>(TABLE_NAMES);
  for (const one of [first, message('second', {})]) live.rows.messages.set(one.id, one);
  const told: unknown[] = [];
  const engine = {
    read: (_id: string, look: (stream: { live: typeof live }) => unknown) => Promise.resolve(look({ live })),
    execute: ({ envelope }: CommandRequest) => {
      const { type, input } = envelope as { type: string; input: { outcome?: string } };
      if (type === 'messaging.recordOutcome') told.push(input.outcome);
      const result = { do: 'reconcile', attempt: 1, claimedUntil: addMs(NOW, 15 * SECOND) };
      return Promise.resolve({ ok: true, seq: 1, result });
    },
  };
  const work = messageWorker({
    engine: engine as unknown as Engine,
    clock: { now: () => addMs(NOW, 20 * SECOND) },
    sms: {
      kind: 'twilio',
      send: () => Promise.reject(new Error('it must not be sent')),
      findSent: ({ since }) =>
        Promise.resolve(
          datedAt !== null && datedAt >= since
            ? { outcome: 'found', providerId: 'SM7' }
            : { outcome: 'absent' },
        ),
      statusOf: () => Promise.resolve(null),
      verifyCallback: () => false,
    },
    publicUrl: () => 'https://schalter.example.ch',
  });
  await work({ streamId: LOCATION, messageId: 'second' });
  expect(told).toHaveLength(1);
  return told[0];
}

describe('two calls with the same words (found by the simulation, seed 1393)', () => {
  it('[M25] [Q-07] one that was sent meanwhile may be the one that is looked for: it is not sent again', async () => {
    const sent = { status: 'sent', sentAt: addMs(NOW, 4 * SECOND), providerId: 'SM5' } as const;
    expect(await outcomeBeside(message('first', sent))).toBe('unknown');
  });

  it('[M25] other words, another number, or an earlier time are no reason', async () => {
    const sent = { status: 'sent', sentAt: addMs(NOW, 4 * SECOND), providerId: 'SM5' } as const;
    expect(
      await outcomeBeside(message('first', { ...sent, body: 'Nummer B001, bitte zu Schalter 2.' })),
    ).toBe('retry');
    expect(await outcomeBeside(message('first', { ...sent, toE164: '+41790000000' }))).toBe('retry');
    expect(await outcomeBeside(message('first', { ...sent, sentAt: addMs(NOW, -SECOND) }))).toBe('retry');
    expect(await outcomeBeside(message('first', {}))).toBe('retry');
  });
});

describe('a clock that was ahead when the message was written (found by the simulation)', () => {
  it('[M14] [Q-07] the carrier, whose clock is right, dates it earlier than it was written: it is found all the same', async () => {
    expect(await outcomeBeside(message('first', {}), addMs(NOW, -30 * MINUTE))).toBe('accepted');
  });

  it('[M14] what the carrier has of an earlier visit, with the same words, is another', async () => {
    expect(await outcomeBeside(message('first', {}), addMs(NOW, -90 * MINUTE))).toBe('retry');
  });
});
