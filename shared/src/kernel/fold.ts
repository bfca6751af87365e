// No zod in this file: search runs on every screen.

/** Letters that Unicode does not take apart into a base and a mark. */
const BASE: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
};

/** Text as it is compared: without case, accents and doubled spaces ("Élodie  MÜLLER" is "elodie muller"). */
export const folded = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßæœøłđðþı]/g, (letter) => BASE[letter] ?? letter)
    .replace(/\s+/g, ' ')
    .trim();

/** The same, with umlauts written out, as on many passports: "Müller" is "mueller". */
export const foldedLong = (text: string): string =>
  folded(
    text
      .toLowerCase()
      .normalize('NFC')
      .replace(/[äöü]/g, (letter) => `${folded(letter)}e`),
  );
