import { IntlMessageFormat } from 'intl-messageformat';
import { LANGUAGES } from '../kernel/text.ts';
import { LOCALES } from './language.ts';
import type { Messages } from './messages.ts';

/**
 * What the types can't see in a table: ICU that does not parse, an empty message, an ASCII apostrophe (it quotes
 * in ICU), ß (Swiss orthography has none). Every table's test expects an empty list.
 */
export function messageProblems(messages: Messages): string[] {
  const problems: string[] = [];
  for (const language of LANGUAGES) {
    for (const [key, text] of Object.entries(messages[language])) {
      const at = `${language}.${key}`;
      if (text.trim() === '') problems.push(`${at}: empty`);
      if (text.includes("'")) problems.push(`${at}: write ’ instead of '`);
      if (text.includes('ß')) problems.push(`${at}: write ss instead of ß`);
      try {
        new IntlMessageFormat(text, LOCALES[language], undefined, { ignoreTag: true });
      } catch (error) {
        problems.push(`${at}: ${String(error)}`);
      }
    }
  }
  return problems;
}
