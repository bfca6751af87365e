import { describe, expect, it } from 'vitest';
import { messageProblems } from '@schalter/shared/i18n/message-problems.ts';
import { LANGUAGES, LIMITS } from '@schalter/shared/kernel/text.ts';
import { setUpMessages } from '../routes/setup/texts.ts';
import { CONSENT, CONSENT_WORDING } from './consent.ts';
import { kioskMessages } from './kiosk/texts.ts';
import { phoneMessages } from './phone/texts.ts';

describe('the words', () => {
  it.each([
    ['kiosk', kioskMessages],
    ['phone', phoneMessages],
    ['set-up', setUpMessages],
  ] as const)('[KI-09] of the %s are complete and parse in four languages', (_name, messages) => {
    expect(messageProblems(messages)).toEqual([]);
  });
  it('[KI-03] the sentence of consent names what for, how long and how to stop, in four languages', () => {
    expect(CONSENT_WORDING.length).toBeLessThanOrEqual(LIMITS.shortText);
    for (const language of LANGUAGES) expect(CONSENT[language]).toMatch(/SMS|text message/);
    expect(new Set(Object.values(CONSENT)).size).toBe(LANGUAGES.length);
  });
});
