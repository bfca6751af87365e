import { defineMessages } from '@schalter/shared/i18n/messages.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { it } from './it.ts';

/** All languages together, for the type checker and the tests alone: the app loads the one that is read. */
export const setupMessages = defineMessages({ de, fr, it, en });
export type SetupMessages = typeof setupMessages;
