import type { React } from './engine/decide-batch.ts';
import { reactPush } from './messaging/push-react.ts';
import { reactMessaging } from './messaging/react.ts';
import { reactPrivacy } from './privacy/react.ts';
import { reactQueue } from './queue/react.ts';

/** What follows from facts, capability by capability. */
export function reactions(publicUrl: () => string): React {
  const messaging = reactMessaging(publicUrl);
  return (fact, live, ctx) => [
    ...reactQueue(fact, live, ctx),
    ...messaging(fact, live, ctx),
    ...reactPush(fact, live, ctx),
    ...reactPrivacy(fact, live, ctx),
  ];
}
