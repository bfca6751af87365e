/**
 * Controls, format characters (bidirectional marks, zero-width ones, soft hyphens), lone surrogates, private use
 * and unassigned: on paper they are nothing at best and a printer's command at worst.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu;
const SPACES = /[\p{Z}\t\n\r]/gu;

/**
 * Text as a printer may get it: composed (NFC), without anything invisible, on one line, at most `max`
 * characters. A longer one ends in "…": paper is finite, and what it says is short by its settings.
 */
export function printable(text: string, max: number): string {
  const clean = text
    .replace(SPACES, ' ')
    .replace(UNPRINTABLE, '')
    .normalize('NFC')
    .replace(/ +/g, ' ')
    .trim();
  const characters = [...clean];
  return characters.length <= max
    ? clean
    : `${characters
        .slice(0, max - 1)
        .join('')
        .trimEnd()}…`;
}

/** An address as a QR code may carry it: visible ASCII, within what a small code holds; null otherwise. */
export function printableLink(link: string, max: number): string | null {
  return link.length <= max && /^[\x21-\x7e]+$/.test(link) ? link : null;
}
