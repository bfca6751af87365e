// The server's own entry, with a channel on which it tells its CPU time and its memory. Nothing else is different.
import { answerParent, cpuUs } from './child.ts';

answerParent({ cpu: cpuUs, memory: () => process.memoryUsage.rss() });
await import('@schalter/server/src/main.ts');
