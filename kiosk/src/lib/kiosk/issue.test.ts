import { describe, expect, it, vi } from 'vitest';
import type { Sent } from '@schalter/shared/client/sender.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import type { Giving } from '../device/memory.ts';
import { issueNumber, type Desk } from './issue.ts';

const result = { visitId: 'v', stageId: 's', serviceId: 'm', series: 'M', number: 7, ahead: 1, range: null };
const yes: Answer = { ok: true, seq: 9, result };
const asked = {
  wish: { kind: 'service', serviceId: 'm' },
  contact: null,
  language: 'de',
  isWanted: () => true,
} as const;

function desk(answers: readonly Sent[], over: Partial<Desk> = {}) {
  const waiting = [...answers];
  const sent: { type: string; input: unknown }[] = [];
  let giving: Giving | null = null;
  const parts: Desk = {
    send: (type, input) => {
      sent.push({ type, input });
      return Promise.resolve(waiting.shift() ?? yes);
    },
    lateAnswers: { of: () => Promise.resolve(yes) },
    memory: { giving: () => giving, setGiving: (next) => (giving = next) },
    newLinkToken: () => 'token',
    whenLive: () => Promise.resolve(),
    isLive: () => true,
    now: () => '2026-05-20T08:00:00.000Z',
    nowMs: () => 5,
    ...over,
  };
  return { parts, sent, giving: () => giving };
}

describe('asking for a number', () => {
  it('[KI-01] [KS6] gives what the server gave, and keeps its secret while the ticket is on the screen', async () => {
    const { parts, giving } = desk([yes]);
    const outcome = await issueNumber(parts, asked);
    expect(outcome).toMatchObject({ ok: true, issued: { ...result, linkToken: 'token', smsOptIn: false } });
    expect(giving()).toEqual({ linkToken: 'token', atMs: 5 });
  });
  it('[KI-01] [KS3] waits for a late answer instead of asking twice', async () => {
    const { parts, sent } = desk([{ ok: 'queued', commandId: 'c' }]);
    expect(await issueNumber(parts, asked)).toMatchObject({ ok: true });
    expect(sent).toHaveLength(1);
  });
  it('[KI-01] [KS4] asks once the line stands, where not a word has left', async () => {
    const isLive = vi.fn().mockReturnValueOnce(false).mockReturnValue(true);
    const { parts, sent } = desk([reject('unavailable'), yes], { isLive });
    expect(await issueNumber(parts, asked)).toMatchObject({ ok: true });
    expect(sent.map(({ input }) => input)).toEqual([sent[0]?.input, sent[0]?.input]);
  });
  it('[KS5] is not asked for any more by somebody who has left', async () => {
    const { parts, sent, giving } = desk([reject('unavailable')], { isLive: () => false });
    expect(await issueNumber(parts, { ...asked, isWanted: () => false })).toBeNull();
    expect(sent).toHaveLength(1);
    expect(giving()).toBeNull();
  });
  it('[KI-10] [KS7] a refusal is a refusal, and leaves nothing behind', async () => {
    const { parts, giving } = desk([reject('queueFull')]);
    expect(await issueNumber(parts, asked)).toEqual(reject('queueFull'));
    expect(giving()).toBeNull();
  });
  it('[KI-03] [KS9] a number goes along only with the sentence that was agreed to', async () => {
    const without = desk([yes]);
    await issueNumber(without.parts, asked);
    expect(without.sent[0]?.input).toMatchObject({ contact: null });
    const contact = { phone: '+41791234567', consentWording: 'ticket-sms-1' };
    const withOne = desk([yes]);
    await issueNumber(withOne.parts, { ...asked, contact, language: 'fr' });
    expect(withOne.sent[0]?.input).toMatchObject({ contact: { ...contact, consentLanguage: 'fr' } });
  });
  it('[KI-04] a booking is checked in with number and name', async () => {
    const { parts, sent } = desk([yes]);
    await issueNumber(parts, {
      ...asked,
      wish: { kind: 'reservation', reference: 'ZRH-1', lastName: 'ROSSI' },
    });
    expect(sent[0]).toMatchObject({
      type: 'booking.checkIn',
      input: { reference: 'ZRH-1', lastName: 'ROSSI' },
    });
  });
});
