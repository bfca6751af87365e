import type { RejectionCode } from '../kernel/rejections.ts';
import type { Language } from '../kernel/text.ts';
import { de } from './rejections/de.ts';
import { en } from './rejections/en.ts';
import { fr } from './rejections/fr.ts';
import { it } from './rejections/it.ts';

/** Each rejection in one or two short sentences: what happened, and what the person can do. */
export const rejectionMessages: Readonly<Record<Language, Readonly<Record<RejectionCode, string>>>> = {
  de,
  fr,
  it,
  en,
};
