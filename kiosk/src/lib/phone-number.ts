import {
  AsYouType,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/mobile';
import { LOCALES } from '@schalter/shared/i18n/language.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';

/*
 * Loaded when somebody is asked for a number, never before: 30 kB (gzip) of the world's numbering plans. The
 * server checks again; this spares a customer the way there and back.
 */

export interface Country {
  /** ISO 3166. */
  readonly code: string;
  readonly name: string;
  /** "+41" */
  readonly prefix: string;
}

/** Longer than any national number; what is typed beyond it is not taken. */
export const DIGITS_MAX = 14;

export function countriesOf(codes: readonly string[], language: Language): Country[] {
  const names = new Intl.DisplayNames(LOCALES[language], { type: 'region' });
  return codes
    .filter((code) => isSupportedCountry(code))
    .map((code) => ({ code, name: names.of(code) ?? code, prefix: `+${getCountryCallingCode(code)}` }));
}

/** Digits as they stand behind the country's prefix: the 0 that is dialled inside a country is dropped. */
const behindPrefix = (digits: string): string => digits.replace(/^0+/, '');

/** "79 123 45 67": grouped as it is written in its country while it is typed. */
export function grouped(digits: string, country: Country): string {
  const national = behindPrefix(digits);
  if (national === '') return '';
  return new AsYouType()
    .input(country.prefix + national)
    .slice(country.prefix.length)
    .trim();
}

/** "+41791234567", or null where this is no mobile number of that country. */
export function mobileNumber(digits: string, country: Country): string | null {
  const parsed = parsePhoneNumberFromString(country.prefix + behindPrefix(digits));
  return parsed?.isValid() === true ? parsed.number : null;
}

/** What was typed or pasted, as the digits behind the prefix; a number with the prefix loses it. */
export function typedDigits(text: string, country: Country): string {
  const compact = text.replace(/[^\d+]/g, '').replace(/^00/, '+');
  const national = compact.startsWith(country.prefix) ? compact.slice(country.prefix.length) : compact;
  return national.replace(/\D/g, '').slice(0, DIGITS_MAX);
}

/** "+41791234567" as country and digits; null where none of the countries fits. */
export function splitNumber(
  phone: string,
  countries: readonly Country[],
): { readonly country: Country; readonly digits: string } | null {
  const country = phone === '' ? undefined : countries.find(({ prefix }) => phone.startsWith(prefix));
  return country === undefined ? null : { country, digits: typedDigits(phone, country) };
}
