import { describe, expect, it } from 'vitest';
import { ENUMERATIONS } from './enumerations.ts';
import { enumerationTexts } from './i18n/enumerations.ts';
import { LANGUAGES } from './kernel/text.ts';
import { tables } from './registry.ts';

/** Every closed list of texts in a row's schema, by where it stands ("devices.health.printer"). */
function listsIn(schema: unknown, path: string): { path: string; values: readonly string[] }[] {
  const { def, options } = schema as { def?: Record<string, unknown>; options?: readonly unknown[] };
  if (def === undefined) return [];
  switch (def['type']) {
    case 'enum':
      return [{ path, values: options as readonly string[] }];
    case 'literal':
      return [{ path, values: (def['values'] as readonly unknown[]).map(String) }];
    case 'object':
      return Object.entries(def['shape'] as Record<string, unknown>).flatMap(([key, inner]) =>
        listsIn(inner, `${path}.${key}`),
      );
    case 'array':
      return listsIn(def['element'], path);
    case 'nullable':
    case 'optional':
    case 'readonly':
      return listsIn(def['innerType'], path);
    default:
      return [];
  }
}

/** In small letters or camel case; a permission says its resource first: "people.set". */
const VALUE = /^([a-z]+([A-Z][a-z]+)*\.)?[a-z]+([A-Z][a-z]+|_[a-z]+)*$/;
/** These stand in lines of their own, all others fit a chip. */
const SENTENCES: ReadonlySet<string> = new Set(['permission', 'condition']);

describe('[EM-02] every enumeration', () => {
  it('that a row can hold is in the one list', () => {
    const known = new Set(Object.values(ENUMERATIONS).map((values) => values.join()));
    const found = [...tables.values()].flatMap(({ name, schema }) => listsIn(schema, name));
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter(({ values }) => !known.has(values.join())).map(({ path }) => path)).toEqual([]);
  });

  it('has values that are written once, in small letters or camel case', () => {
    for (const [name, values] of Object.entries<readonly string[]>(ENUMERATIONS)) {
      expect(new Set(values).size, name).toBe(values.length);
      for (const value of values) expect(value, name).toMatch(VALUE);
    }
  });

  it.each(LANGUAGES)('has a text for exactly its values in %s', (language) => {
    const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = enumerationTexts[language];
    expect(Object.keys(texts).sort()).toEqual(Object.keys(ENUMERATIONS).sort());
    for (const [name, values] of Object.entries<readonly string[]>(ENUMERATIONS)) {
      const own = texts[name] ?? {};
      expect(Object.keys(own).sort(), name).toEqual([...values].sort());
      // Told apart from each other, and Swiss.
      for (const text of Object.values(own)) {
        expect(text, name).toMatch(/^\p{Lu}[^ß]+$/u);
        expect(text.length, text).toBeLessThanOrEqual(SENTENCES.has(name) ? 50 : 30);
      }
      expect(new Set(Object.values(own)).size, name).toBe(values.length);
    }
  });

  it('is translated: no text of more than a word is the same in two languages', () => {
    const seen = new Map<string, string>();
    for (const language of LANGUAGES) {
      for (const texts of Object.values<Readonly<Record<string, string>>>(enumerationTexts[language])) {
        for (const text of Object.values(texts).filter((t) => t.includes(' '))) {
          expect(seen.get(text) ?? language, text).toBe(language);
          seen.set(text, language);
        }
      }
    }
  });
});
