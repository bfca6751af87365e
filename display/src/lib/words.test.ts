import { describe, expect, it } from 'vitest';
import { createTranslator } from '@schalter/shared/i18n/messages.ts';
import { LANGUAGES } from '@schalter/shared/kernel/text.ts';
import { setUpMessages } from './set-up-texts.ts';
import { wallMessages } from './texts.ts';
import { createWords } from './words.ts';

describe.each([
  ['wall', wallMessages],
  ['set-up', setUpMessages],
])('[KI-09] the words of the %s', (_name, messages) => {
  it.each(LANGUAGES)('need no more than names filled in: %s', (language) => {
    for (const text of Object.values(messages[language])) {
      expect(text).not.toBe('');
      expect(text.replace(/\{\w+\}/g, '')).not.toMatch(/[{}]/);
    }
  });
});

it('fills in as the large translator does', () => {
  const values = { number: 'B 042', counter: '3' };
  for (const language of LANGUAGES) {
    expect(createWords(wallMessages, language)('afterOne', values)).toBe(
      createTranslator(wallMessages, language)('afterOne', values),
    );
  }
});
