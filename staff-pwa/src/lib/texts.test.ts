import { expect, test } from 'vitest';
import { messageProblems } from '@schalter/shared/i18n/message-problems.ts';
import { commands } from '@schalter/shared/registry.ts';
import { auditDe } from './setup/texts/audit/de.ts';
import { auditEn } from './setup/texts/audit/en.ts';
import { auditFr } from './setup/texts/audit/fr.ts';
import { auditIt } from './setup/texts/audit/it.ts';
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

test('[AU8] [AU21] the audit has a word for every kind of command, field and table, and no two commands share one', () => {
  for (const { did, happened, field, table } of [auditDe, auditFr, auditIt, auditEn]) {
    expect(Object.keys(did).sort()).toEqual(Object.keys(commands).sort());
    const titles = [did, happened].flatMap((words) => Object.values<string>(words));
    expect(new Set(titles).size).toBe(titles.length);
    for (const text of [did, happened, field, table].flatMap(Object.values))
      expect(text).toMatch(/^[\p{Lu}«“]/u);
  }
});
