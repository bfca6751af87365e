import type { EnumerationName, ValueOf } from '../enumerations.ts';
import type { Language } from '../kernel/text.ts';
import { de } from './enumerations/de.ts';
import { en } from './enumerations/en.ts';
import { fr } from './enumerations/fr.ts';
import { it } from './enumerations/it.ts';

/** A word or two for each value, as it stands in a list or on a chip; a missing one does not compile. */
export type EnumerationTexts = {
  readonly [Name in EnumerationName]: Readonly<Record<ValueOf<Name>, string>>;
};

export const enumerationTexts: Readonly<Record<Language, EnumerationTexts>> = { de, fr, it, en };
