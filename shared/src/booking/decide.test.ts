import { describe, expect, it } from 'vitest';
import {
  KIOSK,
  MANAGER,
  SERVICES,
  customer,
  person,
  reservationId,
  station,
  type Issued,
  type Station,
  type StationWish,
} from '../queue/station.testing.ts';
import { sameName, sameReference } from './names.ts';
import { RESERVATION_STATUSES, Reservation } from './rows.ts';

const reserve = (s: Station, n: number, over: object = {}) =>
  s.do(
    'booking.recordReservation',
    {
      reservationId: reservationId(n),
      reference: `ZRH-2093${n}`,
      lastName: 'Müller-Rossi',
      firstName: 'Élodie',
      serviceId: SERVICES.B,
      bookedAt: '2026-05-20T08:10:00.000Z',
      subject: 'VW Golf, ZH 482 113',
      ...over,
    },
    MANAGER,
  );
const input = (s: Station, over: object = {}) => ({
  reference: 'ZRH-20931',
  lastName: 'Müller-Rossi',
  language: 'de',
  linkToken: s.token(),
  contact: null,
  ...over,
});
const withOne = (wish: StationWish = {}) => {
  const s = station(wish);
  reserve(s, 1);
  return s;
};

describe('reservations', () => {
  it('[B1] the same id again corrects it and keeps the check-in; the business day is the location’s', () => {
    const s = withOne();
    const { visitId } = s.do<Issued>('booking.checkIn', input(s), KIOSK);
    reserve(s, 1, { subject: 'Fiat 500', bookedAt: '2026-05-20T23:30:00.000Z' });
    expect(s.live.rows.reservations.get(reservationId(1))).toMatchObject({
      subject: 'Fiat 500',
      // 01:30 on the 21st, before the day starts at 03:00.
      businessDay: '2026-05-20',
      visitId,
    });
  });

  it('[B2] a reference is one reservation’s, its service exists', () => {
    const s = withOne();
    const record = {
      reservationId: reservationId(2),
      reference: 'ZRH-20931',
      lastName: 'Meier',
      firstName: '',
      serviceId: SERVICES.B,
      bookedAt: s.now,
      subject: '',
    };
    expect(s.run('booking.recordReservation', record, MANAGER)).toMatchObject({ code: 'codeTaken' });
    const unknown = { ...record, reference: 'ZRH-77', serviceId: reservationId(7) };
    expect(s.run('booking.recordReservation', unknown, MANAGER)).toMatchObject({
      code: 'serviceUnknown',
    });
  });

  it('[EM-02] the statuses of a reservation are the six of the list, and nothing else is one', () => {
    expect([...RESERVATION_STATUSES].sort()).toEqual([
      'cancelled',
      'completed',
      'confirmed',
      'in_progress',
      'no_show',
      'pending',
    ]);
    expect(Reservation.shape.status.safeParse('open').success).toBe(false);
  });
});

describe('check-in', () => {
  it('[B3] any case, any accents, "ü" as "u" or "ue", hyphen or space: the same customer', () => {
    for (const lastName of ['MULLER ROSSI', 'mueller-rossi', ' müller-rossi ', 'Muller-Rossi']) {
      const s = withOne();
      s.do('booking.checkIn', input(s, { reference: ' zrh-20931 ', lastName }), KIOSK);
    }
    expect(sameName('Ødegård', 'odegard')).toBe(true);
    expect(sameName('Strauß', 'STRAUSS')).toBe(true);
    expect(sameName('Meier', 'Meyer')).toBe(false);
    expect(sameReference('ZRH-20931', 'zrh-20931')).toBe(true);
    expect(sameReference('ZRH-20931', 'ZRH20931')).toBe(false);
  });

  it('[B3] a wrong name, a wrong reference and a cancelled reservation get the same answer', () => {
    const s = withOne();
    const answers = [
      input(s, { lastName: 'Rossi' }),
      input(s, { lastName: '' }),
      input(s, { reference: 'ZRH-2093' }),
      input(s, { reference: '' }),
    ].map((wrong) => s.run('booking.checkIn', wrong, KIOSK));
    for (const answer of answers) expect(answer).toEqual({ ok: false, code: 'reservationUnknown' });
    const row = s.live.rows.reservations.get(reservationId(1));
    if (row === undefined) return expect.fail('no reservation');
    s.live.rows.reservations.set(row.id, { ...row, status: 'cancelled' });
    expect(s.run('booking.checkIn', input(s), KIOSK)).toEqual({ ok: false, code: 'reservationUnknown' });
  });

  it('[B4] on another business day the answer names the booked time', () => {
    const s = station();
    reserve(s, 1, { bookedAt: '2026-05-21T08:00:00.000Z' });
    expect(s.run('booking.checkIn', input(s), KIOSK)).toEqual({
      ok: false,
      code: 'reservationOtherDay',
      details: { bookedAt: '2026-05-21T08:00:00.000Z' },
    });
  });

  it('[B5] once only; who left may come back, who was served may not', () => {
    const s = withOne();
    const first = s.do<Issued>('booking.checkIn', input(s), KIOSK);
    expect(s.run('booking.checkIn', input(s), KIOSK)).toEqual({ ok: false, code: 'reservationCheckedIn' });
    s.do('queue.leave', {}, customer(first.visitId));
    const second = s.do<Issued>('booking.checkIn', input(s), KIOSK);
    expect(second.number).toBe(2);
    s.callNext(0);
    s.do('queue.start', { stageId: second.stageId }, person(1));
    s.do('queue.complete', { stageId: second.stageId, outcome: null }, person(1));
    expect(s.run('booking.checkIn', input(s), KIOSK)).toEqual({ ok: false, code: 'reservationCheckedIn' });
  });

  it('[Q-14] [B6] the visit carries name, reference and booked time, and stands by its booking', () => {
    const s = withOne();
    const { visitId, stageId, series, number } = s.do<Issued>('booking.checkIn', input(s), KIOSK);
    expect({ series, number }).toEqual({ series: 'B', number: 1 });
    expect(s.visit(visitId)).toMatchObject({
      name: 'Élodie Müller-Rossi',
      reservationId: reservationId(1),
      reservationReference: 'ZRH-20931',
      source: 'kiosk',
    });
    expect(s.stage(stageId)).toMatchObject({
      bookedAt: '2026-05-20T08:10:00.000Z',
      effectiveAt: '2026-05-20T08:10:00.000Z',
    });
    expect(s.facts.map((f) => f.type).slice(-2)).toEqual([
      'queue.ticketIssued',
      'booking.reservationCheckedIn',
    ]);
  });

  it('[B6] names too long for the card keep the last name; the source tells who checked in', () => {
    const s = station();
    reserve(s, 1, { firstName: 'A'.repeat(79) });
    const { visitId } = s.do<Issued>('booking.checkIn', input(s), person(1));
    expect(s.visit(visitId)).toMatchObject({ name: 'Müller-Rossi', source: 'staff' });
  });

  it('[B6] a full queue and the end of the day do not refuse a booking; closed hours do, at a kiosk', () => {
    const full = withOne({ services: { B: { maxWaiting: 1, selfService: false } } });
    full.issue(SERVICES.B, MANAGER);
    full.do('booking.checkIn', input(full), KIOSK);
    const evening = station({ now: '2026-05-20T17:59:30.000Z' });
    reserve(evening, 1);
    evening.do('booking.checkIn', input(evening), KIOSK);
    const night = station({ now: '2026-05-20T18:00:00.000Z' });
    reserve(night, 1);
    expect(night.run('booking.checkIn', input(night), KIOSK)).toMatchObject({ code: 'locationClosed' });
    night.do('booking.checkIn', input(night), person(1));
  });
});
