import { accountFr } from './account/fr.ts';
import { counterFr } from './counter/fr.ts';
import { dayFr } from './day/fr.ts';
import { shellFr } from './shell/fr.ts';

export const fr = { ...shellFr, ...counterFr, ...dayFr, ...accountFr } as const;
