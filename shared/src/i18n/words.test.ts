import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../kernel/text.ts';
import { ticketMessages } from '../documents/messages.ts';
import { createTranslator, defineMessages } from './messages.ts';
import { createWords } from './words.ts';

const own = defineMessages({
  de: {
    plain: 'Guten Tag.',
    name: 'Schalter {name}',
    n: '{n, plural, =0 {niemand} one {eine Person} other {# Personen}} vor Ihnen',
    both: '{n, plural, one {# Karte für {name}} other {# Karten für {name}}}, bis {until}',
  },
  fr: {
    plain: 'Bonjour.',
    name: 'Guichet {name}',
    n: '{n, plural, =0 {personne} one {une personne} other {# personnes}} avant vous',
    both: '{n, plural, one {# carte pour {name}} other {# cartes pour {name}}}, jusqu’à {until}',
  },
  it: {
    plain: 'Buongiorno.',
    name: 'Sportello {name}',
    n: '{n, plural, =0 {nessuno} one {una persona} other {# persone}} prima di Lei',
    both: '{n, plural, one {# carta per {name}} other {# carte per {name}}}, fino a {until}',
  },
  en: {
    plain: 'Hello.',
    name: 'Counter {name}',
    n: '{n, plural, =0 {nobody} one {one person} other {# people}} before you',
    both: '{n, plural, one {# card for {name}} other {# cards for {name}}}, until {until}',
  },
});

describe('words', () => {
  it.each(LANGUAGES)('[KI-09] say what the full interpreter says: %s', (language) => {
    const words = createWords(own, language);
    const full = createTranslator(own, language);
    const ticket = [
      createWords(ticketMessages, language),
      createTranslator(ticketMessages, language),
    ] as const;
    expect(words('plain')).toBe(full('plain'));
    fc.assert(
      fc.property(fc.nat(999), fc.string(), (n, name) => {
        expect(words('name', { name })).toBe(full('name', { name }));
        expect(words('n', { n })).toBe(full('n', { n }));
        expect(words('both', { n, name, until: '10:45' })).toBe(full('both', { n, name, until: '10:45' }));
        expect(ticket[0]('ahead', { n })).toBe(ticket[1]('ahead', { n }));
      }),
    );
  });
  it('write large numbers as they are written in Switzerland', () => {
    expect(createWords(own, 'de')('n', { n: 1234 })).toBe('1’234 Personen vor Ihnen');
  });
});
