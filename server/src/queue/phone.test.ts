import { describe, expect, it } from 'vitest';
import { checkPhone } from './phone.ts';

const HOME = ['CH', 'LI'];

describe('[M5] a number as a customer types it', () => {
  it.each([
    ['079 123 45 67', '+41791234567'],
    ['0791234567', '+41791234567'],
    ['+41 79 123 45 67', '+41791234567'],
    ['0041791234567', '+41791234567'],
    ['+41 (0)79 123 45 67', '+41791234567'],
    ['079/123.45-67', '+41791234567'],
    ['+423 660 123 456', '+423660123456'],
  ])('%s is a mobile number of the house', (typed, e164) => {
    expect(checkPhone(typed, HOME)).toMatchObject({ ok: true, e164 });
  });

  it.each([
    ['044 123 45 67', 'phoneNotMobile'],
    ['0900 123 456', 'phoneNotMobile'],
    ['0800 123 456', 'phoneNotMobile'],
    ['+41 86 079 123 45 67', 'phoneNotMobile'],
    ['+49 170 1234567', 'phoneCountryNotAllowed'],
    ['+1 415 555 2671', 'phoneCountryNotAllowed'],
    ['079 123 45 6', 'phoneInvalid'],
    ['1811', 'phoneInvalid'],
    ['+999 123 456 789', 'phoneInvalid'],
    ['hallo', 'phoneInvalid'],
    ['\u202e+41\u0000', 'phoneInvalid'],
  ])('%s is refused: %s', (typed, code) => {
    expect(checkPhone(typed, HOME)).toEqual({ ok: false, code });
  });

  it('of another country is taken where the location allows it', () => {
    expect(checkPhone('+49 170 1234567', [...HOME, 'DE'])).toEqual({
      ok: true,
      e164: '+491701234567',
      country: 'DE',
    });
    expect(checkPhone('079 123 45 67', [])).toEqual({ ok: false, code: 'phoneCountryNotAllowed' });
  });
});
