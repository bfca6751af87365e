import { describe, expect, expectTypeOf, test } from 'vitest';
import { messageProblems } from './message-problems.ts';
import type { NumberNames, VariableNames } from './message-types.ts';
import { createTranslator, defineMessages } from './messages.ts';

const messages = defineMessages({
  de: {
    greeting: 'Guten Tag',
    ahead: '{n, plural, =0 {niemand vor Ihnen} one {# Person vor Ihnen} other {# Personen vor Ihnen}}',
    call: '{name} an Schalter {counter}',
  },
  fr: {
    greeting: 'Bonjour',
    ahead: '{n, plural, =0 {personne avant vous} one {# personne avant vous} other {# personnes avant vous}}',
    call: '{name} au guichet {counter}',
  },
  it: {
    greeting: 'Buongiorno',
    ahead:
      '{n, plural, =0 {nessuno prima di Lei} one {# persona prima di Lei} other {# persone prima di Lei}}',
    call: '{name} allo sportello {counter}',
  },
  en: {
    greeting: 'Hello',
    ahead: '{n, plural, =0 {nobody before you} one {# person before you} other {# people before you}}',
    call: '{name} to counter {counter}',
  },
});

describe('the types of a message table', () => {
  test('variables are read out of nested ICU messages', () => {
    expectTypeOf<
      VariableNames<'{n, plural, one {# Stück für {who}} other {# Stücke}} um {at}'>
    >().toEqualTypeOf<'n' | 'who' | 'at'>();
    expectTypeOf<NumberNames<'{n, plural, one {# Stück für {who}} other {#}}'>>().toEqualTypeOf<'n'>();
    expectTypeOf<VariableNames<'{kind, select, a {Auto} other {{ b }}}'>>().toEqualTypeOf<'kind' | 'b'>();
    expectTypeOf<VariableNames<'nichts'>>().toEqualTypeOf<never>();
  });

  test('a missing key, a key too many, other variables and missing values do not compile', () => {
    const en = { a: 'x', b: '{n} y' } as const;
    const fails = (): unknown[] => [
      // @ts-expect-error b is missing in fr
      defineMessages({ de: en, fr: { a: 'x' }, it: en, en }),
      // @ts-expect-error fr has a key that German has not
      defineMessages({ de: en, fr: { a: 'x', b: '{n}', c: 'z' }, it: en, en }),
      // @ts-expect-error fr forgets n
      defineMessages({ de: en, fr: { a: 'x', b: 'y' }, it: en, en }),
      // @ts-expect-error no such key
      createTranslator(messages, 'de')('nothing'),
      // @ts-expect-error n is missing
      createTranslator(messages, 'de')('ahead'),
      // @ts-expect-error counter is missing
      createTranslator(messages, 'de')('call', { name: 'B042' }),
      // @ts-expect-error a plural counts a number
      createTranslator(messages, 'de')('ahead', { n: 'two' }),
      // @ts-expect-error a message without variables takes none
      createTranslator(messages, 'de')('greeting', { n: 1 }),
    ];
    expect(fails).toBeTypeOf('function');
  });
});

describe('createTranslator', () => {
  test('says the message in its language', () => {
    const de = createTranslator(messages, 'de');
    const fr = createTranslator(messages, 'fr');
    expect(de('greeting')).toBe('Guten Tag');
    expect(de('ahead', { n: 0 })).toBe('niemand vor Ihnen');
    expect(de('ahead', { n: 1 })).toBe('1 Person vor Ihnen');
    expect(fr('ahead', { n: 3 })).toBe('3 personnes avant vous');
    expect(fr('call', { name: 'B042', counter: '3' })).toBe('B042 au guichet 3');
  });

  test('markup and braces in a value stay text', () => {
    const it = createTranslator(messages, 'it');
    expect(it('call', { name: '<b>{x}</b>', counter: 2 })).toBe('<b>{x}</b> allo sportello 2');
  });
});

test('messageProblems finds what the types can not', () => {
  expect(messageProblems(messages)).toEqual([]);
  const broken = { ...messages, it: { greeting: 'l’ora', ahead: '{n, plural, one {x}}', call: "l'{name}" } };
  expect(messageProblems(broken).map((p) => p.split(':')[0])).toEqual(['it.ahead', 'it.call']);
});
