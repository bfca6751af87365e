import { describe, expect, it } from 'vitest';
import { messageProblems } from '@schalter/shared/i18n/message-problems.ts';
import { createTranslator, type Messages } from '@schalter/shared/i18n/messages.ts';
import { createWords } from '@schalter/shared/i18n/words.ts';
import { LANGUAGES, LIMITS } from '@schalter/shared/kernel/text.ts';
import { setUpMessages } from '../routes/setup/texts.ts';
import { CONSENT, CONSENT_WORDING } from './consent.ts';
import { kioskMessages } from './kiosk/texts.ts';
import { phoneMessages } from './phone/texts.ts';

const TABLES: readonly (readonly [string, Messages])[] = [
  ['kiosk', kioskMessages],
  ['phone', phoneMessages],
  ['set-up', setUpMessages],
];

describe('the words', () => {
  it.each(TABLES)('[KI-09] of the %s are complete and parse in four languages', (_name, messages) => {
    expect(messageProblems(messages)).toEqual([]);
  });
  it.each(TABLES)('[KI-09] of the %s read as the full interpreter reads them', (_name, messages) => {
    for (const language of LANGUAGES) {
      type Say = (key: string, values: object) => string;
      const [words, full] = [createWords(messages, language), createTranslator(messages, language)] as Say[];
      for (const [key, text] of Object.entries(messages[language])) {
        const names = [...text.matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name ?? '');
        for (const n of [0, 1, 2, 21]) {
          const values = Object.fromEntries(names.map((name) => [name, name === 'n' ? n : `<${name}>`]));
          expect(words?.(key, values), `${language}.${key}`).toBe(full?.(key, values));
        }
      }
    }
  });
  it('[KI-03] the sentence of consent names what for, how long and how to stop, in four languages', () => {
    expect(CONSENT_WORDING.length).toBeLessThanOrEqual(LIMITS.shortText);
    for (const language of LANGUAGES) expect(CONSENT[language]).toMatch(/SMS|text message/);
    expect(new Set(Object.values(CONSENT)).size).toBe(LANGUAGES.length);
  });
});
