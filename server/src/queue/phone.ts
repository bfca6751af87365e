import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import type { Given } from '@schalter/shared/kernel/command.ts';

const HOME: CountryCode = 'CH';
/** MOBILE, or numbers of a plan that does not tell mobile from fixed (US); a fixed line gets no SMS. */
const TAKES_SMS: readonly (string | undefined)[] = ['MOBILE', 'FIXED_LINE_OR_MOBILE'];

/** A number as typed, checked against the numbering plan of its country and the countries that are allowed. */
export function checkPhone(typed: string, countries: readonly string[]): NonNullable<Given['phone']> {
  const number = parsePhoneNumberFromString(typed, HOME);
  if (number?.isValid() !== true) return { ok: false, code: 'phoneInvalid' };
  if (!TAKES_SMS.includes(number.getType())) return { ok: false, code: 'phoneNotMobile' };
  const country = number.country ?? '';
  if (!countries.includes(country)) return { ok: false, code: 'phoneCountryNotAllowed' };
  return { ok: true, e164: number.number, country };
}
