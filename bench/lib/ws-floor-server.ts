// Plain ws: what fan-out costs without anything of ours. It sends given texts to all, and tells its CPU time.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { answerParent, cpuUs } from './child.ts';

export interface Broadcast {
  readonly texts: readonly string[];
  /** Between two texts. */
  readonly everyMs: number;
}

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

async function broadcast({ texts, everyMs }: Broadcast): Promise<void> {
  for (const text of texts) {
    // The plain way: every client gets the same string, and ws frames it for each.
    for (const client of server.clients) client.send(text);
    await sleep(everyMs);
  }
}

answerParent({
  listen: () =>
    new Promise((resolve) =>
      http.listen(0, '127.0.0.1', () => resolve((http.address() as AddressInfo).port)),
    ),
  broadcast: (what: Broadcast) => broadcast(what),
  cpu: cpuUs,
});
process.once('SIGTERM', () => process.exit(0));
