/** What windows-1252 has beside ASCII and the upper half of Latin-1. */
const BETWEEN = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ';
const isIn = (character: string): boolean =>
  /^[\x20-\x7e\xa0-\xff]$/.test(character) || BETWEEN.includes(character);

/** Letters of Europe that no decomposition brings into the code page. */
const BASE_LETTERS: Readonly<Record<string, string>> = {
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  Ħ: 'H',
  ħ: 'h',
  ı: 'i',
  Ŧ: 'T',
  ŧ: 't',
  ẞ: 'SS',
  '\u2011': '-',
  '\u2012': '-',
  '\u2212': '-',
};

function nearest(character: string): string {
  if (isIn(character)) return character;
  // A mark that did not compose with its letter.
  if (/^\p{M}$/u.test(character)) return '';
  const base = BASE_LETTERS[character] ?? character.normalize('NFKD').replace(/\p{M}/gu, '');
  return base !== '' && [...base].every(isIn) ? base : '?';
}

/** Text in windows-1252's characters: "Łukasz Ștefan" becomes "Lukasz Stefan", what has no likeness "?". */
export const toWindows1252 = (text: string): string => Array.from(text, nearest).join('');
