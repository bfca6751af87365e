import { describe, expect, it } from 'vitest';
import { callDelivery, overview, queueForCounter, search, ticketOf } from './select.ts';
import {
  COUNTERS,
  DISPLAYS,
  DISPLAY_IDS,
  KIOSK,
  MANAGER,
  SERVICES,
  deviceSettings,
  person,
  reservationId,
  station,
} from './station.testing.ts';

describe('for the counter', () => {
  it('[Q-08] all who wait for the counter’s services, with the linked reservation and their waiting times', () => {
    const s = station({ counters: ['AB', 'C', 'D'] });
    s.issue(SERVICES.C);
    s.do(
      'booking.recordReservation',
      {
        reservationId: reservationId(1),
        reference: 'ZRH-1001',
        lastName: 'Muster',
        firstName: 'Anna',
        serviceId: SERVICES.B,
        bookedAt: s.now,
        subject: 'VW Golf',
      },
      MANAGER,
    );
    const booked = {
      reference: 'ZRH-1001',
      lastName: 'Muster',
      language: 'de',
      linkToken: s.token(),
      contact: null,
    };
    s.do('booking.checkIn', booked, KIOSK);
    s.pass(3);
    s.issue(SERVICES.A);
    s.pass(4);
    const entries = queueForCounter(s.live, COUNTERS[0], null, s.now);
    expect(
      entries.map((e) => [e.service.letter, e.visit.number, e.waitedMin, e.visit.reservationReference]),
    ).toEqual([
      ['B', 1, 7, 'ZRH-1001'],
      ['A', 1, 4, null],
    ]);
    expect(entries[0]?.visit.name).toBe('Anna Muster');
  });
});

describe('search', () => {
  it('[Q51] by number in any form, by part of the name, by reservation; the open ones first', () => {
    const s = station();
    for (let i = 0; i < 12; i++) s.issue(SERVICES.B, KIOSK);
    const left = s.issue(SERVICES.A, KIOSK, { name: 'Élodie Müller' });
    s.do('queue.cancel', { stageId: left.stageId, reason: '' }, person(1));
    const here = s.issue(SERVICES.A, KIOSK, { name: 'Hans Mueller' });
    const labels = (text: string) => search(s.live, text).map((t) => `${t.visit.series}${t.visit.number}`);
    for (const typed of ['b7', 'B7', 'B007', 'b 007', ' B-7 ']) expect(labels(typed)).toEqual(['B7']);
    expect(labels('2')).toEqual(['A2', 'B2']);
    expect(labels('elodie')).toEqual(['A1']);
    expect(labels('M')).toEqual(['A2', 'A1']);
    expect(labels('')).toEqual([]);
    expect(labels('c7')).toEqual([]);
    expect(search(s.live, 'hans')[0]?.stage.id).toBe(here.stageId);
  });

  it('[Q51] a ticket that was handed over is found where it is now', () => {
    const s = station();
    const { stageId, visitId } = s.issue();
    const to = { serviceId: SERVICES.C, counterId: null, personId: null, note: null };
    const moved = s.do<{ stageId: string }>('queue.transfer', { stageId, ...to }, person(1));
    expect(search(s.live, 'A1')[0]?.stage.id).toBe(moved.stageId);
    expect(ticketOf(s.live, visitId)?.service.letter).toBe('C');
    expect(ticketOf(s.live, COUNTERS[0])).toBeNull();
  });
});

describe('the location at a glance', () => {
  it('[Q52] per service how many wait and how long; per counter who, with whom, since when', () => {
    const s = station({ signedOn: 2, counters: ['ABCD', 'ABCD', 'ABCD'] });
    s.issue(SERVICES.A);
    s.pass(5);
    s.issue(SERVICES.A);
    s.issue(SERVICES.C);
    s.pass(2);
    s.callNext(0);
    s.do('directory.setBreak', { counterId: COUNTERS[1], onBreak: true }, person(2));
    s.pass(1);
    const { services, counters } = overview(s.live, s.now);
    expect(services.map((e) => [e.service.letter, e.waiting, e.longestMin])).toEqual([
      ['A', 1, 3],
      ['B', 0, 0],
      ['C', 1, 3],
      ['D', 0, 0],
    ]);
    expect(counters.map((c) => [c.counter.name, c.state, c.presence?.personName ?? null, c.since])).toEqual([
      ['1', 'called', 'Person 1', '2026-05-20T08:07:00.000Z'],
      ['2', 'break', 'Person 2', '2026-05-20T08:07:00.000Z'],
      ['3', 'closed', null, null],
    ]);
    expect(counters[0]?.customer?.visit.number).toBe(1);
  });

  it('[Q52] a counter is free or serving', () => {
    const s = station({ signedOn: 2 });
    const { stageId } = s.serve(SERVICES.A, 0);
    const states = () => overview(s.live, s.now).counters.map((c) => c.state);
    expect(states()).toEqual(['serving', 'free', 'closed']);
    s.do('queue.complete', { stageId, outcome: null }, person(1));
    expect(states()).toEqual(['free', 'free', 'closed']);
  });
});

describe('what became of a call', () => {
  it('[DI-02] [Q54] names every display that should show it, and what each has done', () => {
    const s = station();
    const settings = deviceSettings([SERVICES.C]);
    s.do('platform.setDevice', { deviceId: DISPLAY_IDS[1], name: 'Rückgabe', settings }, MANAGER);
    s.issue(SERVICES.A);
    s.issue(SERVICES.C);
    const a = s.callNext(0);
    const c = s.callNext(1);
    s.do('queue.reportCall', { callId: c.callId, shownAt: s.now, sound: 'silent' }, DISPLAYS[0]);
    s.do('queue.reportCall', { callId: c.callId, shownAt: s.now, sound: 'spoken' }, DISPLAYS[1]);
    const summary = (callId: string) => {
      const { displays, shown, sounded } = callDelivery(s.live, callId);
      return { displays: displays.map((d) => [d.name, d.receipt?.sound ?? null]), shown, sounded };
    };
    expect(summary(a.callId)).toEqual({ displays: [['Halle', null]], shown: 0, sounded: 0 });
    expect(summary(c.callId)).toEqual({
      displays: [
        ['Halle', 'silent'],
        ['Rückgabe', 'spoken'],
      ],
      shown: 2,
      sounded: 1,
    });
    s.do('platform.revokeDevice', { deviceId: DISPLAY_IDS[0] }, MANAGER);
    expect(summary(a.callId)).toEqual({ displays: [], shown: 0, sounded: 0 });
    expect(callDelivery(s.live, COUNTERS[0]).displays).toEqual([]);
  });
});
