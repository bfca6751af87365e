import { describe, expect, it } from 'vitest';
import { countriesOf, DIGITS_MAX, grouped, mobileNumber, splitNumber, typedDigits } from './phone-number.ts';

const [CH, DE, IT] = countriesOf(['CH', 'DE', 'IT'], 'de') as [never, never, never];

describe('mobile numbers', () => {
  it('countries have their name in the customer’s language and their prefix', () => {
    expect(countriesOf(['CH', 'XX', 'LI'], 'fr')).toEqual([
      { code: 'CH', name: 'Suisse', prefix: '+41' },
      { code: 'LI', name: 'Liechtenstein', prefix: '+423' },
    ]);
  });
  it.each([
    ['0791', '79 1'],
    ['0791234567', '79 123 45 67'],
    ['791234567', '79 123 45 67'],
    ['', ''],
    ['0', ''],
  ])('[KI-03] %j reads %j while it is typed', (digits, shown) => expect(grouped(digits, CH)).toBe(shown));
  it('[KI-03] the 0 before a number counts for nothing, as people dial it', () => {
    expect(mobileNumber('0791234567', CH)).toBe('+41791234567');
    expect(mobileNumber('791234567', CH)).toBe('+41791234567');
    expect(mobileNumber('3331234567', IT)).toBe('+393331234567');
    expect(mobileNumber('015112345678', DE)).toBe('+4915112345678');
  });
  it.each(['0443334455', '079123456', '07912345678', '12'])('[KI-03] %s is no mobile number', (digits) => {
    expect(mobileNumber(digits, CH)).toBeNull();
  });
  it('a pasted number loses its prefix and everything that is no digit', () => {
    expect(typedDigits('+41 79 123 45 67', CH)).toBe('791234567');
    expect(typedDigits('0041 79 123 45 67', CH)).toBe('791234567');
    expect(typedDigits('079/123 45 67', CH)).toBe('0791234567');
    expect(typedDigits('9'.repeat(50), CH)).toHaveLength(DIGITS_MAX);
  });
  it('a refused number is taken apart again', () => {
    expect(splitNumber('+4915112345678', [CH, DE])).toEqual({ country: DE, digits: '15112345678' });
    expect(splitNumber('+33612345678', [CH, DE])).toBeNull();
    expect(splitNumber('', [CH])).toBeNull();
  });
});
