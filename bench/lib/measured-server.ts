// The server's own entry, with a channel on which it tells its CPU time. Nothing else is different.
import { answerParent, cpuUs } from './child.ts';

answerParent({ cpu: cpuUs });
await import('@schalter/server/src/main.ts');
