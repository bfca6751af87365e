import type { EnumerationName, ValueOf } from '@schalter/shared/enumerations.ts';
import { word } from '../texts.svelte.ts';

/** The values of an enumeration as the choices of a field, in the given order. */
export const optionsOf = <Name extends EnumerationName>(
  name: Name,
  values: readonly ValueOf<Name>[],
): { value: ValueOf<Name>; text: string }[] => values.map((value) => ({ value, text: word(name, value) }));
