import type { Messages, Translator } from '@schalter/shared/i18n/messages.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';

/**
 * The translator of the wall: it fills in `{name}` and nothing else, because no sentence of the wall counts.
 * The one with plurals weighs 10 kB, a seventh of what a wall may load before it stands.
 */
export function createWords<M extends Messages>(messages: M, language: Language): Translator<M> {
  const table: Readonly<Record<string, string>> = messages[language];
  const t = (key: string, values: Readonly<Record<string, string | number>> = {}): string =>
    (table[key] ?? key).replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? ''));
  return Object.assign(t, { language });
}
