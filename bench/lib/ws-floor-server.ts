// Plain ws: what fan-out costs without anything of ours. It sends given texts to all, and tells its CPU time and memory.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sender, WebSocketServer, type WebSocket } from 'ws';
import { answerParent, cpuUs } from './child.ts';

export interface Broadcast {
  readonly texts: readonly string[];
  /** Between two texts. */
  readonly everyMs: number;
}

const http = createServer();
const server = new WebSocketServer({ server: http, perMessageDeflate: false });

/** What ws keeps inside; the public `send` frames each text for each client, a fifth slower. */
type Inside = WebSocket & { readonly _sender: { sendFrame(list: Buffer[]): void } };
const FRAME = { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: false };

async function broadcast({ texts, everyMs }: Broadcast): Promise<void> {
  for (const text of texts) {
    // Framed once, and written to each as it stands: nothing that is sent to all can cost less with ws.
    const frame = Buffer.concat(Sender.frame(Buffer.from(text), FRAME));
    for (const client of server.clients) (client as Inside)._sender.sendFrame([frame]);
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
  memory: () => process.memoryUsage.rss(),
});
process.once('SIGTERM', () => process.exit(0));
