import { expect, test } from 'vitest';
import { messageProblems } from '@schalter/shared/i18n/message-problems.ts';
import { setupMessages } from './setup/texts/messages.ts';
import { staffMessages } from './texts/messages.ts';

test('[TN-02] every text of the staff app stands in four languages, as ICU that parses', () => {
  expect(messageProblems(staffMessages)).toEqual([]);
  expect(messageProblems(setupMessages)).toEqual([]);
});

test('the words are those of the house: nothing is left in German elsewhere', () => {
  for (const messages of [staffMessages, setupMessages]) {
    const same = Object.entries(messages.de).filter(
      ([key, text]) =>
        /[äöü]/.test(text) && [messages.fr, messages.it, messages.en].some((l) => l[key as never] === text),
    );
    expect(same).toEqual([]);
  }
});
