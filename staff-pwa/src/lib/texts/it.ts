import { accountIt } from './account/it.ts';
import { counterIt } from './counter/it.ts';
import { dayIt } from './day/it.ts';
import { shellIt } from './shell/it.ts';

export const it = { ...shellIt, ...counterIt, ...dayIt, ...accountIt } as const;
