import { describe, expect, it } from 'vitest';
import { heldFor } from './select.ts';
import {
  COUNTERS,
  MANAGER,
  PEOPLE,
  SERVICES,
  SYSTEM,
  customer,
  person,
  station,
  type Station,
} from './station.testing.ts';

const hold = (s: Station, stageId: string, owner: string, resumeInMin: number | null = null) =>
  s.do('queue.hold', { stageId, reason: 'holt den Ausweis', owner, resumeInMin }, person(1));
const transfer = (s: Station, stageId: string, to: object, actor = person(1)) =>
  s.run(
    'queue.transfer',
    { stageId, serviceId: SERVICES.C, counterId: null, personId: null, note: null, ...to },
    actor,
  );
const moved = (s: Station, stageId: string, to: object = {}): string => {
  const decision = transfer(s, stageId, to);
  return ((decision.ok ? decision.result : expect.fail(decision.code)) as { stageId: string }).stageId;
};

describe('hold', () => {
  it('[Q31] frees the counter; the place and the reason are kept', () => {
    const s = station();
    const { stageId } = s.serve(SERVICES.A, 0);
    s.pass(3);
    hold(s, stageId, 'any', 10);
    expect(s.stage(stageId)).toMatchObject({
      status: 'held',
      heldAt: s.now,
      holdReason: 'holt den Ausweis',
      resumeAt: '2026-05-20T08:13:00.000Z',
      counterId: COUNTERS[0],
    });
    s.issue();
    s.callNext(0);
  });

  it.each([
    ['clerk', [true, false, false]],
    ['counter', [true, false, false]],
    ['any', [true, true, true]],
  ] as const)('[Q31] held for %s: who may take it up again, at counters 1, 2, 3: %j', (owner, may) => {
    may.forEach((expected, n) => {
      const s = station();
      const { stageId } = s.serve(SERVICES.A, 0);
      hold(s, stageId, owner);
      expect(heldFor(s.live, COUNTERS[n] ?? '', PEOPLE[n] ?? '').map((h) => h.stage.id)).toEqual(
        expected ? [stageId] : [],
      );
      const decision = s.run('queue.call', { stageId, counterId: COUNTERS[n] }, person(n + 1));
      expect(decision.ok ? 'ok' : decision.code).toBe(expected ? 'ok' : 'notYours');
    });
  });

  it('[Q31] held for the counter: whoever works there next has it; for the clerk: it goes along', () => {
    for (const [owner, at] of [
      ['counter', 0],
      ['clerk', 1],
    ] as const) {
      const s = station({ signedOn: 1 });
      const { stageId } = s.serve(SERVICES.A, 0);
      hold(s, stageId, owner);
      s.do('directory.signOn', { counterId: COUNTERS[1], takeOver: false }, person(1));
      s.do('directory.signOn', { counterId: COUNTERS[0], takeOver: false }, person(2));
      expect(s.run('queue.resume', { stageId }, person(3))).toEqual({ ok: false, code: 'notYours' });
      s.do('queue.resume', { stageId }, SYSTEM);
      expect(s.callNext(at, at === 0 ? person(2) : person(1)).stageId).toBe(stageId);
    }
  });

  it('[Q31] resumed, the customer waits in the place of before', () => {
    const s = station();
    const { stageId } = s.serve(SERVICES.A, 0);
    s.pass(5);
    s.issue();
    hold(s, stageId, 'any', 5);
    s.pass(5);
    s.do('queue.resume', { stageId }, SYSTEM);
    expect(s.stage(stageId)).toMatchObject({ status: 'waiting', resumeAt: null, counterId: null });
    expect(s.callNext(1).stageId).toBe(stageId);
  });

  it('[Q31] the time put aside, and the wait after it, are not service time', () => {
    const s = station();
    const { stageId } = s.serve(SERVICES.A, 0);
    const startedAt = s.now;
    s.pass(4);
    hold(s, stageId, 'any');
    s.pass(10);
    s.do('queue.resume', { stageId }, person(1));
    s.pass(2);
    s.callNext(0);
    s.pass(1);
    s.do('queue.start', { stageId }, person(1));
    s.pass(3);
    s.do('queue.complete', { stageId, outcome: null }, person(1));
    expect(s.stage(stageId)).toMatchObject({ startedAt, heldS: 13 * 60, endedAt: s.now });
  });

  it('[Q31] called straight from being held, the first call leaves the wall', () => {
    const s = station();
    const { stageId } = s.serve(SERVICES.A, 0);
    hold(s, stageId, 'clerk', 30);
    s.do('queue.call', { stageId, counterId: COUNTERS[0] }, person(1));
    expect(s.stage(stageId)).toMatchObject({ status: 'called', callNo: 2, resumeAt: null });
  });
});

describe('transfer', () => {
  it('[Q-13] [Q34] to another service: number, arrival, place and both notes stay', () => {
    const s = station();
    const { stageId, visitId, series, number } = s.issue();
    s.do('queue.setNote', { visitId, name: 'Anna Muster', note: 'Kindersitz' }, person(1));
    s.pass(5);
    s.issue(SERVICES.C);
    const toStageId = moved(s, stageId, { note: 'Rückgabe zuerst' });
    expect(s.stage(stageId)).toMatchObject({ status: 'transferred', endedAt: s.now });
    expect(s.stage(toStageId)).toMatchObject({
      status: 'waiting',
      serviceId: SERVICES.C,
      arrivedAt: '2026-05-20T08:00:00.000Z',
      effectiveAt: '2026-05-20T08:00:00.000Z',
      fromStageId: stageId,
      version: 1,
    });
    expect(s.visit(visitId)).toMatchObject({
      series,
      number,
      name: 'Anna Muster',
      note: 'Kindersitz – Rückgabe zuerst',
      endedAt: null,
    });
    expect(s.callNext(0).stageId).toBe(toStageId);
  });

  it('[Q-13] [Q34] from waiting, called, serving and held', () => {
    const before: ((s: Station) => string)[] = [
      (s) => s.issue().stageId,
      (s) => {
        s.issue();
        return s.callNext(0).stageId;
      },
      (s) => s.serve(SERVICES.A, 0).stageId,
      (s) => {
        const { stageId } = s.serve(SERVICES.A, 0);
        hold(s, stageId, 'clerk', 5);
        return stageId;
      },
    ];
    for (const prepare of before) {
      const s = station();
      const stageId = prepare(s);
      const to = moved(s, stageId);
      expect(s.stage(to).status).toBe('waiting');
      expect(transfer(s, stageId, {})).toMatchObject({ code: 'illegalMove' });
    }
  });

  it('[Q-13] [Q34] only to where somebody could take it', () => {
    const s = station({ counters: ['A', 'AC', 'A'], signedOn: 2, services: { D: { active: true } } });
    const { stageId } = s.issue();
    const nowhere = [
      { serviceId: SERVICES.D },
      { counterId: COUNTERS[0] },
      { serviceId: SERVICES.A, counterId: COUNTERS[2] },
      { personId: PEOPLE[0] },
      { personId: PEOPLE[2] },
      { counterId: COUNTERS[1], personId: PEOPLE[0] },
    ];
    for (const to of nowhere) {
      expect(transfer(s, stageId, to), JSON.stringify(to)).toEqual({ ok: false, code: 'transferNowhere' });
    }
    expect(transfer(s, stageId, { serviceId: COUNTERS[0] })).toMatchObject({ code: 'serviceUnknown' });
    expect(transfer(s, stageId, { counterId: SERVICES.A })).toMatchObject({ code: 'counterUnknown' });
    moved(s, stageId, { counterId: COUNTERS[1], personId: PEOPLE[1] });
  });

  it('[Q34] a note that would be longer than a note may be is refused, not cut', () => {
    const s = station();
    const { stageId, visitId } = s.issue();
    s.do('queue.setNote', { visitId, name: null, note: 'x'.repeat(499) }, person(1));
    expect(transfer(s, stageId, { note: 'y' })).toEqual({
      ok: false,
      code: 'tooLarge',
      details: { max: 500 },
    });
  });

  it('[Q5] a customer at another’s counter is not handed over by anybody but a manager', () => {
    const s = station();
    const { stageId } = s.serve(SERVICES.A, 0);
    expect(transfer(s, stageId, {}, person(2))).toEqual({ ok: false, code: 'notYours' });
    expect(transfer(s, stageId, {}, MANAGER).ok).toBe(true);
  });
});

describe('cancel and reopen', () => {
  it('[Q-12] [Q36] no-show, left and cancelled come back on the same day, with their waiting time', () => {
    const ends: ((s: Station, stageId: string, visitId: string) => void)[] = [
      (s, stageId) => s.do('queue.cancel', { stageId, reason: 'doppelt' }, person(2)),
      (s, _stageId, visitId) => s.do('queue.leave', {}, customer(visitId)),
      (s, stageId) => {
        s.do('queue.call', { stageId, counterId: COUNTERS[0] }, person(1));
        s.pass(5);
        s.do('queue.markNoShow', { stageId }, person(1));
      },
    ];
    for (const end of ends) {
      const s = station();
      const { stageId, visitId } = s.issue();
      s.pass(10);
      const later = s.issue();
      end(s, stageId, visitId);
      expect(s.visit(visitId).endedAt).not.toBeNull();
      s.do('queue.reopen', { stageId }, person(3));
      expect(s.stage(stageId)).toMatchObject({
        status: 'waiting',
        arrivedAt: '2026-05-20T08:00:00.000Z',
        endedAt: null,
        endReason: null,
      });
      expect(s.visit(visitId).endedAt).toBeNull();
      expect(s.callNext(1).stageId).toBe(stageId);
      expect(s.callNext(2).stageId).toBe(later.stageId);
    }
  });

  it('[Q36] not on the next business day', () => {
    const s = station();
    const { stageId } = s.issue();
    s.do('queue.cancel', { stageId, reason: '' }, person(1));
    // 02:59 at night still is the same business day, 03:00 is not.
    s.now = '2026-05-21T00:59:59.000Z';
    s.do('queue.reopen', { stageId }, person(1));
    s.do('queue.cancel', { stageId, reason: '' }, person(1));
    s.now = '2026-05-21T01:00:00.000Z';
    expect(s.run('queue.reopen', { stageId }, person(1))).toEqual({ ok: false, code: 'notSameDay' });
  });

  it('[Q-04] [Q1] what is done is not reopened, what is being served is not cancelled', () => {
    const s = station();
    const { stageId } = s.serve(SERVICES.A, 0);
    expect(s.run('queue.cancel', { stageId, reason: '' }, person(1))).toEqual({
      ok: false,
      code: 'illegalMove',
      details: { action: 'cancel', status: 'serving' },
    });
    s.do('queue.complete', { stageId, outcome: null }, person(1));
    expect(s.run('queue.reopen', { stageId }, MANAGER)).toMatchObject({
      code: 'illegalMove',
      details: { action: 'reopen', status: 'done' },
    });
  });
});
