import { describe, expect, it } from 'vitest';
import { delayedRange } from './select.ts';
import { COUNTERS, KIOSK, SERVICES, customer, person, station, type Station } from './station.testing.ts';

const CONTACT = { phone: '079 123 45 67', consentWording: 'kiosk-sms-1', consentLanguage: 'de' };
const PHONE = { phone: { ok: true, e164: '+41791234567', country: 'CH' } } as const;
const held = (s: Station) => {
  const issued = s.serve(SERVICES.A, 0);
  s.do('queue.hold', { stageId: issued.stageId, reason: '', owner: 'any', resumeInMin: null }, person(1));
  return issued;
};

describe('the customer’s own', () => {
  it('[Q-15] [Q37] may leave while waiting, called or held; never while being served', () => {
    const waiting = station();
    const a = waiting.issue();
    waiting.do('queue.leave', {}, customer(a.visitId));
    expect(waiting.stage(a.stageId)).toMatchObject({ status: 'left', endedAt: waiting.now });
    expect(waiting.visit(a.visitId).endedAt).toBe(waiting.now);

    const called = station();
    called.issue();
    const b = called.callNext(0);
    called.do('queue.leave', {}, customer(b.visitId));
    expect(called.stage(b.stageId).status).toBe('left');

    const aside = station();
    aside.do('queue.leave', {}, customer(held(aside).visitId));

    const serving = station();
    const c = serving.serve(SERVICES.A, 0);
    expect(serving.run('queue.leave', {}, customer(c.visitId))).toEqual({
      ok: false,
      code: 'illegalMove',
      details: { action: 'leave', status: 'serving' },
    });
  });

  it('[Q37] acts on the own visit alone; nobody else speaks for a customer', () => {
    const s = station();
    const mine = s.issue();
    const other = s.issue();
    s.do('queue.leave', {}, customer(mine.visitId));
    expect(s.stage(other.stageId).status).toBe('waiting');
    expect(s.run('queue.leave', {}, customer(mine.visitId))).toMatchObject({
      code: 'illegalMove',
      details: { status: 'left' },
    });
    expect(s.run('queue.leave', {}, customer(SERVICES.A))).toEqual({ ok: false, code: 'visitUnknown' });
    for (const type of [
      'queue.leave',
      'queue.delay',
      'queue.confirmComing',
      'queue.withdrawContact',
    ] as const) {
      expect(s.run(type, {}, person(1))).toEqual({ ok: false, code: 'notPermitted' });
    }
  });

  it('[Q-15] [Q38] "five more minutes": not called before, then in the old place', () => {
    const s = station();
    const { visitId, stageId } = s.issue();
    s.pass(1);
    const later = s.issue();
    s.do('queue.delay', {}, customer(visitId));
    expect(s.stage(stageId).notBefore).toBe('2026-05-20T08:06:00.000Z');
    expect(s.callNext(0).stageId).toBe(later.stageId);
    s.pass(4.9);
    expect(s.run('queue.callNext', { counterId: COUNTERS[1] }, person(2))).toMatchObject({
      code: 'queueEmpty',
    });
    s.pass(0.1);
    s.issue();
    expect(s.callNext(1).stageId).toBe(stageId);
  });

  it('[Q-15] [Q38] three times at most', () => {
    const s = station();
    const { visitId } = s.issue();
    for (let i = 0; i < 3; i++) s.do('queue.delay', {}, customer(visitId));
    expect(s.run('queue.delay', {}, customer(visitId))).toEqual({
      ok: false,
      code: 'tooManyDelays',
      details: { max: 3 },
    });
  });

  it('[Q-15] [Q38] a called customer who asks for time frees the counter', () => {
    const s = station();
    s.issue();
    const { stageId, visitId } = s.callNext(0);
    const later = s.issue();
    s.do('queue.delay', {}, customer(visitId));
    expect(s.stage(stageId)).toMatchObject({ status: 'waiting', counterId: null });
    expect(s.callNext(0).stageId).toBe(later.stageId);
  });

  it('[Q-15] [Q38] the range that would be is shown before: not before the five minutes, and as wide', () => {
    expect(delayedRange({ lowMin: 0, highMin: 2 })).toEqual({ lowMin: 5, highMin: 7 });
    expect(delayedRange({ lowMin: 3, highMin: 9 })).toEqual({ lowMin: 5, highMin: 11 });
    expect(delayedRange({ lowMin: 12, highMin: 20 })).toEqual({ lowMin: 12, highMin: 20 });
  });

  it('[Q37] "I am coming" counts for the call that stands, and not for the next one', () => {
    const s = station();
    const { visitId } = s.issue();
    expect(s.run('queue.confirmComing', {}, customer(visitId))).toMatchObject({ code: 'illegalMove' });
    const { stageId } = s.callNext(0);
    s.do('queue.confirmComing', {}, customer(visitId));
    expect(s.visit(visitId).comingAt).toBe(s.now);
    s.do('queue.requeue', { stageId, position: { at: 'keep' } }, person(1));
    s.callNext(0);
    expect(s.visit(visitId).comingAt).toBeNull();
  });

  it('[KI-03] [Q49] withdrawn, the number is erased and no message is wanted; twice is once', () => {
    const s = station();
    const { visitId } = s.issue(SERVICES.A, KIOSK, { contact: CONTACT }, PHONE);
    s.do('queue.withdrawContact', {}, customer(visitId));
    expect(s.live.rows.visitContacts.size).toBe(0);
    expect(JSON.stringify(s.changes)).not.toContain('41791234567');
    expect(s.visit(visitId).smsOptIn).toBe(false);
    expect(s.run('queue.withdrawContact', {}, customer(visitId))).toMatchObject({ ok: true, changes: [] });
  });

  it('[Q48] rates once served, 1 to 5, and may think better of it', () => {
    const s = station();
    const { visitId, stageId } = s.serve(SERVICES.A, 0);
    expect(s.run('queue.rate', { rating: 5 }, customer(visitId))).toMatchObject({ code: 'illegalMove' });
    s.do('queue.complete', { stageId, outcome: null }, person(1));
    s.do('queue.rate', { rating: 2 }, customer(visitId));
    s.do('queue.rate', { rating: 4 }, customer(visitId));
    expect(s.visit(visitId).rating).toBe(4);
    const left = s.issue();
    s.do('queue.leave', {}, customer(left.visitId));
    expect(s.run('queue.rate', { rating: 1 }, customer(left.visitId))).toMatchObject({ code: 'illegalMove' });
  });
});

describe('help', () => {
  it('[Q46] a kiosk has one open request; it ends when somebody goes', () => {
    const s = station();
    const first = s.do<{ helpRequestId: string }>('queue.requestHelp', {}, KIOSK);
    s.pass(1);
    expect(s.do('queue.requestHelp', {}, KIOSK)).toEqual(first);
    expect(s.live.rows.helpRequests.size).toBe(1);
    s.do('queue.resolveHelp', first, person(2));
    expect(s.run('queue.resolveHelp', first, person(1))).toMatchObject({ ok: true, changes: [] });
    const second = s.do<{ helpRequestId: string }>('queue.requestHelp', {}, KIOSK);
    expect(second).not.toEqual(first);
    expect(s.run('queue.requestHelp', {}, person(1))).toMatchObject({ code: 'notPermitted' });
    expect(s.run('queue.resolveHelp', { helpRequestId: SERVICES.A }, person(1))).toMatchObject({
      code: 'invalidInput',
    });
  });
});
