import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { folded, foldedLong } from './fold.ts';
import { NonEmptyText, Text, cleanText } from './text.ts';

describe('text', () => {
  it('[K4] control characters, direction overrides and half characters do not survive', () => {
    expect(cleanText('\u001b@A\u0000nna\u202e\ud800 \n\t Muster\u009b')).toBe('@Anna Muster');
    expect(cleanText('Zoe\u0308')).toBe('Zoë');
  });

  it('[K4] whatever is typed, what is kept is printable, trimmed and within its limit', () => {
    const schema = Text(80);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (typed) => {
        const parsed = schema.safeParse(typed);
        if (!parsed.success) return;
        expect(parsed.data.length).toBeLessThanOrEqual(80);
        expect(parsed.data).toBe(parsed.data.trim());
        expect([...parsed.data].every((letter) => (letter.codePointAt(0) ?? 0) >= 32)).toBe(true);
      }),
    );
  });

  it('[K4] 10,000 characters are refused, never cut; blanks are no text', () => {
    expect(Text(80).safeParse('x'.repeat(10_000)).success).toBe(false);
    expect(Text(80).safeParse('x'.repeat(81)).success).toBe(false);
    expect(NonEmptyText(80).safeParse(' \u200e ').success).toBe(false);
  });

  it('[K7] names are compared without case, accents and doubled spaces', () => {
    expect(folded('  Élodie   MÜLLER-Gößwein ')).toBe('elodie muller-gosswein');
    expect(folded('Łukasz Ørsted')).toBe('lukasz orsted');
    expect(foldedLong('Müller')).toBe(foldedLong('MUELLER'));
    expect(folded('Muller')).not.toBe(folded('Miller'));
  });
});
