import type { Language } from '@schalter/shared/kernel/text.ts';

/** A key types itself; 'erase' and 'space' do what they say, 'swap' shows the other first row. */
export type KeyCap = string;

const QWERTZ = ['QWERTZUIOP', 'ASDFGHJKL', 'YXCVBNM'];
const QWERTY = ['QWERTYUIOP', 'ASDFGHJKL', 'ZXCVBNM'];
const LETTERS: Readonly<Record<Language, readonly string[]>> = {
  de: QWERTZ,
  fr: QWERTZ,
  it: QWERTZ,
  en: QWERTY,
};

const DIGITS = '1234567890';
/** The letters that names in Switzerland and its neighbours have beyond A to Z, the local ones first. */
const ACCENTS: Readonly<Record<Language, string>> = {
  de: 'ÄÖÜÉÈÀÇÑØ’',
  fr: 'ÉÈÀÇÊÔÄÖÜ’',
  it: 'ÀÈÉÌÒÙÄÖÜ’',
  en: 'ÄÖÜÉÈÀÇÑØ’',
};

/** Four rows for a field: digits above the letters for a number, accents above them for a name. */
export function rowsFor(field: 'reference' | 'lastName', language: Language): readonly (readonly KeyCap[])[] {
  const [top = '', middle = '', bottom = ''] = LETTERS[language];
  const first = field === 'reference' ? DIGITS : ACCENTS[language];
  return [
    [...first],
    [...top],
    [...middle, '-'],
    field === 'reference' ? [...bottom, 'erase'] : [...bottom, 'space', 'erase'],
  ];
}
