import { expect, it } from 'vitest';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { languageOfSpeech, sentenceFor } from './spoken.ts';

const call = { series: 'B', number: 42, counterName: '3' };

it('[DI-02] [D10] says letter, number and counter, in each of the four languages', () => {
  for (const language of LANGUAGES) {
    const { text } = sentenceFor(call, language);
    expect(text).toContain('B, 42,');
    expect(text).toMatch(/ 3\.$/);
  }
  expect(new Set(LANGUAGES.map((language) => sentenceFor(call, language).text)).size).toBe(LANGUAGES.length);
});

it('[DI-02] [D10] speaks the customer’s language where it is configured and has a voice', () => {
  const all = () => true;
  expect(languageOfSpeech('it', ['de', 'it'], all)).toBe('it');
  expect(languageOfSpeech('it', ['de', 'en'], all)).toBe('de');
  expect(languageOfSpeech('it', ['de', 'it'], (l) => l !== 'it')).toBe('de');
  expect(languageOfSpeech('it', ['de', 'it'], () => false)).toBeNull();
  expect(languageOfSpeech('it', [], all)).toBeNull();
});
