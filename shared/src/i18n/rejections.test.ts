import { expect, test } from 'vitest';
import { REJECTION_CODES } from '../kernel/rejections.ts';
import { LANGUAGES } from '../kernel/text.ts';
import { messageProblems } from './message-problems.ts';
import { rejectionMessages } from './rejections.ts';

test('every rejection is a sentence in every language', () => {
  expect(messageProblems(rejectionMessages)).toEqual([]);
  for (const language of LANGUAGES) {
    expect(Object.keys(rejectionMessages[language]).sort()).toEqual([...REJECTION_CODES].sort());
    for (const text of Object.values(rejectionMessages[language])) {
      expect(text).toMatch(/^\p{Lu}.*\.$/u);
      expect(text.length).toBeLessThanOrEqual(125);
    }
  }
});

test('no two rejections say the same in one language', () => {
  for (const language of LANGUAGES) {
    const texts = Object.values(rejectionMessages[language]);
    expect(texts.filter((text, i) => texts.indexOf(text) !== i)).toEqual([]);
  }
});
