import { describe, expect, it } from 'vitest';
import { readReservationCode, reservationCode } from './reservation-code.ts';

describe('the code of a booking', () => {
  it('[KI-04] is read as it was printed', () => {
    const booking = { reference: 'ZRH-20958', lastName: 'de Groot' };
    expect(readReservationCode(reservationCode(booking))).toEqual(booking);
  });
  it('may hold the number alone', () => {
    expect(readReservationCode(' zrh-20958\n')).toEqual({ reference: 'ZRH-20958', lastName: '' });
  });
  it.each(['', 'ZRH', 'https://example.ch/x', 'ZRH_20958', 'A'.repeat(21)])('is not %j', (text) => {
    expect(readReservationCode(text)).toBeNull();
  });
});
