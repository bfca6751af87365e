import { describe, expect, it, vi } from 'vitest';
import type { Sent } from '@schalter/shared/client/sender.ts';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import type { Giving } from '../device/memory.ts';
import { findAgain, giveBackAbandoned, issueNumber, type Desk } from './issue.ts';

const result = { visitId: 'v', stageId: 's', serviceId: 'm', series: 'M', number: 7, ahead: 1, range: null };
const yes: Answer = { ok: true, seq: 9, result };
const asked = {
  wish: { kind: 'service', serviceId: 'm' },
  contact: null,
  language: 'de',
  isWanted: () => true,
} as const;

const never = new Promise<never>(() => undefined);

function desk(answers: readonly Sent[], over: Partial<Desk> = {}) {
  const waiting = [...answers];
  const sent: { type: string; input: unknown }[] = [];
  const kept: { type: string; input: unknown }[] = [];
  const returned: string[] = [];
  let giving: Giving | null = null;
  let abandoned: readonly string[] = [];
  let tokens = 0;
  const parts: Desk = {
    send: (type, input) => {
      sent.push({ type, input });
      return Promise.resolve(waiting.shift() ?? yes);
    },
    keep: (type, input) => {
      kept.push({ type, input });
      return Promise.resolve({ ok: 'queued', commandId: '01900000-0000-7000-9000-000000000010' });
    },
    lateAnswers: { of: () => Promise.resolve(yes) },
    memory: {
      giving: () => giving,
      setGiving: (next) => (giving = next),
      abandoned: () => abandoned,
      setAbandoned: (next) => (abandoned = next),
    },
    takeNumber: () => ({ blockId: 'b', number: 950 }),
    seriesOf: () => 'M',
    giveBack: (linkToken) => {
      returned.push(linkToken);
      return Promise.resolve();
    },
    ticketOf: () => Promise.resolve({ ok: false, code: 'unreachable', retryAfterS: null }),
    newLinkToken: () => (++tokens === 1 ? 'token' : `token-${tokens}`),
    whenLive: () => Promise.resolve(),
    whenGivenUp: () => never,
    isLive: () => true,
    now: () => '2026-05-20T08:00:00.000Z',
    nowMs: () => 5,
    ...over,
  };
  return { parts, sent, kept, returned, giving: () => giving, abandoned: () => abandoned };
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

describe('[KI-07] without the server', () => {
  const away = { isLive: () => false, whenGivenUp: () => Promise.resolve(), whenLive: () => never };
  const own = { series: 'M', number: 950, ahead: null, range: null, smsOptIn: false };

  it('[KS21] [REG 60939] a number of the kiosk’s own is written down before it is shown, and no phone number with it', async () => {
    const contact = { phone: '+41791234567', consentWording: 'ticket-sms-1' };
    const { parts, kept, giving } = desk([reject('unavailable')], away);
    const outcome = await issueNumber(parts, { ...asked, contact });
    expect(outcome).toMatchObject({ ok: true, issued: own });
    const input = { blockId: 'b', number: 950, serviceId: 'm', language: 'de', linkToken: 'token-2' };
    expect(kept).toEqual([{ type: 'queue.recordTicket', input }]);
    expect(giving()).toMatchObject({ linkToken: 'token-2', issued: own });
    expect(await findAgain(parts)).toMatchObject(own);
  });

  it('[KS21] [REG 60939] what can’t be written down is not given: the person waits for the server', async () => {
    const live = vi.fn().mockReturnValueOnce(false).mockReturnValue(true);
    const { parts } = desk([reject('unavailable'), yes], {
      ...away,
      isLive: live,
      whenLive: () => Promise.resolve(),
      keep: () => Promise.resolve(reject('unavailable')),
    });
    expect(await issueNumber(parts, asked)).toMatchObject({ ok: true, issued: result });
  });

  it('[KS22] the number that the server gave all the same goes back once that is known', async () => {
    let answer: (sent: Sent) => void = () => undefined;
    const slow = new Promise<Sent>((resolve) => (answer = resolve));
    const { parts, returned, abandoned } = desk([], {
      whenGivenUp: () => Promise.resolve(),
      send: () => slow,
    });
    expect(await issueNumber(parts, asked)).toMatchObject({ ok: true, issued: own });
    expect(abandoned()).toEqual(['token']);
    answer(yes);
    await vi.waitFor(() => expect(abandoned()).toEqual([]));
    expect(returned).toEqual(['token']);
  });

  it('[KS22] where nobody answers, what was abandoned is asked for again at the next start', async () => {
    const found = { visitId: 'v', series: 'M', number: 7, smsOptIn: false };
    const ticketOf = vi
      .fn<Desk['ticketOf']>()
      .mockResolvedValueOnce({ ok: false, code: 'unreachable', retryAfterS: null })
      .mockResolvedValueOnce({ ok: true, value: found });
    const { parts, returned, abandoned } = desk([], { ticketOf });
    parts.memory.setAbandoned(['token']);
    await giveBackAbandoned(parts);
    expect([returned, abandoned()]).toEqual([[], ['token']]);
    await giveBackAbandoned(parts);
    expect([returned, abandoned()]).toEqual([['token'], []]);
  });

  it('[KS22] a wish that never left is not sent any more', async () => {
    let live: () => void = () => undefined;
    const back = new Promise<void>((resolve) => (live = resolve));
    const { parts, sent, returned, abandoned } = desk([reject('unavailable')], {
      ...away,
      whenLive: () => back,
    });
    await issueNumber(parts, asked);
    live();
    await vi.waitFor(() => expect(abandoned()).toEqual([]));
    expect([sent.length, returned]).toEqual([1, []]);
  });

  it('[KS21] a booking needs the server', async () => {
    const { parts, kept } = desk([reject('unavailable'), yes], {
      ...away,
      isLive: vi.fn().mockReturnValueOnce(false).mockReturnValue(true),
      whenLive: () => Promise.resolve(),
    });
    const wish = { kind: 'reservation', reference: 'ZRH-1', lastName: 'ROSSI' } as const;
    expect(await issueNumber(parts, { ...asked, wish })).toMatchObject({ ok: true });
    expect(kept).toEqual([]);
  });
});
