import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { addMs } from '../kernel/time.ts';
import { addTicket, COUNTERS, Desk, NOW, setStage } from './messages.testing.ts';
import { messagingInvariants } from './invariants.ts';
import { MAX_ATTEMPTS, SETTLE_MS } from './outcomes.ts';

let desk: Desk;
const claimedMessage = (): Desk => {
  const fresh = new Desk();
  addTicket(fresh.live, 1);
  setStage(fresh.live, 1, 'called', COUNTERS[0]);
  fresh.prepare(1, 'called');
  fresh.claim(1);
  return fresh;
};
beforeEach(() => {
  desk = claimedMessage();
});

describe('what became of an attempt', () => {
  it('[M15] accepted: sent, with the carrier’s id', () => {
    desk.outcome(1, { providerId: 'SM1' });
    expect(desk.message(1)).toMatchObject({
      status: 'sent',
      providerId: 'SM1',
      sentAt: NOW,
      claimedUntil: null,
    });
  });

  it('[M15] counts even when said late, after another attempt was let through', () => {
    desk.outcome(1, { outcome: 'retry', errorCode: '429' });
    desk.outcome(1, { attempt: 1, providerId: 'SM1' });
    expect(desk.message(1)).toMatchObject({ status: 'sent', providerId: 'SM1' });
    expect(desk.claim(1)).toBe('messageNotWanted');
  });

  it.each(['rejected', 'retry', 'unknown', 'not_sent'] as const)(
    '[M16] %s of an older attempt changes nothing',
    (outcome) => {
      desk.outcome(1, { outcome: 'retry', errorCode: '429' });
      desk.claim(1);
      const before = desk.message(1);
      expect(desk.outcome(1, { attempt: 1, outcome, errorCode: 'late' })).toEqual({
        ok: true,
        changes: [],
        facts: [],
      });
      expect(desk.message(1)).toEqual(before);
    },
  );

  it.each(['rejected', 'retry', 'unknown', 'not_sent'] as const)(
    '[M16] %s after the end changes nothing',
    (outcome) => {
      desk.outcome(1, { providerId: 'SM1' });
      desk.outcome(1, { outcome, errorCode: 'late' });
      expect(desk.message(1)).toMatchObject({ status: 'sent', errorCode: null });
    },
  );

  it('[M17] a permanent no fails at once, with its code', () => {
    desk.outcome(1, { outcome: 'rejected', errorCode: '21614' });
    expect(desk.message(1)).toMatchObject({ status: 'failed', errorCode: '21614' });
    expect(desk.claim(1)).toBe('messageNotWanted');
  });

  it('[M17] waits longer each time, or as long as the carrier asks, and gives up after six tries', () => {
    const delays: number[] = [];
    for (let n = 1; n < MAX_ATTEMPTS; n++) {
      const decision = desk.outcome(1, {
        outcome: 'retry',
        errorCode: '429',
        retryAfterMs: n === 3 ? 7_000 : null,
      });
      if (decision.ok)
        delays.push(...decision.facts.map((f) => (f.type === 'messaging.messageQueued' ? f.delayMs : -1)));
      expect(desk.claim(1)).toMatchObject({ do: 'send', attempt: n + 1 });
    }
    const [first = 0, second = 0, third, fourth = 0] = delays;
    expect(first).toBeGreaterThanOrEqual(3_750);
    expect(first).toBeLessThanOrEqual(6_250);
    expect(second).toBe(first * 2);
    expect(third).toBe(7_000);
    expect(fourth).toBe(first * 8);
    desk.outcome(1, { outcome: 'retry', errorCode: '429' });
    expect(desk.message(1)).toMatchObject({ status: 'failed', attempts: MAX_ATTEMPTS });
  });

  it('[M17] tries again only while it is wanted', () => {
    desk.outcome(1, { outcome: 'retry', errorCode: '429' });
    setStage(desk.live, 1, 'serving', COUNTERS[0]);
    expect(desk.claim(1)).toEqual({ do: 'stop', status: 'cancelled' });
  });

  it('[M18] [COM-24] without a carrier it is not sent, and says so for good', () => {
    desk.outcome(1, { outcome: 'not_sent' });
    expect(desk.message(1)).toMatchObject({ status: 'not_sent', sentAt: null, providerId: null });
    expect(desk.claim(1)).toBe('messageNotWanted');
  });

  it('[M14] found after all: sent; not there: waits again; still unknown: asked again, never at once', () => {
    desk.outcome(1, { outcome: 'unknown', errorCode: 'timeout' });
    expect(desk.claim(1)).toBe('messageNotWanted');
    desk.now = addMs(desk.now, SETTLE_MS);
    expect(desk.claim(1)).toMatchObject({ do: 'reconcile' });
    desk.outcome(1, { outcome: 'unknown', errorCode: 'http500' });
    expect(desk.message(1)).toMatchObject({ status: 'unknown', errorCode: 'http500' });
    desk.now = addMs(desk.now, SETTLE_MS);
    desk.claim(1);
    desk.outcome(1, { outcome: 'retry', errorCode: null });
    expect(desk.message(1)).toMatchObject({ status: 'queued', claimedUntil: null });
    desk.claim(1);
    desk.outcome(1, { outcome: 'unknown', errorCode: 'timeout' });
    desk.now = addMs(desk.now, SETTLE_MS);
    desk.claim(1);
    desk.outcome(1, { providerId: 'SM2' });
    expect(desk.message(1)).toMatchObject({ status: 'sent', providerId: 'SM2', attempts: 2 });
  });
});

describe('reports of the carrier', () => {
  it('[M19] move a message forward, never back', () => {
    desk.outcome(1, { providerId: 'SM1' });
    desk.now = addMs(NOW, 3_000);
    desk.report(1, 'delivered');
    expect(desk.message(1)).toMatchObject({ status: 'delivered', sentAt: NOW, deliveredAt: desk.now });
    desk.report(1, 'sent');
    desk.report(1, 'failed', 'SM1', '30003');
    expect(desk.message(1)).toMatchObject({ status: 'delivered', errorCode: null });
  });

  it('[M19] that come before the answer settle what was unclear, and nothing is sent again', () => {
    desk.outcome(1, { outcome: 'unknown', errorCode: 'timeout' });
    desk.report(1, 'sent', 'SM7');
    expect(desk.message(1)).toMatchObject({ status: 'sent', providerId: 'SM7' });
    expect(desk.claim(1)).toBe('messageNotWanted');
  });

  it('[M20] of another message of the carrier are passed over', () => {
    desk.outcome(1, { providerId: 'SM1' });
    desk.report(1, 'failed', 'SM-other', '30003');
    expect(desk.message(1)).toMatchObject({ status: 'sent', providerId: 'SM1' });
  });

  it('[M19] [COM-16] lead to the same end in any order, twice or not', () => {
    const CODES = { sent: null, delivered: null, undelivered: '30003', failed: '30007' } as const;
    const report = fc.constantFrom('sent', 'delivered', 'undelivered', 'failed');
    fc.assert(
      fc.property(
        fc
          .array(report, { minLength: 1, maxLength: 6 })
          .chain((reports) =>
            fc.tuple(
              fc.constant(reports),
              fc.shuffledSubarray([...reports, ...reports], { minLength: reports.length * 2 }),
            ),
          ),
        ([reports, shuffled]) => {
          const [a, b] = [reports, shuffled].map((order) => {
            const one = claimedMessage();
            one.outcome(1, { providerId: 'SM1' });
            for (const status of order) one.report(1, status, 'SM1', CODES[status]);
            return one.message(1);
          });
          expect(b).toEqual(a);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('any order of commands', () => {
  it('breaks no invariant, and accepts a message twice for no ticket', () => {
    const step = fc.oneof(
      fc.constantFrom(
        'prepare',
        'claim',
        'accepted',
        'rejected',
        'retry',
        'unknown',
        'not_sent',
        'forget',
        'close',
      ),
      fc.constantFrom('sent', 'delivered', 'undelivered', 'failed'),
      fc.constantFrom('call', 'wait', 'serve'),
      fc.integer({ min: 1, max: 20_000 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const one = claimedMessage();
        for (const s of steps) {
          if (typeof s === 'number') one.now = addMs(one.now, s);
          else act(one, s);
          expect(messagingInvariants(one.live)).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function act(one: Desk, step: string): void {
  const message = one.message(1);
  switch (step) {
    case 'prepare':
      return void one.prepare(1, 'called');
    case 'claim':
      return void one.claim(1);
    case 'call':
      return void setStage(one.live, 1, 'called', COUNTERS[0], one.now);
    case 'wait':
      return void setStage(one.live, 1, 'waiting', null);
    case 'serve':
      return void setStage(one.live, 1, 'serving', COUNTERS[0]);
    case 'forget':
      return void (message && one.run('messaging.forget', { visitId: message.visitId }));
    case 'close':
      return void one.run('messaging.closeDay', { businessDay: '2026-05-20' });
    case 'accepted':
      // A carrier accepts only what was given to it.
      return void (message && message.attempts > 0 && one.outcome(1, { providerId: 'SM1' }));
    case 'sent':
    case 'delivered':
    case 'undelivered':
    case 'failed':
      return void (message && message.attempts > 0 && one.report(1, step));
    default:
      return void (message && one.outcome(1, { outcome: step as 'retry', errorCode: 'x' }));
  }
}
