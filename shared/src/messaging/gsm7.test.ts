import fc from 'fast-check';
import { SegmentedMessage } from 'sms-segments-calculator';
import { describe, expect, it } from 'vitest';
import { countSegments, gsm7Length, toGsm7 } from './gsm7.ts';

/** Twilio's own calculator is the judge. */
const judged = (text: string) => {
  const { encodingName, segmentsCount } = new SegmentedMessage(text);
  return { encoding: encodingName === 'GSM-7' ? 'gsm7' : 'ucs2', segments: segmentsCount };
};

describe('the alphabet', () => {
  it('is the carrier’s, for every character of the first plane', () => {
    const differing: string[] = [];
    for (let code = 1; code < 0xd800; code++) {
      const character = String.fromCharCode(code);
      if (countSegments(character).encoding !== judged(character).encoding) differing.push(character);
    }
    expect(differing).toEqual([]);
  });

  it('counts segments as the carrier does', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'aä€[]{}~é @'), maxLength: 400 }),
      fc.string({ unit: fc.constantFrom(...'aêç—漢'), maxLength: 250 }),
    );
    fc.assert(
      fc.property(text, (t) => {
        expect(countSegments(t)).toEqual(t === '' ? { encoding: 'gsm7', segments: 1 } : judged(t));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    [`${'a'.repeat(159)}€`, 2],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 3],
    ['ê'.repeat(70), 1],
    ['ê'.repeat(71), 2],
  ])('knows the edges (%#)', (text, segments) => {
    expect(countSegments(text).segments).toBe(segments);
    expect(judged(text).segments).toBe(segments);
  });
});

describe('names in the alphabet', () => {
  it.each([
    ['Zürich Flughafen', 'Zürich Flughafen'],
    ['Neuchâtel – Gare', 'Neuchatel - Gare'],
    ['Genève-Cornavin', 'Genève-Cornavin'],
    ['Delémont “Ça va”', 'Delémont "Ça va"'],
    ['Besançon', 'Besancon'],
    ['Œuvre d’art', "OEuvre d'art"],
    ['Łódź', 'Lodz'],
    ['Zu\u0308rich', 'Zürich'],
    ['Цюрих', ''],
    ['Bern 🚗', 'Bern '],
  ])('%s', (name, written) => expect(toGsm7(name)).toBe(written));

  it('are always in the alphabet', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (name) => {
        expect(countSegments(toGsm7(name)).encoding).toBe('gsm7');
        expect(gsm7Length(toGsm7(name))).toBeGreaterThanOrEqual(toGsm7(name).length);
      }),
    );
  });
});
