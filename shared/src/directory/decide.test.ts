import { describe, expect, it } from 'vitest';
import {
  COUNTERS,
  KIOSK,
  MANAGER,
  PEOPLE,
  SERVICES,
  SYSTEM,
  person,
  serviceInput,
  station,
} from '../queue/station.testing.ts';
import { SERVICE_KINDS } from './rows.ts';

const counter = (over: object = {}) => ({
  name: '1',
  position: 0,
  serviceIds: Object.values(SERVICES),
  active: true,
  ...over,
});
const at = (n: number) => ({ counterId: COUNTERS[n], takeOver: false });

describe('services', () => {
  it('[Q-01] [DR1] four kinds ship; a service is added, renamed and switched off; its letter is its own', () => {
    expect([...SERVICE_KINDS].sort()).toEqual(['appointment', 'inquiry', 'return', 'walk_in']);
    const s = station();
    const serviceId = '01900000-0000-7000-80c0-0000000000e5';
    const tour = serviceInput('E', { kind: 'inquiry' });
    s.do('directory.setService', { serviceId, service: tour }, MANAGER);
    const name = { de: 'Führungen', fr: 'Visites', it: 'Visite', en: 'Tours' };
    s.do('directory.setService', { serviceId, service: { ...tour, name, active: false } }, MANAGER);
    expect(s.live.rows.services.get(serviceId)).toMatchObject({ name, active: false });
    expect(s.run('directory.setService', { serviceId, service: serviceInput('A') }, MANAGER)).toMatchObject({
      code: 'letterTaken',
      details: { letter: 'A' },
    });
  });

  it('[DR1] a service’s own hours may not overlap', () => {
    const monday = [
      { from: '08:00', to: '12:00' },
      { from: '10:00', to: '14:00' },
    ];
    const hours = { week: { 1: monday, 2: [], 3: [], 4: [], 5: [], 6: [], 7: [] }, exceptions: [] };
    expect(
      station().run(
        'directory.setService',
        { serviceId: SERVICES.A, service: serviceInput('A', { hours }) },
        MANAGER,
      ),
    ).toMatchObject({ code: 'hoursInvalid' });
  });

  it('[DR2] a service with open tickets stays; archived, it leaves every counter', () => {
    const s = station();
    const { stageId } = s.issue(SERVICES.C);
    expect(s.run('directory.archiveService', { serviceId: SERVICES.C }, MANAGER)).toEqual({
      ok: false,
      code: 'serviceInUse',
      details: { open: 1 },
    });
    s.do('queue.cancel', { stageId, reason: '' }, MANAGER);
    s.do('directory.archiveService', { serviceId: SERVICES.C }, MANAGER);
    expect(s.live.rows.services.has(SERVICES.C)).toBe(false);
    for (const row of s.live.rows.counters.values()) expect(row.serviceIds).not.toContain(SERVICES.C);
    expect(s.run('directory.archiveService', { serviceId: SERVICES.C }, MANAGER)).toMatchObject({
      code: 'serviceUnknown',
    });
  });
});

describe('counters', () => {
  it('[DR3] names are unique as spoken, and services exist', () => {
    const s = station();
    s.do('directory.setCounter', { counterId: COUNTERS[0], counter: counter({ name: '3a' }) }, MANAGER);
    expect(
      s.run('directory.setCounter', { counterId: COUNTERS[1], counter: counter({ name: '3A' }) }, MANAGER),
    ).toMatchObject({ code: 'counterNameTaken' });
    const unknown = counter({ name: '9', serviceIds: ['01900000-0000-7000-80c0-00000000dead'] });
    expect(
      s.run('directory.setCounter', { counterId: COUNTERS[1], counter: unknown }, MANAGER),
    ).toMatchObject({
      code: 'serviceUnknown',
    });
  });

  it('[DR4] a counter with a customer is neither archived nor switched off; otherwise its clerk is signed off', () => {
    const s = station();
    const { stageId } = s.serve(SERVICES.A, 0);
    const off = { counterId: COUNTERS[0], counter: counter({ active: false }) };
    expect(s.run('directory.archiveCounter', { counterId: COUNTERS[0] }, MANAGER)).toMatchObject({
      code: 'counterBusy',
    });
    expect(s.run('directory.setCounter', off, MANAGER)).toMatchObject({ code: 'counterBusy' });
    s.do('queue.complete', { stageId, outcome: null }, person(1));
    s.do('directory.setCounter', off, MANAGER);
    expect(s.live.rows.presences.has(COUNTERS[0])).toBe(false);
    s.do('directory.archiveCounter', { counterId: COUNTERS[1] }, MANAGER);
    expect(s.live.rows.presences.has(COUNTERS[1])).toBe(false);
    expect(s.live.rows.counters.has(COUNTERS[1])).toBe(false);
  });
});

describe('presence', () => {
  it('[LO-05] [DR5] a person works at one counter at most: signing on elsewhere ends the other', () => {
    const s = station({ signedOn: 1 });
    s.do('directory.signOn', at(1), person(1));
    expect([...s.live.rows.presences.keys()]).toEqual([COUNTERS[1]]);
    expect(s.facts.map((f) => f.type)).toEqual(['directory.signedOff', 'directory.signedOn']);
  });

  it('[DR5] nobody walks away from a customer by signing on elsewhere', () => {
    const s = station({ signedOn: 1 });
    s.serve(SERVICES.A, 0);
    expect(s.run('directory.signOn', at(1), person(1))).toMatchObject({
      code: 'counterBusy',
      details: { counter: '1' },
    });
  });

  it('[LO-05] [DR6] a counter has one person: the second is told who, or takes over, and the customer stays', () => {
    const s = station({ signedOn: 1 });
    const { stageId } = s.serve(SERVICES.A, 0);
    expect(s.run('directory.signOn', at(0), person(2))).toEqual({
      ok: false,
      code: 'counterTaken',
      details: { name: 'Person 1' },
    });
    s.do('directory.signOn', { counterId: COUNTERS[0], takeOver: true }, person(2));
    expect(s.live.rows.presences.get(COUNTERS[0])?.personId).toBe(PEOPLE[1]);
    expect(s.stage(stageId)).toMatchObject({ status: 'serving', counterId: COUNTERS[0] });
    s.do('queue.complete', { stageId, outcome: null }, person(2));
  });

  it('[DR6] an inactive counter takes nobody, an unknown one neither; only people sign on', () => {
    const s = station({ signedOn: 0 });
    s.do('directory.setCounter', { counterId: COUNTERS[0], counter: counter({ active: false }) }, MANAGER);
    expect(s.run('directory.signOn', at(0), person(1))).toMatchObject({ code: 'counterInactive' });
    const unknown = { counterId: '01900000-0000-7000-80d0-00000000dead', takeOver: false };
    expect(s.run('directory.signOn', unknown, person(1))).toMatchObject({ code: 'counterUnknown' });
    expect(s.run('directory.signOn', at(1), KIOSK)).toMatchObject({ code: 'notPermitted' });
  });

  it('[DR6] signing on again at the own counter changes nothing, and ends a break', () => {
    const s = station({ signedOn: 1 });
    expect(s.run('directory.signOn', at(0), person(1))).toMatchObject({ ok: true, changes: [] });
    s.do('directory.setBreak', { counterId: COUNTERS[0], onBreak: true }, person(1));
    s.do('directory.signOn', at(0), person(1));
    expect(s.live.rows.presences.get(COUNTERS[0])?.state).toBe('available');
  });

  it('[DR7] nobody signs off or goes on a break while a customer is called or served', () => {
    const s = station();
    s.issue(SERVICES.A);
    const { stageId } = s.callNext(0);
    const off = { counterId: COUNTERS[0] };
    for (const step of ['called', 'serving']) {
      expect(s.stage(stageId).status).toBe(step);
      expect(s.run('directory.signOff', off, person(1))).toMatchObject({ code: 'counterBusy' });
      expect(s.run('directory.setBreak', { ...off, onBreak: true }, person(1))).toMatchObject({
        code: 'counterBusy',
      });
      if (step === 'called') s.do('queue.start', { stageId }, person(1));
    }
    s.do('queue.complete', { stageId, outcome: null }, person(1));
    s.do('directory.setBreak', { ...off, onBreak: true }, person(1));
    expect(s.run('directory.setBreak', { ...off, onBreak: true }, person(1))).toMatchObject({ changes: [] });
    s.do('directory.signOff', off, person(1));
    expect(s.run('directory.signOff', off, person(1))).toMatchObject({ code: 'notSignedOn' });
  });

  it('[DR8] a colleague is signed off by a manager or the server, never by another clerk', () => {
    const s = station();
    const off = { counterId: COUNTERS[0] };
    expect(s.run('directory.signOff', off, person(2))).toMatchObject({
      code: 'notYours',
      details: { name: 'Person 1' },
    });
    s.do('directory.signOff', off, MANAGER);
    s.do('directory.signOff', { counterId: COUNTERS[1] }, SYSTEM);
    expect([...s.live.rows.presences.keys()]).toEqual([COUNTERS[2]]);
  });
});
