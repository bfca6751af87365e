import { describe, expect, it } from 'vitest';
import { estimateWaits } from './estimate.ts';
import { serviceState, ticketLabel } from './select.ts';
import {
  ANYBODY,
  COUNTERS,
  KIOSK,
  MANAGER,
  PEOPLE,
  SERVICES,
  SYSTEM,
  customer,
  person,
  station,
  type Issued,
  type Station,
} from './station.testing.ts';

const PHONE = { ok: true, e164: '+41791234567', country: 'CH' } as const;
const CONTACT = { phone: '079 123 45 67', consentWording: 'kiosk-sms-1', consentLanguage: 'de' };
const join = (s: Station, arrivalCode: string | null, fresh = false) =>
  s.run(
    'queue.joinByPhone',
    { serviceId: SERVICES.A, language: 'fr', linkToken: s.token(), contact: null, arrivalCode },
    ANYBODY,
    { arrivalCodeFresh: fresh },
  );
const service = (s: Station, id: string) => s.live.rows.services.get(id) ?? expect.fail('no such service');
/** The same day, one second before and at closing time (20:00 in Zürich). */
const EVENING = '2026-05-20T17:59:59.000Z';
const CLOSED = '2026-05-20T18:00:00.000Z';

describe('numbers', () => {
  it('[Q-02] [Q10] each service counts from 1, without a gap', () => {
    const s = station();
    const issued = [SERVICES.A, SERVICES.C, SERVICES.A, SERVICES.A, SERVICES.C].map((id) => s.issue(id));
    expect(issued.map((t) => `${t.series}${t.number}`)).toEqual(['A1', 'C1', 'A2', 'A3', 'C2']);
  });

  it('[Q-02] [Q10] a new business day begins with 1 at its start, through both clock changes', () => {
    // The day starts at 03:00; 23:00 UTC is midnight in winter, 22:00 in summer.
    for (const [before, after] of [
      ['2026-03-29T00:59:59.000Z', '2026-03-29T01:00:00.000Z'],
      ['2026-10-25T01:59:59.000Z', '2026-10-25T02:00:00.000Z'],
    ] as const) {
      const s = station({ now: before });
      expect([s.issue(SERVICES.A, MANAGER).number, s.issue(SERVICES.A, MANAGER).number]).toEqual([1, 2]);
      s.now = after;
      expect(s.issue(SERVICES.A, MANAGER).number).toBe(1);
    }
  });

  it('[Q-02] [Q10] a refused ticket takes no number', () => {
    const s = station({ services: { A: { maxWaiting: 1 } } });
    s.issue();
    expect(s.run('queue.issueTicket', s.ticket(), KIOSK).ok).toBe(false);
    s.callNext(0);
    expect(s.issue().number).toBe(2);
  });

  it('[Q-02] [Q11] a number is said with its letter and at least three digits', () => {
    expect(ticketLabel('B', 42)).toEqual({ letter: 'B', digits: '042' });
    expect(ticketLabel('A', 1234)).toEqual({ letter: 'A', digits: '1234' });
  });
});

describe('open and closed', () => {
  it('[KI-10] [Q12] outside the hours a machine gives no number and says when it opens; staff may', () => {
    const s = station({ now: CLOSED });
    expect(s.run('queue.issueTicket', s.ticket(), KIOSK)).toEqual({
      ok: false,
      code: 'locationClosed',
      details: { opensAt: '2026-05-21T04:00:00.000Z' },
    });
    s.issue(SERVICES.A, person(1));
    s.issue(SERVICES.A, SYSTEM);
  });

  it('[KI-10] [Q12] a service’s own hours narrow the location’s: it opens when both do', () => {
    const monday = [{ from: '05:00', to: '09:00' }];
    const hours = { week: { 1: monday, 2: [], 3: [], 4: [], 5: [], 6: [], 7: [] }, exceptions: [] };
    const s = station({ services: { C: { hours } } });
    expect(s.run('queue.issueTicket', s.ticket(SERVICES.C), KIOSK)).toEqual({
      ok: false,
      code: 'serviceClosed',
      // Monday 06:00, when the house opens, not 05:00.
      details: { opensAt: '2026-05-25T04:00:00.000Z' },
    });
    expect(serviceState(s.live, service(s, SERVICES.C), s.now)).toEqual({
      open: false,
      code: 'serviceClosed',
      opensAt: '2026-05-25T04:00:00.000Z',
    });
    s.now = '2026-05-25T06:57:00.000Z';
    s.issue(SERVICES.C);
  });

  it('[KI-10] [Q12] a service that is switched off, or not for self-service, is closed to the kiosk', () => {
    const s = station({ services: { C: { active: false }, D: { selfService: false } } });
    for (const id of [SERVICES.C, SERVICES.D]) {
      expect(s.run('queue.issueTicket', s.ticket(id), KIOSK)).toMatchObject({ code: 'serviceClosed' });
      expect(serviceState(s.live, service(s, id), s.now)).toMatchObject({
        open: false,
        code: 'serviceClosed',
      });
    }
    expect(s.run('queue.issueTicket', s.ticket(SERVICES.C), person(1))).toMatchObject({
      code: 'serviceClosed',
    });
    s.issue(SERVICES.D, person(1));
    expect(serviceState(s.live, service(s, SERVICES.A), s.now)).toEqual({ open: true });
  });

  it('[Q-16] [Q13] a full queue gives no number until somebody is called', () => {
    const s = station({ services: { A: { maxWaiting: 2 } } });
    s.issue();
    s.issue();
    expect(s.run('queue.issueTicket', s.ticket(), KIOSK)).toEqual({
      ok: false,
      code: 'queueFull',
      details: { maxWaiting: 2 },
    });
    expect(serviceState(s.live, service(s, SERVICES.A), s.now)).toMatchObject({ code: 'queueFull' });
    s.callNext(0);
    s.issue();
  });

  it('[Q-16] [Q14] no machine promises a turn after closing time', () => {
    const s = station({ now: '2026-05-20T17:50:00.000Z' });
    s.issue();
    for (let i = 0; i < 20; i++) s.issue(SERVICES.A, MANAGER);
    const range =
      estimateWaits(s.live, s.now).services.find((e) => e.serviceId === SERVICES.A)?.range ?? null;
    expect(s.run('queue.issueTicket', s.ticket(), KIOSK)).toEqual({
      ok: false,
      code: 'closesBeforeTurn',
      details: { closesAt: CLOSED },
    });
    expect(serviceState(s.live, service(s, SERVICES.A), s.now, range)).toMatchObject({
      code: 'closesBeforeTurn',
    });
    s.issue(SERVICES.A, person(1));
  });

  it('[Q14] with no counter open there is no estimate, and nothing to pass closing time', () => {
    const s = station({ now: EVENING, signedOn: 0 });
    expect(s.issue().range).toBeNull();
  });

  it('[Q12] what there is not cannot be joined', () => {
    const s = station();
    expect(s.run('queue.issueTicket', s.ticket(COUNTERS[0]), KIOSK)).toMatchObject({
      code: 'serviceUnknown',
    });
  });
});

describe('what is stored', () => {
  it('[KI-03] [Q15] a number is stored with the consent: words, language, source, time', () => {
    const s = station();
    const { visitId } = s.issue(SERVICES.A, KIOSK, { contact: CONTACT }, { phone: PHONE });
    expect([...s.live.rows.visitContacts.values()]).toMatchObject([
      {
        visitId,
        phoneE164: '+41791234567',
        consentAt: s.now,
        consentLanguage: 'de',
        consentWording: 'kiosk-sms-1',
        consentSource: 'kiosk',
        deviceId: expect.any(String) as string,
      },
    ]);
    expect(s.visit(visitId).smsOptIn).toBe(true);
  });

  it('[KI-03] [Q15] without a number nothing is stored and nothing is wanted', () => {
    const s = station();
    expect(s.visit(s.issue().visitId).smsOptIn).toBe(false);
    expect(s.live.rows.visitContacts.size).toBe(0);
  });

  it('[Q15] a number that the plan of its country refuses gives no ticket', () => {
    const s = station();
    for (const code of ['phoneInvalid', 'phoneNotMobile', 'phoneCountryNotAllowed'] as const) {
      const given = { phone: { ok: false, code } as const };
      expect(s.run('queue.issueTicket', s.ticket(SERVICES.A, { contact: CONTACT }), KIOSK, given)).toEqual({
        ok: false,
        code,
      });
    }
    expect(s.run('queue.issueTicket', s.ticket(SERVICES.A, { contact: CONTACT }), KIOSK)).toMatchObject({
      code: 'phoneInvalid',
    });
    expect(s.live.rows.numberSeries.size).toBe(0);
  });

  it('[Q-03] [Q16] queue, customer, credit, expected minutes, promise, status, staff and the four times', () => {
    const s = station({ services: { A: { serviceMin: 9, creditMin: 5 } } });
    s.issue();
    s.callNext(0);
    const { stageId, visitId, range } = s.issue(SERVICES.A, KIOSK, { name: 'Anna Muster' });
    expect(range).not.toBeNull();
    expect(s.visit(visitId)).toMatchObject({ name: 'Anna Muster', language: 'de', source: 'kiosk' });
    expect(s.stage(stageId)).toMatchObject({
      serviceId: SERVICES.A,
      creditMin: 5,
      expectedMin: 9,
      quotedLowMin: range?.lowMin,
      quotedHighMin: range?.highMin,
      status: 'waiting',
      arrivedAt: s.now,
    });
    s.pass(3);
    s.callNext(1);
    const calledAt = s.now;
    s.pass(1);
    s.do('queue.start', { stageId }, person(2));
    s.pass(7);
    s.do('queue.complete', { stageId, outcome: 'Vertrag' }, person(2));
    expect(s.stage(stageId)).toMatchObject({
      status: 'done',
      personId: PEOPLE[1],
      counterId: COUNTERS[1],
      calledAt,
      startedAt: '2026-05-20T08:04:00.000Z',
      endedAt: '2026-05-20T08:11:00.000Z',
      endReason: 'Vertrag',
    });
  });
});

describe('joining by phone', () => {
  it('[Q17] is the location’s choice', () => {
    const s = station({ location: { joinByPhone: false } });
    expect(join(s, null)).toEqual({ ok: false, code: 'phoneJoinOff' });
  });

  it('[Q17] with the fresh code of the wall one is on site, with a stale one refused, without one remote', () => {
    const s = station();
    expect(join(s, 'K7QF', false)).toEqual({ ok: false, code: 'arrivalCodeWrong' });
    for (const [code, presence] of [
      ['K7QF', 'on_site'],
      [null, 'remote'],
    ] as const) {
      const decision = join(s, code, true);
      const { visitId } = (decision.ok ? decision.result : expect.fail(decision.code)) as Issued;
      expect(s.visit(visitId)).toMatchObject({ presence, source: 'phone', language: 'fr' });
    }
  });

  it('[Q18] a remote customer keeps the place and is called only once here', () => {
    const s = station();
    const decision = join(s, null);
    const remote = (decision.ok ? decision.result : expect.fail(decision.code)) as Issued;
    const onSite = s.issue();
    expect(s.callNext(0).stageId).toBe(onSite.stageId);
    expect(s.run('queue.callNext', { counterId: COUNTERS[1] }, person(2))).toEqual({
      ok: false,
      code: 'queueEmpty',
      details: { notCallable: 1 },
    });
    const me = customer(remote.visitId);
    s.issue();
    expect(s.run('queue.confirmArrival', { arrivalCode: 'X' }, me)).toEqual({
      ok: false,
      code: 'arrivalCodeWrong',
    });
    s.do('queue.confirmArrival', { arrivalCode: 'K7QF' }, me, { arrivalCodeFresh: true });
    expect(s.run('queue.confirmArrival', { arrivalCode: 'X' }, me)).toMatchObject({ ok: true, changes: [] });
    expect(s.callNext(1).stageId).toBe(remote.stageId);
  });

  it('[Q18] staff who see the customer say so; twice is once', () => {
    const s = station();
    const decision = join(s, null);
    const { visitId, stageId } = (decision.ok ? decision.result : expect.fail(decision.code)) as Issued;
    s.do('queue.markArrived', { visitId }, person(1));
    expect(s.visit(visitId).presence).toBe('on_site');
    expect(s.run('queue.markArrived', { visitId }, person(1))).toMatchObject({ ok: true, changes: [] });
    s.do('queue.cancel', { stageId, reason: '' }, person(1));
    expect(s.run('queue.markArrived', { visitId }, person(1))).toMatchObject({ code: 'illegalMove' });
  });
});

describe('serving without a ticket', () => {
  const input = (s: Station) => ({
    counterId: COUNTERS[0],
    serviceId: SERVICES.D,
    language: 'it',
    linkToken: s.token(),
    name: null,
    note: 'nur eine Frage',
  });

  it('[Q19] a number is given and the customer is served at once; nothing goes to the wall', () => {
    const s = station();
    const { visitId, stageId, series, number } = s.do<Issued>(
      'queue.serveWithoutTicket',
      input(s),
      person(1),
    );
    expect({ series, number }).toEqual({ series: 'D', number: 1 });
    expect(s.stage(stageId)).toMatchObject({
      status: 'serving',
      counterId: COUNTERS[0],
      startedAt: s.now,
      callNo: 0,
    });
    expect(s.visit(visitId)).toMatchObject({ source: 'staff', note: 'nur eine Frage', smsOptIn: false });
    expect(s.live.rows.calls.size).toBe(0);
    s.do('queue.complete', { stageId, outcome: null }, person(1));
  });

  it('[Q19] only at a free counter of one’s own', () => {
    const s = station();
    expect(s.run('queue.serveWithoutTicket', input(s), person(2))).toMatchObject({ code: 'notSignedOn' });
    s.serve(SERVICES.A, 0);
    expect(s.run('queue.serveWithoutTicket', input(s), person(1))).toMatchObject({ code: 'counterBusy' });
  });

  it('[Q19] [Q8] undone, the number stays given and the stage is void', () => {
    const s = station();
    const { visitId, stageId } = s.do<Issued>('queue.serveWithoutTicket', input(s), person(1));
    s.do('queue.undo', { stageId, version: 1 }, person(1));
    expect(s.stage(stageId).status).toBe('voided');
    expect(s.visit(visitId).endedAt).not.toBeNull();
    expect(s.issue(SERVICES.D).number).toBe(2);
  });

  it('[Q7] [Q19] told later by a tablet that was offline, it bears the time of then', () => {
    const s = station();
    const { stageId } = s.do<Issued>('queue.serveWithoutTicket', input(s), person(1), {
      occurredAt: '2026-05-20T07:40:00.000Z',
    });
    expect(s.stage(stageId)).toMatchObject({
      arrivedAt: '2026-05-20T07:40:00.000Z',
      startedAt: '2026-05-20T07:40:00.000Z',
    });
  });
});

describe('notes', () => {
  it('[Q47] staff set and clear a name and a note', () => {
    const s = station();
    const { visitId } = s.issue();
    s.do('queue.setNote', { visitId, name: 'Anna Muster', note: 'Rollstuhl' }, person(1));
    expect(s.visit(visitId)).toMatchObject({ name: 'Anna Muster', note: 'Rollstuhl' });
    s.do('queue.setNote', { visitId, name: '', note: null }, person(1));
    expect(s.visit(visitId)).toMatchObject({ name: null, note: null });
    expect(s.run('queue.setNote', { visitId: COUNTERS[0], name: null, note: null }, person(1))).toMatchObject(
      {
        code: 'visitUnknown',
      },
    );
  });
});
