import { folded, foldedLong } from '../kernel/fold.ts';

const squeezed = (text: string): string => text.replace(/\s+/g, '').toUpperCase();

/** A reference as somebody types it: any case, any spaces, otherwise exact. */
export const sameReference = (a: string, b: string): boolean => squeezed(a) === squeezed(b);

/** Hyphen, apostrophe and space are typed as one likes: "Meier-Rossi", "D'Amico". */
const joints = (name: string): string => name.replace(/[-'’\s]+/g, ' ').trim();

/** The same last name whatever the case and accents, and with "ü" typed as "ue". */
export const sameName = (a: string, b: string): boolean =>
  joints(folded(a)) === joints(folded(b)) || joints(foldedLong(a)) === joints(foldedLong(b));
