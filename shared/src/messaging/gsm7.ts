/**
 * The alphabet of a text message (GSM 03.38). One character outside it turns the whole message to UCS-2, and
 * a message of 138 characters from one segment into three: each segment is paid.
 */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** These take the room of two. */
const EXTENDED = new Set('\f^{}\\[~]|€');

/** What a name becomes in a text message, where its letter is not in the alphabet. */
const SUBSTITUTES: Readonly<Record<string, string>> = {
  œ: 'oe',
  Œ: 'OE',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '«': '"',
  '»': '"',
  '–': '-',
  '—': '-',
  '…': '...',
  '\u00a0': ' ',
  '\u202f': ' ',
  '`': "'",
  '´': "'",
};

/** Septets of one character; null where the alphabet does not have it. */
function septets(character: string): 1 | 2 | null {
  if (BASIC.has(character)) return 1;
  return EXTENDED.has(character) ? 2 : null;
}

/** A name in the alphabet: "Neuchâtel" becomes "Neuchatel", "Zürich" stays; what has no equal is left out. */
export function toGsm7(name: string): string {
  let out = '';
  for (const character of name.normalize('NFC')) {
    const base = SUBSTITUTES[character] ?? character.normalize('NFD').replace(/\p{M}/gu, '');
    for (const c of septets(character) === null ? base : character) if (septets(c) !== null) out += c;
  }
  return out;
}

/** Septets of a text in the alphabet; characters outside it count as one. */
export const gsm7Length = (text: string): number => [...text].reduce((sum, c) => sum + (septets(c) ?? 1), 0);

/** Room of one message, and of each part of a longer one, which carries a header. */
const GSM7_ROOM = { single: 160, part: 153 };
const UCS2_ROOM = { single: 70, part: 67 };

/** How many messages a text is sent, and paid, as. */
export function countSegments(text: string): {
  readonly encoding: 'gsm7' | 'ucs2';
  readonly segments: number;
} {
  const characters = [...text];
  const sizes = characters.map(septets);
  if (sizes.every((size) => size !== null)) return { encoding: 'gsm7', segments: fill(sizes, GSM7_ROOM) };
  return {
    encoding: 'ucs2',
    segments: fill(
      characters.map((c) => c.length),
      UCS2_ROOM,
    ),
  };
}

/** A character of two places is not torn apart between two parts. */
function fill(sizes: readonly number[], room: { single: number; part: number }): number {
  if (sizes.reduce((a, b) => a + b, 0) <= room.single) return 1;
  let segments = 1;
  let left = room.part;
  for (const size of sizes) {
    if (size > left) {
      segments += 1;
      left = room.part;
    }
    left -= size;
  }
  return segments;
}
