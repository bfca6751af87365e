import type { Language } from '../kernel/text.ts';
import { formatNumber } from './format.ts';
import { LOCALES } from './language.ts';
import type { Messages, Translator } from './messages.ts';

/*
 * ICU messages as far as public screens use them: `{name}`, and `{n, plural, =0 {…} one {…} other {…}}` with `#`.
 * The full interpreter weighs 15 kB (gzip), a sixth of what a kiosk may load before its first screen stands, and
 * phones pay for it by mobile data. words.test.ts holds both to the same sentences.
 */

type Values = Readonly<Record<string, string | number>>;
type Part = string | { readonly name: string; readonly cases: ReadonlyMap<string, readonly Part[]> | null };

const rules = new Map<Language, Intl.PluralRules>();
function categoryOf(n: number, language: Language): string {
  let rule = rules.get(language);
  if (rule === undefined) {
    rule = new Intl.PluralRules(LOCALES[language]);
    rules.set(language, rule);
  }
  return rule.select(n);
}

/** The index of the brace that closes the one at `open`. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '{') depth += 1;
    if (text[i] === '}') depth -= 1;
    if (depth === 0) return i;
  }
  return text.length;
}

function casesOf(text: string): ReadonlyMap<string, readonly Part[]> {
  const cases = new Map<string, readonly Part[]>();
  for (let at = 0; ;) {
    const open = text.indexOf('{', at);
    if (open < 0) return cases;
    const end = closing(text, open);
    cases.set(text.slice(at, open).trim(), parse(text.slice(open + 1, end)));
    at = end + 1;
  }
}

function parse(text: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; ;) {
    const open = text.indexOf('{', at);
    parts.push(text.slice(at, open < 0 ? undefined : open));
    if (open < 0) return parts;
    const end = closing(text, open);
    const [name = '', kind] = text.slice(open + 1, end).split(',', 2);
    const choices =
      kind === undefined ? null : text.slice(text.indexOf(',', text.indexOf(',', open) + 1) + 1, end);
    parts.push({ name: name.trim(), cases: choices === null ? null : casesOf(choices) });
    at = end + 1;
  }
}

function say(parts: readonly Part[], language: Language, values: Values, count: number | null): string {
  const one = (part: Part): string => {
    if (typeof part === 'string')
      return count === null ? part : part.replaceAll('#', formatNumber(count, language));
    const value = values[part.name] ?? '';
    if (part.cases === null) return typeof value === 'number' ? formatNumber(value, language) : value;
    const n = Number(value);
    const chosen =
      part.cases.get(`=${n}`) ?? part.cases.get(categoryOf(n, language)) ?? part.cases.get('other');
    return say(chosen ?? [], language, values, n);
  };
  return parts.map(one).join('');
}

/** Parsed messages by their text: screens ask at every frame. */
const parsed = new Map<string, readonly Part[]>();
const NO_VALUES: Values = {};

/** The same as `createTranslator`, for messages without selects, dates and number formats. */
export function createWords<M extends Messages>(messages: M, language: Language): Translator<M> {
  const table: Readonly<Record<string, string>> = messages[language];
  const t = (key: string, values: Values = NO_VALUES): string => {
    const text = table[key];
    // Unreachable for typed callers; a key from outside the program is shown rather than an empty screen.
    if (text === undefined) return key;
    if (!text.includes('{')) return text;
    const parts = parsed.get(text) ?? parse(text);
    parsed.set(text, parts);
    return say(parts, language, values, null);
  };
  return Object.assign(t, { language });
}
