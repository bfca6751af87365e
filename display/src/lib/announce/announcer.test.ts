import { describe, expect, it } from 'vitest';
import type { Call } from '@schalter/shared/queue/rows.ts';
import {
  advance,
  endSound,
  FRESH_MS,
  nextAtMs,
  receiveCalls,
  SHORT_TAKEOVER_MS,
  SOUND_MS_MAX,
  startAnnouncer,
  type Announcer,
} from './announcer.ts';

const T0 = Date.parse('2026-05-20T08:00:00.000Z');
const TAKEOVER_MS = 8_000;
const DAY = '2026-05-20';

const call = (order: number, over: Partial<Call> = {}): Call => ({
  id: `call-${order}`,
  organisationId: 'o',
  locationId: 'l',
  archivedAt: null,
  businessDay: DAY,
  order,
  visitId: `visit-${order}`,
  stageId: `stage-${order}`,
  callNo: 1,
  series: 'B',
  number: order,
  serviceId: 's',
  counterId: 'c',
  counterName: '3',
  language: 'de',
  calledAt: new Date(T0).toISOString(),
  withdrawnAt: null,
  ...over,
});
const withdrawn = (one: Call): Call => ({ ...one, withdrawnAt: new Date(T0).toISOString() });

/** Plays a wall to the end: what was announced, and when (seconds from the start). */
function play(start: Announcer, calls: readonly Call[], from = T0): { order: number; atS: number }[] {
  const announced: { order: number; atS: number }[] = [];
  let announcer = receiveCalls(start, calls, from);
  for (let now = from; now < from + 600_000; now += 500) {
    const before = announcer.current?.call.id;
    announcer = advance(announcer, now, TAKEOVER_MS);
    const { current } = announcer;
    if (current !== null && current.call.id !== before) {
      announced.push({ order: current.call.order, atS: (now - T0) / 1_000 });
    }
    // Chime and voice take two seconds.
    if (current !== null && now - current.startedAtMs >= 2_000)
      announcer = endSound(announcer, current.call.id);
  }
  return announced;
}
const orders = (announced: readonly { order: number }[]) => announced.map((a) => a.order);

describe('bursts', () => {
  it('[DI-02] [D1] calls that come at once are announced one after another in their order, none lost', () => {
    const burst = [4, 2, 7, 1, 3, 6, 5].map((order) => call(order));
    const announced = play(startAnnouncer(null), burst);
    expect(orders(announced)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('[D2] a call stays its time; while two or more wait, only as long as it is read', () => {
    expect(play(startAnnouncer(null), [call(1), call(2)]).map((a) => a.atS)).toEqual([0, 8]);
    const announced = play(startAnnouncer(null), [call(1), call(2), call(3), call(4)]);
    const short = SHORT_TAKEOVER_MS / 1_000;
    expect(announced.map((a) => a.atS)).toEqual([0, short, 2 * short, 2 * short + 8]);
  });

  it('[D1] waiting behind others makes no call old', () => {
    const burst = Array.from({ length: 30 }, (_, n) => call(n + 1));
    const announced = play(startAnnouncer(null), burst);
    expect(announced).toHaveLength(30);
    expect(announced.at(-1)?.atS).toBeGreaterThan(FRESH_MS / 1_000);
  });

  it('[D1] a call that arrives while another is shown waits for it', () => {
    let announcer = advance(receiveCalls(startAnnouncer(null), [call(1)], T0), T0, TAKEOVER_MS);
    announcer = advance(receiveCalls(announcer, [call(1), call(2)], T0 + 1_000), T0 + 1_000, TAKEOVER_MS);
    expect([announcer.current?.call.order, announcer.queue.map((c) => c.order)]).toEqual([1, [2]]);
  });
});

describe('old calls', () => {
  it('[D3] a call older than a minute is never announced, also later', () => {
    const late = T0 + FRESH_MS + 1;
    expect(play(startAnnouncer(null), [call(1)], late)).toEqual([]);
    let announcer = receiveCalls(startAnnouncer(null), [call(1)], late);
    announcer = receiveCalls(announcer, [call(1), call(2, { calledAt: new Date(late).toISOString() })], late);
    expect(orders(announcer.queue)).toEqual([2]);
  });

  it('[D4] after a reload nothing is announced again, and what was missed in the last minute is', () => {
    const first = advance(receiveCalls(startAnnouncer(null), [call(1), call(2)], T0), T0, TAKEOVER_MS);
    expect(first.reached).toEqual({ businessDay: DAY, order: 1 });
    expect(orders(play(startAnnouncer(first.reached), [call(1), call(2), call(3)], T0 + 5_000))).toEqual([
      2, 3,
    ]);
  });

  it('[D4] a new business day begins with order 1', () => {
    const floor = { businessDay: DAY, order: 41 };
    expect(orders(play(startAnnouncer(floor), [call(1, { businessDay: '2026-05-21' })]))).toEqual([1]);
    expect(orders(play(startAnnouncer(floor), [call(42, { businessDay: '2026-05-19' })]))).toEqual([]);
  });

  it('[D5] a call is announced once, however often its row arrives', () => {
    let announcer = startAnnouncer(null);
    const seen: number[] = [];
    for (let now = T0; now < T0 + 40_000; now += 1_000) {
      announcer = receiveCalls(announcer, [call(1), call(2)], now);
      const before = announcer.current?.call.id;
      announcer = advance(announcer, now, TAKEOVER_MS);
      if (announcer.current !== null && announcer.current.call.id !== before)
        seen.push(announcer.current.call.order);
      announcer = endSound(announcer, announcer.current?.call.id ?? '');
    }
    expect(seen).toEqual([1, 2]);
  });

  it('[D5] one that this display has reported already is not announced, even if it remembers nothing', () => {
    const announcer = receiveCalls(startAnnouncer(null), [call(1), call(2)], T0, new Set(['call-1']));
    expect(orders(announcer.queue)).toEqual([2]);
    const shown = advance(announcer, T0, TAKEOVER_MS);
    expect(
      receiveCalls(shown, [call(1), call(2)], T0, new Set(['call-1', 'call-2'])).current?.call.order,
    ).toBe(2);
  });
});

describe('withdrawn calls', () => {
  it('[D6] [Q-08] an undo takes the call off the wall at once, in the middle of its announcement', () => {
    let announcer = advance(receiveCalls(startAnnouncer(null), [call(1)], T0), T0, TAKEOVER_MS);
    announcer = receiveCalls(announcer, [withdrawn(call(1))], T0 + 500);
    expect(announcer.current).toBeNull();
    expect(nextAtMs(announcer, TAKEOVER_MS)).toBeNull();
  });

  it('[D6] one that waits is not announced any more', () => {
    const announcer = receiveCalls(startAnnouncer(null), [call(1), call(2)], T0);
    expect(orders(play(announcer, [call(1), withdrawn(call(2))]))).toEqual([1]);
  });

  it('[D6] the next one begins at once', () => {
    let announcer = advance(receiveCalls(startAnnouncer(null), [call(1), call(2)], T0), T0, TAKEOVER_MS);
    announcer = receiveCalls(announcer, [withdrawn(call(1)), call(2)], T0 + 500);
    expect(advance(announcer, T0 + 500, TAKEOVER_MS).current?.call.order).toBe(2);
  });

  it('[D7] one that comes back before anybody heard it is announced, one that was heard is not', () => {
    const waiting = receiveCalls(startAnnouncer(null), [call(1), call(2)], T0);
    const gone = receiveCalls(waiting, [call(1), withdrawn(call(2))], T0 + 1_000);
    expect(orders(play(gone, [call(1), call(2)], T0 + 2_000))).toEqual([1, 2]);
    let heard = advance(receiveCalls(startAnnouncer(null), [call(1)], T0), T0, TAKEOVER_MS);
    heard = advance(endSound(heard, 'call-1'), T0 + TAKEOVER_MS, TAKEOVER_MS);
    heard = receiveCalls(receiveCalls(heard, [withdrawn(call(1))], T0 + 9_000), [call(1)], T0 + 10_000);
    expect([heard.current, heard.queue]).toEqual([null, []]);
  });
});

describe('sound', () => {
  it('[D8] the next call waits for the end of the sentence', () => {
    let announcer = advance(receiveCalls(startAnnouncer(null), [call(1), call(2)], T0), T0, TAKEOVER_MS);
    announcer = advance(announcer, T0 + TAKEOVER_MS + 1_000, TAKEOVER_MS);
    expect(announcer.current?.call.order).toBe(1);
    announcer = advance(endSound(announcer, 'call-1'), T0 + TAKEOVER_MS + 1_000, TAKEOVER_MS);
    expect(announcer.current?.call.order).toBe(2);
  });

  it('[D8] but not for one that never ends', () => {
    let announcer = advance(receiveCalls(startAnnouncer(null), [call(1), call(2)], T0), T0, TAKEOVER_MS);
    expect(nextAtMs(announcer, TAKEOVER_MS)).toBe(T0 + SOUND_MS_MAX);
    announcer = advance(announcer, T0 + SOUND_MS_MAX, TAKEOVER_MS);
    expect(announcer.current?.call.order).toBe(2);
  });

  it('[D8] the end of another call’s sound changes nothing', () => {
    const announcer = advance(receiveCalls(startAnnouncer(null), [call(1)], T0), T0, TAKEOVER_MS);
    expect(endSound(announcer, 'call-9')).toBe(announcer);
  });
});
