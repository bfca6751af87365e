import { accountEn } from './account/en.ts';
import { counterEn } from './counter/en.ts';
import { dayEn } from './day/en.ts';
import { shellEn } from './shell/en.ts';

export const en = { ...shellEn, ...counterEn, ...dayEn, ...accountEn } as const;
