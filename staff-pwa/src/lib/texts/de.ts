import { accountDe } from './account/de.ts';
import { counterDe } from './counter/de.ts';
import { dayDe } from './day/de.ts';
import { shellDe } from './shell/de.ts';

export const de = { ...shellDe, ...counterDe, ...dayDe, ...accountDe } as const;
