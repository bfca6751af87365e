import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageProblems } from '../i18n/message-problems.ts';
import { LANGUAGES } from '../kernel/text.ts';
import { ticketMessages } from './messages.ts';
import { printable } from './printable.ts';
import { ticketDocument, type TicketInput } from './ticket.ts';

const input: TicketInput = {
  id: '01970000-0000-7000-8000-000000000001',
  language: 'de',
  number: 'B042',
  serviceName: 'Reservierung abholen',
  ahead: 2,
  range: { lowMin: 4, highMin: 7 },
  waitingArea: 'Bitte nehmen Sie im Wartebereich links Platz.',
  issuedAt: '2026-05-20T08:32:00.000Z',
  timeZone: 'Europe/Zurich',
  link: 'https://schalter.example/t/4q0mX7bS9nE1yRzW3kD5pA',
  houseName: 'Zürich Flughafen',
};
const texts = (of: Partial<TicketInput>): string[] =>
  ticketDocument({ ...input, ...of }).blocks.flatMap((b) => (b.kind === 'text' ? [b.text] : []));

describe('the ticket as a document', () => {
  test('[KI-02] [PR1] number, service, people ahead, range, place, code, house and time are on it', () => {
    const { blocks } = ticketDocument(input);
    expect(blocks).toContainEqual({ kind: 'number', text: 'B042' });
    expect(blocks).toContainEqual({ kind: 'qr', value: input.link });
    expect(texts({})).toEqual([
      'Zürich Flughafen',
      'Reservierung abholen',
      'Wartezeit: 4–7 min',
      '2 Personen vor Ihnen',
      'Bitte nehmen Sie im Wartebereich links Platz.',
      'Code scannen und mitverfolgen',
      '20.05.2026  10:32',
    ]);
  });

  test('[KI-02] it is said in each of the four languages', () => {
    expect(messageProblems(ticketMessages)).toEqual([]);
    const said = LANGUAGES.map((language) => texts({ language, ahead: 1 })[3]);
    expect(said).toEqual([
      '1 Person vor Ihnen',
      '1 personne avant vous',
      '1 persona prima di Lei',
      '1 person before you',
    ]);
  });

  test('[PR1] without an estimate it says none, and without a count nothing of the people ahead', () => {
    const without = texts({ range: null, ahead: null });
    expect(without.join('\n')).not.toMatch(/Wartezeit|Personen|min/);
    expect(without).toHaveLength(5);
  });

  test('within a minute it says soon, and where nobody is ahead that nobody is', () => {
    const soon = texts({ range: { lowMin: 0, highMin: 1 }, ahead: 0 });
    expect(soon).toContain('Sie sind gleich an der Reihe.');
    expect(soon).toContain('Niemand vor Ihnen');
  });

  test('where the house has not said where to wait, the wall is named', () => {
    expect(texts({ waitingArea: ' ' })).toContain('Bitte achten Sie auf die Anzeige.');
  });

  test('a link that no code can carry is left out with its invitation', () => {
    for (const link of [
      '',
      'https://schalter.example/ü',
      `https://x.example/${'a'.repeat(300)}`,
      'a\u0010\u0004\u0001',
    ]) {
      const { blocks } = ticketDocument({ ...input, link });
      expect(blocks.some((b) => b.kind === 'qr')).toBe(false);
      expect(texts({ link })).not.toContain('Code scannen und mitverfolgen');
    }
  });
});

describe('printable', () => {
  test('[PR3] composes, drops what is invisible, joins lines and cuts with an ellipsis', () => {
    expect(printable('Zu\u0308rich\u202e \u001bp\u0000\u0019 A\u200b\u00adB\u0085', 40)).toBe('Zürich p AB');
    expect(printable('a\r\n\tb\u2028c\u00a0d', 40)).toBe('a b c d');
    expect(printable('x'.repeat(10_000), 20)).toBe(`${'x'.repeat(19)}…`);
    expect(printable('a \u200b b', 40)).toBe('a b');
    expect(printable('👍👍👍', 2)).toBe('👍…');
    expect(printable('\ud800', 5)).toBe('');
  });

  test('[PR3] whatever is typed, nothing but visible characters and single spaces is left, and never too many', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.integer({ min: 2, max: 80 }),
        (typed, max) => {
          const clean = printable(typed, max);
          expect([...clean].length).toBeLessThanOrEqual(max);
          expect(clean).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]| {2}|^ | $/u);
          expect(printable(clean, max)).toBe(clean);
        },
      ),
    );
  });
});
