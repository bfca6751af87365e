import { describe, expect, it } from 'vitest';
import { MANAGER, KIOSK, SERVICES, reservationId, station, type Station } from '../queue/station.testing.ts';
import { mayPass } from './may-pass.ts';

const book = (s: Station, n: number, bookedAt: string, serviceId = SERVICES.B) =>
  s.do(
    'booking.recordReservation',
    {
      reservationId: reservationId(n),
      reference: `ZRH-2000${n}`,
      lastName: 'Meier',
      firstName: '',
      serviceId,
      bookedAt,
      subject: '',
    },
    MANAGER,
  );
/** A walk-in who came at 10:00 local; B takes bookings from 15 minutes before to 10 minutes after. */
const waiting = (wish = {}) => {
  const s = station(wish);
  const { stageId } = s.issue(SERVICES.A);
  return { s, passing: () => mayPass(s.live, s.stage(stageId), s.now) };
};

describe('bookings that may still go before somebody', () => {
  it('[B8] those of an earlier time, not of a later one', () => {
    const { s, passing } = waiting();
    book(s, 1, '2026-05-20T07:55:00.000Z');
    book(s, 2, '2026-05-20T08:05:00.000Z');
    expect(passing()).toBe(1);
  });
  it('[B8] no more once they are so late that they queue like everybody', () => {
    const { s, passing } = waiting();
    book(s, 1, '2026-05-20T07:55:00.000Z');
    s.pass(5);
    expect(passing()).toBe(1);
    s.pass(1);
    expect(passing()).toBe(0);
  });
  it('[B8] whoever has checked in stands in the line and is counted there', () => {
    const { s, passing } = waiting();
    book(s, 1, '2026-05-20T07:55:00.000Z');
    const input = { reference: 'ZRH-20001', lastName: 'meier', language: 'de', contact: null };
    s.do('booking.checkIn', { ...input, linkToken: s.token() }, KIOSK);
    expect(passing()).toBe(0);
  });
  it('[B8] only where the same counters serve them', () => {
    const { s, passing } = waiting({ counters: ['A', 'B', 'A'] });
    book(s, 1, '2026-05-20T07:55:00.000Z');
    expect(passing()).toBe(0);
  });
});
