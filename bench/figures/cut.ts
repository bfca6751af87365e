import { fileURLToPath } from 'node:url';
import { DEMO_LOCATION_ID, people, services } from '@schalter/drizzle/seed/station.ts';
import type { Snapshot } from '@schalter/shared/kernel/protocol.ts';
import { ONLINE_SPREAD_MS, RECONNECT } from '@schalter/shared/ui/socket-transport.ts';
import { Api, asPerson } from '../lib/api.ts';
import { chanceOf } from '../lib/chance.ts';
import { startChild } from '../lib/child.ts';
import { fixed, type Figure, type Measurement } from '../lib/figure.ts';
import type { ComeBack, OpenClients } from '../lib/raw-clients.ts';
import { freePort, startServer, type BenchServer } from '../lib/server.ts';
import { median, percentile } from '../lib/stats.ts';
import { must, ticketInput } from '../lib/station.ts';
import { fillHouse } from './reconnect.ts';

const DEVICES = 2_000;
const CUT_MS = 600_000;
const ROUNDS = 3;
/** What happens in ten minutes of a busy day: 35 tickets, issued and cancelled. */
const MISSED_TICKETS = 35;
const TARGET_MS = 1_000;

const file = (name: string): string => fileURLToPath(new URL(`../lib/${name}`, import.meta.url));

export const cut: Measurement = {
  key: 'cut',
  takesS: 40,
  async measure({ say }) {
    const server = await startServer({ port: await freePort() });
    const clients = startChild(file('raw-clients.ts'));
    try {
      const open = await fillHouse(server);
      await clients.ask('open', { ...open, count: 1 } satisfies OpenClients);
      const text = await clients.ask<string>('snapshot');
      await clients.ask('close');
      const [, { seq }] = JSON.parse(text.slice(2)) as [string, Snapshot];
      await liveOn(server);
      const chance = chanceOf(1);
      const measure = async (name: string, offset: () => number): Promise<Figure> => {
        const p95s: number[] = [];
        // The first warms the server up and does not count.
        for (let round = 0; round <= ROUNDS; round += 1) {
          const offsetsMs = Array.from({ length: DEVICES }, offset);
          const back = await clients.ask<number[]>('comeBack', {
            ...afterCut(open, seq),
            offsetsMs,
          } satisfies ComeBack);
          await clients.ask('close');
          p95s.push(percentile(back, 0.95));
          say(`${name}: p95 ${fixed(p95s.at(-1) ?? 0, 0)} ms, last ${fixed(Math.max(...back), 0)} ms`);
        }
        return figureOf(name, p95s.slice(1));
      };
      return [
        await measure('each in its backoff', () => nextTryMs(chance)),
        await measure('the browser says that it is online', () => chance() * ONLINE_SPREAD_MS),
      ];
    } finally {
      await clients.stop();
      await server.stop();
    }
  },
};

function figureOf(name: string, p95s: readonly number[]): Figure {
  const value = median(p95s);
  return {
    name: `${DEVICES} devices after a cut of ${CUT_MS / 60_000} minutes, ${name}: p95 consistent`,
    value: `${fixed(value, 0)} ms`,
    target: `≤ ${TARGET_MS} ms`,
    ok: value <= TARGET_MS,
    details: [
      `p95 of the rounds: ${p95s.map((ms) => fixed(ms, 0)).join(', ')} ms after the network's return`,
    ],
  };
}

/** Everybody was in sync when the line was cut. */
function afterCut(open: OpenClients, lastSeq: number): OpenClients {
  const { socketIo } = open;
  if (socketIo === undefined) throw new Error('devices speak Socket.IO');
  return { ...open, socketIo: { ...socketIo, hello: { ...(socketIo.hello as object), lastSeq } } };
}

/**
 * The device's tries through the cut, in virtual time: what of the last delay is left when the network returns. As
 * socket.io-client waits (its Backoff, with the product's constants): doubled each time, jitter, then cut off. A
 * try fails at once; nothing of it reaches the server, so that its wall time may be left out.
 */
function nextTryMs(chance: () => number): number {
  const { reconnectionDelay, reconnectionDelayMax, randomizationFactor } = RECONNECT;
  let atMs = 0;
  for (let attempt = 0; atMs < CUT_MS; attempt += 1) {
    const delayMs = reconnectionDelay * 2 ** attempt;
    const share = chance();
    const deviationMs = Math.floor(share * randomizationFactor * delayMs);
    const sign = Math.floor(share * 10) % 2 === 0 ? -1 : 1;
    atMs += Math.min(delayMs + sign * deviationMs, reconnectionDelayMax);
  }
  return atMs - CUT_MS;
}

async function liveOn(server: BenchServer): Promise<void> {
  const api = new Api(server.url);
  const [admin] = people;
  const [service] = services;
  if (admin === undefined || service === undefined) throw new Error('the demo is empty');
  const proof = asPerson(await api.login(admin.email, admin.password));
  const send = (type: string, input: unknown) =>
    must(api.command(proof, { streamId: DEMO_LOCATION_ID, type, input }), type);
  for (let i = 0; i < MISSED_TICKETS; i += 1) {
    const { stageId } = (await send('queue.issueTicket', ticketInput(service.serviceId))) as {
      stageId: string;
    };
    await send('queue.cancel', { stageId, reason: 'bench' });
  }
}
