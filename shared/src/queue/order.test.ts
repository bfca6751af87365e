import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, addMs } from '../kernel/time.ts';
import { joinEffectiveAt } from './order.ts';
import type { OrderReason } from './reasons.ts';
import { explainOrder, nextFor, queueForCounter } from './select.ts';
import {
  COUNTERS,
  KIOSK,
  MANAGER,
  MORNING,
  PEOPLE,
  SERVICES,
  person,
  reservationId,
  station,
  type Issued,
  type Station,
} from './station.testing.ts';

const at = (minutes: number): string => addMs(MORNING, minutes * MINUTE);

/** Checks a booking in, now. */
function checkIn(s: Station, n: number, bookedAt: string): Issued {
  const reference = `ZRH-100${n}`;
  s.do(
    'booking.recordReservation',
    {
      reservationId: reservationId(n),
      reference,
      lastName: 'Muster',
      firstName: 'Anna',
      serviceId: SERVICES.B,
      bookedAt,
      subject: '',
    },
    MANAGER,
  );
  const input = { reference, lastName: 'Muster', language: 'de', linkToken: s.token(), contact: null };
  return s.do<Issued>('booking.checkIn', input, KIOSK);
}
const lineOf = (s: Station) =>
  queueForCounter(s.live, COUNTERS[0], PEOPLE[0], s.now).map((e) => `${e.visit.series}${e.visit.number}`);
const reasonsOf = (s: Station) => queueForCounter(s.live, COUNTERS[0], PEOPLE[0], s.now).map((e) => e.reason);

describe('effective time', () => {
  it('[Q-05] [Q20] first come, first called, whatever the service', () => {
    const s = station();
    for (const id of [SERVICES.C, SERVICES.A, SERVICES.D]) {
      s.issue(id);
      s.pass(1);
    }
    expect(lineOf(s)).toEqual(['C1', 'A1', 'D1']);
    expect(s.stage(s.callNext(0).stageId).serviceId).toBe(SERVICES.C);
  });

  it('[Q-05] [Q20] credit passes those who came less than the credit before, and nobody else', () => {
    const s = station({ services: { C: { creditMin: 5 } } });
    s.issue(SERVICES.A);
    s.pass(4);
    s.issue(SERVICES.A);
    s.pass(2);
    s.issue(SERVICES.C);
    expect(lineOf(s)).toEqual(['A1', 'C1', 'A2']);
    expect(reasonsOf(s)).toEqual([
      { kind: 'waitedLongest' },
      { kind: 'credit', min: 5 },
      { kind: 'waited', min: 2 },
    ]);
  });

  it('[Q20] [Q23] without a booking: arrival minus credit; with one: as the window says', () => {
    const window = { earlyMin: 15, lateMin: 10, creditMin: 3 };
    const minutes = fc.integer({ min: -120, max: 120 });
    fc.assert(
      fc.property(minutes, (late) => {
        const bookedAt = at(0);
        const inWindow = late >= -15 && late <= 10;
        const expected = inWindow ? bookedAt : at(late - 3);
        expect(joinEffectiveAt(window, at(late), bookedAt)).toBe(expected);
        expect(joinEffectiveAt(window, at(late), null)).toBe(at(late - 3));
      }),
    );
  });

  it('[Q21] who came at the same moment is called by number', () => {
    const s = station();
    const issued = [s.issue(SERVICES.A), s.issue(SERVICES.A), s.issue(SERVICES.A)];
    for (const { stageId } of issued) {
      expect(s.callNext(0).stageId).toBe(stageId);
      s.do('queue.start', { stageId }, person(1));
      s.do('queue.complete', { stageId, outcome: null }, person(1));
    }
  });

  it('[Q21] equal effective times: the earlier arrival first', () => {
    const s = station({ services: { C: { creditMin: 5 } } });
    s.pass(5);
    s.now = at(0);
    s.issue(SERVICES.A);
    s.now = at(5);
    s.issue(SERVICES.C);
    expect(lineOf(s)).toEqual(['A1', 'C1']);
  });
});

describe('bookings', () => {
  it('[Q-14] [Q23] in the window the booked time counts: behind who came before it, before who came after', () => {
    const s = station();
    s.issue(SERVICES.A);
    s.pass(1);
    checkIn(s, 1, at(10));
    s.pass(8);
    s.issue(SERVICES.A);
    s.pass(3);
    s.issue(SERVICES.A);
    expect(lineOf(s)).toEqual(['A1', 'A2', 'B1', 'A3']);
    expect(reasonsOf(s)[2]).toEqual({ kind: 'booking', at: at(10) });
  });

  it('[Q-14] [Q23] too late, one waits as a walk-in', () => {
    const s = station();
    s.pass(11);
    s.issue(SERVICES.A);
    s.pass(1);
    checkIn(s, 1, at(0));
    expect(lineOf(s)).toEqual(['A1', 'B1']);
    expect(reasonsOf(s)[1]).toEqual({ kind: 'late', at: at(0) });
  });

  it('[Q-14] [Q22] too early, one is not called before the time while anybody else can be', () => {
    const s = station();
    checkIn(s, 1, at(40));
    s.pass(5);
    s.issue(SERVICES.A);
    expect(lineOf(s)).toEqual(['A1', 'B1']);
    expect(reasonsOf(s)[1]).toEqual({ kind: 'early', at: at(40) });
    expect(s.stage(s.callNext(0).stageId).serviceId).toBe(SERVICES.A);
    // Nobody else is there: an idle counter takes the early booking.
    expect(s.stage(s.callNext(1).stageId).serviceId).toBe(SERVICES.B);
  });

  it('[Q-14] [Q22] at the time, the early arrival counts', () => {
    const s = station();
    checkIn(s, 1, at(40));
    s.pass(5);
    s.issue(SERVICES.A);
    s.now = at(40);
    expect(lineOf(s)).toEqual(['B1', 'A1']);
  });

  it('[Q22] once called, an early booking is not early any more', () => {
    const s = station();
    const { stageId } = checkIn(s, 1, at(40));
    s.callNext(0);
    s.do('queue.requeue', { stageId, position: { at: 'keep' } }, person(1));
    s.issue(SERVICES.A);
    expect(lineOf(s)).toEqual(['B1', 'A1']);
  });
});

describe('who may be called', () => {
  it('[Q-05] [Q25] only services of the counter', () => {
    const s = station({ counters: ['C', 'AB', 'D'] });
    s.issue(SERVICES.A);
    expect(s.run('queue.callNext', { counterId: COUNTERS[0] }, person(1))).toEqual({
      ok: false,
      code: 'queueEmpty',
      details: { notCallable: 0 },
    });
    s.issue(SERVICES.C);
    expect(s.stage(s.callNext(0).stageId).serviceId).toBe(SERVICES.C);
    expect(s.stage(s.callNext(1).stageId).serviceId).toBe(SERVICES.A);
  });

  const toPerson = (s: Station, personId: string) => {
    const { stageId } = s.issue(SERVICES.A);
    return s.do<{ stageId: string }>(
      'queue.transfer',
      { stageId, serviceId: SERVICES.A, counterId: null, personId, note: null },
      person(1),
    ).stageId;
  };

  it('[Q24] [Q25] kept for a person: the others pass over, that person takes it', () => {
    const s = station();
    const kept = toPerson(s, PEOPLE[1]);
    s.pass(1);
    const other = s.issue(SERVICES.A);
    expect(reasonsOf(s)[0]).toEqual({ kind: 'forPerson', name: 'Person 2' });
    expect(s.callNext(0).stageId).toBe(other.stageId);
    expect(nextFor(s.live, COUNTERS[1], PEOPLE[1], s.now)).toMatchObject({ reason: { kind: 'forYou' } });
    expect(s.callNext(1).stageId).toBe(kept);
  });

  it('[Q24] nobody is forgotten: without anybody who can honour it, the reservation lapses', () => {
    const s = station();
    const kept = toPerson(s, PEOPLE[1]);
    s.do('directory.signOff', { counterId: COUNTERS[1] }, person(2));
    expect(s.callNext(0).stageId).toBe(kept);
  });

  it('[Q24] kept for a counter: it is told which, and lapses when nobody is there', () => {
    const s = station();
    const { stageId } = s.issue(SERVICES.A);
    s.do(
      'queue.transfer',
      { stageId, serviceId: SERVICES.A, counterId: COUNTERS[2], personId: null, note: null },
      person(1),
    );
    expect(reasonsOf(s)).toEqual([{ kind: 'forCounter', counter: '3' }]);
    expect(s.run('queue.callNext', { counterId: COUNTERS[0] }, person(1))).toMatchObject({
      details: { notCallable: 1 },
    });
    s.do('directory.signOff', { counterId: COUNTERS[2] }, person(3));
    s.callNext(0);
  });
});

describe('explanations', () => {
  it('[Q-08] [Q30] every place in line has its reason, and the waiting time with it', () => {
    const s = station({ services: { D: { creditMin: 2 } } });
    const issued = s.issue(SERVICES.A);
    s.pass(10);
    s.issue(SERVICES.A);
    s.issue(SERVICES.D);
    s.pass(4);
    const entries = queueForCounter(s.live, COUNTERS[0], null, s.now);
    expect(entries.map((e) => [e.visit.series, e.waitedMin, e.reason.kind, e.callable])).toEqual([
      ['A', 14, 'waitedLongest', true],
      ['D', 4, 'credit', true],
      ['A', 4, 'waited', true],
    ]);
    const [first, second] = entries;
    if (first === undefined || second === undefined) return expect.fail('no entries');
    expect(first.stage.id).toBe(issued.stageId);
    expect(explainOrder(s.live, second.stage, first.stage, s.now)).toEqual({
      firstIsFirst: false,
      rule: 'effectiveAt',
      reasons: [
        { kind: 'credit', min: 2 },
        { kind: 'waited', min: 14 },
      ] satisfies OrderReason[],
    });
  });

  it('[Q30] each rule of the order can be the answer', () => {
    const s = station({ services: { C: { creditMin: 5 } } });
    const a1 = s.issue(SERVICES.A);
    const a2 = s.issue(SERVICES.A);
    const early = checkIn(s, 1, at(60));
    s.pass(5);
    const c1 = s.issue(SERVICES.C);
    const rule = (a: Issued, b: Issued) =>
      explainOrder(s.live, s.stage(a.stageId), s.stage(b.stageId), s.now);
    expect(rule(a1, a2)).toMatchObject({ firstIsFirst: true, rule: 'number' });
    expect(rule(c1, a1)).toMatchObject({ firstIsFirst: false, rule: 'arrivedAt' });
    expect(rule(c1, early)).toMatchObject({ firstIsFirst: true, rule: 'early' });
    expect(rule(a1, early)).toMatchObject({ firstIsFirst: true, rule: 'early' });
  });
});
