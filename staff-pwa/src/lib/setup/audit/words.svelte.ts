import type { Language } from '@schalter/shared/kernel/text.ts';
import type { AuditWords } from '../texts/audit/words.ts';

const LOADERS: Readonly<Record<Language, () => Promise<AuditWords>>> = {
  de: async () => (await import('../texts/audit/de.ts')).auditDe,
  fr: async () => (await import('../texts/audit/fr.ts')).auditFr,
  it: async () => (await import('../texts/audit/it.ts')).auditIt,
  en: async () => (await import('../texts/audit/en.ts')).auditEn,
};

let words = $state.raw<AuditWords | null>(null);

/** Loaded with the page of the audit, which is the only one that needs a word for everything. */
export async function loadAuditWords(language: Language): Promise<void> {
  words = await LOADERS[language]();
}

export function auditWords(): AuditWords {
  if (words === null) throw new Error('a word of the audit was asked for before its language was loaded');
  return words;
}

/** What a newer server calls something that this page has no word for yet stands as it is. */
const wordIn = (known: Readonly<Record<string, string>>, name: string): string => known[name] ?? name;
export const didWord = (type: string): string => wordIn(auditWords().did, type);
/** The word of the first fact that says more than its command. */
export const happenedWord = (facts: readonly string[]): string | undefined => {
  const known: Readonly<Record<string, string>> = auditWords().happened;
  return facts.map((fact) => known[fact]).find((text) => text !== undefined);
};
export const eventWord = (event: string): string => wordIn(auditWords().event, event);
export const whatWord = (what: string): string => auditWords().what[what] ?? wordIn(auditWords().did, what);
export const fieldWord = (field: string): string => wordIn(auditWords().field, field);
export const tableWord = (table: string): string => wordIn(auditWords().table, table);
