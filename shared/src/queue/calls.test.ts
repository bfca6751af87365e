import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariants.ts';
import { atCounter, wallCalls } from './select.ts';
import {
  COUNTERS,
  DISPLAYS,
  DISPLAY_IDS,
  KIOSK,
  MANAGER,
  PEOPLE,
  SERVICES,
  SYSTEM,
  customer,
  person,
  station,
  type Station,
} from './station.testing.ts';

const callAt = (s: Station, n: number, actor = person(n + 1)) =>
  s.run('queue.callNext', { counterId: COUNTERS[n] }, actor);
const wall = (s: Station) => wallCalls(s.live, [], 10).map((c) => `${c.series}${c.number}→${c.counterName}`);
/** Issues so many tickets of service A, a minute apart. */
const tickets = (s: Station, count: number) =>
  Array.from({ length: count }, () => {
    const issued = s.issue(SERVICES.A);
    s.pass(1);
    return issued;
  });
const requeue = (s: Station, stageId: string, position: object) =>
  s.do('queue.requeue', { stageId, position }, person(1));
/** The numbers in the order in which counter 2 would call them. */
const order = (s: Station): number[] => {
  const numbers: number[] = [];
  for (;;) {
    const decision = callAt(s, 1);
    if (!decision.ok) return numbers;
    const { stageId, visitId } = decision.result as { stageId: string; visitId: string };
    numbers.push(s.visit(visitId).number);
    s.do('queue.start', { stageId }, person(2));
    s.do('queue.complete', { stageId, outcome: null }, person(2));
  }
};

describe('calling', () => {
  it('[Q-05] two clerks who call at the same instant never get the same customer', () => {
    const s = station();
    tickets(s, 3);
    const called = [s.callNext(0), s.callNext(1), s.callNext(2)].map((c) => c.stageId);
    expect(new Set(called).size).toBe(3);
  });

  it('[Q4] a counter with a customer, called or served, cannot call the next', () => {
    const s = station();
    const [first] = tickets(s, 2);
    s.callNext(0);
    expect(callAt(s, 0)).toMatchObject({ code: 'counterBusy', details: { counter: '1' } });
    s.do('queue.start', { stageId: first?.stageId }, person(1));
    expect(callAt(s, 0)).toMatchObject({ code: 'counterBusy' });
    s.do('queue.complete', { stageId: first?.stageId, outcome: null }, person(1));
    s.callNext(0);
  });

  it('[Q4] only who is signed on there and not on a break; the server needs nobody; a device never calls', () => {
    const s = station({ signedOn: 1 });
    tickets(s, 3);
    expect(callAt(s, 0, person(2))).toMatchObject({ code: 'notSignedOn' });
    expect(callAt(s, 0, MANAGER)).toMatchObject({ code: 'notSignedOn' });
    expect(callAt(s, 0, KIOSK)).toMatchObject({ code: 'notPermitted' });
    s.do('directory.setBreak', { counterId: COUNTERS[0], onBreak: true }, person(1));
    expect(callAt(s, 0)).toMatchObject({ code: 'notSignedOn', details: { onBreak: true } });
    s.callNext(1, SYSTEM);
    expect(s.run('queue.callNext', { counterId: SERVICES.A }, SYSTEM)).toMatchObject({
      code: 'counterUnknown',
    });
    const off = { name: '3', position: 2, serviceIds: [SERVICES.A], active: false };
    s.do('directory.setCounter', { counterId: COUNTERS[2], counter: off }, MANAGER);
    expect(callAt(s, 2, SYSTEM)).toMatchObject({ code: 'counterInactive' });
  });

  it('[Q26] the call names number, counter and language, and the stage who called it when', () => {
    const s = station();
    const { stageId } = s.issue(SERVICES.A, KIOSK, { language: 'it' });
    s.pass(2);
    const { callId } = s.callNext(1);
    expect(s.live.rows.calls.get(callId)).toMatchObject({
      stageId,
      callNo: 1,
      series: 'A',
      number: 1,
      serviceId: SERVICES.A,
      counterName: '2',
      language: 'it',
      calledAt: s.now,
      withdrawnAt: null,
      businessDay: '2026-05-20',
    });
    expect(s.stage(stageId)).toMatchObject({
      status: 'called',
      counterId: COUNTERS[1],
      personId: PEOPLE[1],
      calledAt: s.now,
      callNo: 1,
    });
    expect(atCounter(s.live, COUNTERS[1])).toMatchObject({ stage: { id: stageId }, call: { id: callId } });
    expect(atCounter(s.live, COUNTERS[0])).toBeNull();
  });

  it('[DI-02] [Q27] calls are numbered without a gap, recalls too, and from 1 on the next business day', () => {
    const s = station();
    tickets(s, 3);
    const first = s.callNext(0);
    s.callNext(1);
    s.do('queue.recall', { stageId: first.stageId }, person(1));
    s.callNext(2);
    expect([...s.live.rows.calls.values()].map((c) => c.order)).toEqual([1, 2, 3, 4]);
    s.do('queue.requeue', { stageId: first.stageId, position: { at: 'keep' } }, person(1));
    s.pass(24 * 60);
    expect(s.live.rows.calls.get(s.callNext(0).callId)).toMatchObject({
      businessDay: '2026-05-21',
      order: 1,
    });
  });

  it('[DI-01] [Q28] an answered call stays among the last calls, the newest first', () => {
    const s = station();
    const [a] = tickets(s, 3);
    s.callNext(0);
    s.do('queue.start', { stageId: a?.stageId }, person(1));
    s.do('queue.complete', { stageId: a?.stageId, outcome: null }, person(1));
    s.callNext(1);
    s.callNext(0);
    expect(wall(s)).toEqual(['A3→1', 'A2→2', 'A1→1']);
    expect(wallCalls(s.live, [SERVICES.C], 10)).toEqual([]);
    expect(wallCalls(s.live, [SERVICES.A], 2)).toHaveLength(2);
  });

  it('[Q28] a call that is put back, missed, left, cancelled or handed over leaves the wall', () => {
    const ends: ((s: Station, stageId: string, visitId: string) => void)[] = [
      (s, stageId) => requeue(s, stageId, { at: 'last' }),
      (s, stageId) => s.do('queue.cancel', { stageId, reason: '' }, person(1)),
      (s, _stageId, visitId) => s.do('queue.leave', {}, customer(visitId)),
      (s, _stageId, visitId) => s.do('queue.delay', {}, customer(visitId)),
      (s, stageId) => {
        s.pass(5);
        s.do('queue.markNoShow', { stageId }, person(1));
      },
      (s, stageId) =>
        s.do(
          'queue.transfer',
          { stageId, serviceId: SERVICES.C, counterId: null, personId: null, note: null },
          person(1),
        ),
    ];
    for (const end of ends) {
      const s = station();
      tickets(s, 1);
      const { stageId, visitId } = s.callNext(0);
      expect(wall(s)).toEqual(['A1→1']);
      end(s, stageId, visitId);
      expect(wall(s)).toEqual([]);
    }
  });

  it('[Q29] out of turn: any waiting, remote, delayed or freely held ticket', () => {
    const s = station();
    const [, second] = tickets(s, 3);
    s.do('queue.delay', {}, customer(second?.visitId ?? ''));
    s.do('queue.call', { stageId: second?.stageId, counterId: COUNTERS[0] }, person(1));
    expect(s.stage(second?.stageId ?? '')).toMatchObject({ status: 'called', notBefore: null });
    expect(
      s.run('queue.call', { stageId: second?.stageId, counterId: COUNTERS[1] }, person(2)),
    ).toMatchObject({ code: 'illegalMove', details: { action: 'call', status: 'called' } });
  });

  it('[Q29] not whom a colleague keeps; a manager may', () => {
    const s = station();
    const [first] = tickets(s, 1);
    const { stageId } = s.do<{ stageId: string }>(
      'queue.transfer',
      { stageId: first?.stageId, serviceId: SERVICES.A, counterId: COUNTERS[1], personId: null, note: null },
      person(1),
    );
    const call = { stageId, counterId: COUNTERS[0] };
    expect(s.run('queue.call', call, person(1))).toEqual({ ok: false, code: 'notYours' });
    s.do('directory.signOn', { counterId: COUNTERS[0], takeOver: true }, MANAGER);
    s.do('queue.call', call, MANAGER);
  });

  it('[Q5] another clerk keeps the hands off a customer at a counter; a manager helps out', () => {
    const s = station();
    tickets(s, 1);
    const { stageId } = s.callNext(0);
    for (const type of ['queue.recall', 'queue.start', 'queue.markNoShow'] as const) {
      expect(s.run(type, { stageId }, person(2))).toEqual({ ok: false, code: 'notYours' });
    }
    s.do('queue.start', { stageId }, MANAGER);
    expect(s.run('queue.complete', { stageId, outcome: null }, person(2))).toEqual({
      ok: false,
      code: 'notYours',
    });
    s.do('queue.complete', { stageId, outcome: null }, person(1));
  });
});

describe('recall, no-show, back into the line', () => {
  it('[Q-12] [Q32] a recall goes to the wall again, and the older call leaves it', () => {
    const s = station();
    tickets(s, 1);
    const { stageId, callId } = s.callNext(0);
    const calledAt = s.stage(stageId).calledAt;
    s.pass(1);
    const again = s.do<{ callId: string }>('queue.recall', { stageId }, person(1));
    expect(again.callId).not.toBe(callId);
    expect(wallCalls(s.live, [], 10).map((c) => [c.id, c.callNo])).toEqual([[again.callId, 2]]);
    expect(s.stage(stageId)).toMatchObject({ callNo: 2, calledAt });
    expect(s.facts.at(-1)?.type).toBe('queue.ticketRecalled');
  });

  it('[Q-12] [Q35] a no-show after enough calls, at once', () => {
    const s = station({ location: { noShowAfterCalls: 2, noShowAfterS: 600 } });
    tickets(s, 1);
    const { stageId, visitId } = s.callNext(0);
    s.pass(0.5);
    expect(s.run('queue.markNoShow', { stageId }, person(1))).toEqual({
      ok: false,
      code: 'tooEarlyForNoShow',
      details: { waitS: 570, calls: 1 },
    });
    s.do('queue.recall', { stageId }, person(1));
    s.do('queue.markNoShow', { stageId }, person(1));
    expect(s.stage(stageId)).toMatchObject({ status: 'no_show', endedAt: s.now });
    expect(s.visit(visitId).endedAt).toBe(s.now);
    s.issue();
    s.callNext(0);
  });

  it('[Q-12] [Q35] a no-show after enough time, with one call', () => {
    const s = station({ location: { noShowAfterCalls: 9, noShowAfterS: 60 } });
    tickets(s, 1);
    const { stageId } = s.callNext(0);
    s.pass(59 / 60);
    expect(s.run('queue.markNoShow', { stageId }, person(1))).toMatchObject({ details: { waitS: 1 } });
    s.pass(1 / 60);
    s.do('queue.markNoShow', { stageId }, person(1));
  });

  it.each([
    [{ at: 'first' }, [1, 2, 3, 4, 5]],
    [{ at: 'keep' }, [1, 2, 3, 4, 5]],
    [{ at: 'after', places: 1 }, [2, 1, 3, 4, 5]],
    [{ at: 'after', places: 3 }, [2, 3, 4, 1, 5]],
    [{ at: 'after', places: 4 }, [2, 3, 4, 5, 1]],
    [{ at: 'after', places: 50 }, [2, 3, 4, 5, 1]],
    [{ at: 'last' }, [2, 3, 4, 5, 1]],
  ])('[Q-12] [Q33] the first of five put back %j: then they are called %j', (position, expected) => {
    const s = station();
    tickets(s, 5);
    requeue(s, s.callNext(0).stageId, position);
    expect(order(s)).toEqual(expected);
  });

  it('[Q-12] [Q33] "first" is before everybody, also for somebody called out of turn', () => {
    const s = station();
    const all = tickets(s, 3);
    s.do('queue.call', { stageId: all[2]?.stageId, counterId: COUNTERS[0] }, person(1));
    requeue(s, all[2]?.stageId ?? '', { at: 'first' });
    expect(order(s)).toEqual([3, 1, 2]);
  });

  it('[Q-12] [Q33] put back, the waiting time stays and the counter is free', () => {
    const s = station();
    const [first] = tickets(s, 2);
    const { stageId } = s.callNext(0);
    const { arrivedAt } = s.stage(stageId);
    requeue(s, stageId, { at: 'keep' });
    expect(s.stage(stageId)).toMatchObject({
      status: 'waiting',
      arrivedAt,
      counterId: null,
      calledAt: null,
      callNo: 1,
    });
    expect(s.callNext(0).stageId).toBe(first?.stageId);
    expect(s.stage(stageId).callNo).toBe(2);
  });

  it('[Q33] places are counted among those that compete for the same counters', () => {
    const s = station({ counters: ['A', 'A', 'C'] });
    tickets(s, 3);
    for (let i = 0; i < 5; i++) s.issue(SERVICES.C);
    requeue(s, s.callNext(0).stageId, { at: 'after', places: 1 });
    expect(order(s)).toEqual([2, 1, 3]);
  });
});

describe('offline', () => {
  it('[Q7] start and end bear the time of the device, within what can be', () => {
    const s = station();
    tickets(s, 1);
    const { stageId } = s.callNext(0);
    s.pass(30);
    // The tablet was away: started two minutes after the call, told now; the end claims a time in the future.
    s.do('queue.start', { stageId }, person(1), { occurredAt: '2026-05-20T08:03:00.000Z' });
    expect(s.stage(stageId).startedAt).toBe('2026-05-20T08:03:00.000Z');
    s.do('queue.complete', { stageId, outcome: null }, person(1), { occurredAt: '2026-05-20T23:00:00.000Z' });
    expect(s.stage(stageId).endedAt).toBe(s.now);
  });

  it('[Q7] a device whose clock is behind cannot start before the call', () => {
    const s = station();
    tickets(s, 1);
    const { stageId } = s.callNext(0);
    s.do('queue.start', { stageId }, person(1), { occurredAt: '2026-05-20T02:00:00.000+02:00' });
    expect(s.stage(stageId).startedAt).toBe(s.stage(stageId).calledAt);
  });

  it('[Q7] a server whose clock is set back neither calls nor serves nor ends anything before it came', () => {
    const s = station();
    const [first, second] = tickets(s, 2);
    s.pass(-60);
    const { stageId } = s.callNext(0);
    s.do('queue.start', { stageId }, person(1));
    s.do('queue.complete', { stageId, outcome: null }, person(1));
    s.do('queue.leave', {}, customer(second?.visitId ?? ''));
    const { arrivedAt } = s.stage(stageId);
    expect(stageId).toBe(first?.stageId);
    expect(s.stage(stageId)).toMatchObject({ calledAt: arrivedAt, startedAt: arrivedAt, endedAt: arrivedAt });
    expect(s.stage(second?.stageId ?? '').endedAt).toBe(s.stage(second?.stageId ?? '').arrivedAt);
    expect(brokenInvariants(s.live)).toEqual([]);
  });
});

describe('receipts', () => {
  it('[DI-02] [Q40] a display’s receipt exists once, however often it is sent; each display has its own', () => {
    const s = station();
    tickets(s, 1);
    const { callId } = s.callNext(0);
    const report = { callId, shownAt: s.now, sound: 'spoken' };
    s.do('queue.reportCall', report, DISPLAYS[0]);
    expect(s.run('queue.reportCall', { ...report, sound: 'silent' }, DISPLAYS[0])).toMatchObject({
      changes: [],
    });
    s.do('queue.reportCall', { ...report, sound: 'chime' }, DISPLAYS[1]);
    expect([...s.live.rows.callReceipts.values()].map((r) => [r.deviceId, r.sound, r.order])).toEqual([
      [DISPLAY_IDS[0], 'spoken', 1],
      [DISPLAY_IDS[1], 'chime', 1],
    ]);
  });

  it('[Q40] a call that there is not has no receipt, and people send none', () => {
    const s = station();
    const report = { callId: SERVICES.A, shownAt: s.now, sound: 'spoken' };
    expect(s.run('queue.reportCall', report, DISPLAYS[0])).toMatchObject({ code: 'callUnknown' });
    expect(s.run('queue.reportCall', report, person(1))).toMatchObject({ code: 'notPermitted' });
  });
});
