import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_LOCATION_ID, people, services } from '@schalter/drizzle/seed/station.ts';
import { PROTOCOL } from '@schalter/shared/kernel/protocol.ts';
import { Api, asPerson } from '../lib/api.ts';
import { startChild, type Child } from '../lib/child.ts';
import { fixed, type Figure, type Measurement } from '../lib/figure.ts';
import type { OpenClients } from '../lib/raw-clients.ts';
import { freePort, startServer, type BenchServer } from '../lib/server.ts';
import { interleave, median } from '../lib/stats.ts';
import { must, ticketInput } from '../lib/station.ts';

const DEVICES = 2_000;
const TICKETS = 200;
const ROUNDS = 4;
/** Within the queue of the kernel for new connections (511), so that it does not drop any. */
const AT_ONCE = 400;
const TARGET_RATIO = 2;
const TARGET_KB = 40;
const KB = 1_024;
/** The server sees that a round's connections have ended. */
const CLOSED_MS = 1_000;

const file = (name: string): string => fileURLToPath(new URL(`../lib/${name}`, import.meta.url));

export const reconnect: Measurement = {
  key: 'reconnect',
  takesS: 60,
  async measure({ say }) {
    const server = await startServer({ port: await freePort() });
    const floor = startChild(file('socket-io-floor-server.ts'));
    const clients = startChild(file('raw-clients.ts'));
    try {
      const ours = await fillHouse(server);
      // One device first: its snapshot is what the floor sends.
      await clients.ask('open', { ...ours, count: 1 } satisfies OpenClients);
      const snapshot = await clients.ask<string>('snapshot');
      await clients.ask('close');
      const floorPort = await floor.ask<number>('listen', snapshot);
      const url = `http://127.0.0.1:${floorPort}/socket.io/?EIO=4&transport=websocket`;
      const perDevice: number[] = [];
      const compared = await interleave(
        ROUNDS,
        async () => {
          const before = await server.memory();
          const tookMs = await storm(clients, ours);
          perDevice.push(((await server.memory()) - before) / DEVICES / KB);
          await close(clients);
          say(`Schalter ${fixed(tookMs, 0)} ms`);
          return tookMs;
        },
        async () => {
          const tookMs = await storm(clients, { ...ours, url });
          await close(clients);
          say(`Socket.IO ${fixed(tookMs, 0)} ms`);
          return tookMs;
        },
      );
      return figuresOf(compared, perDevice, snapshot.length);
    } finally {
      await Promise.all([clients.stop(), floor.stop()]);
      await server.stop();
    }
  },
};

const storm = (clients: Child, open: OpenClients): Promise<number> =>
  clients.ask<number>('open', { ...open, count: DEVICES, atOnce: AT_ONCE } satisfies OpenClients);

async function close(clients: Child): Promise<void> {
  await clients.ask('close');
  await sleep(CLOSED_MS);
}

/** Two hundred people wait; the answer is how a wall of the house connects. */
export async function fillHouse(server: BenchServer): Promise<OpenClients> {
  const api = new Api(server.url);
  const [admin] = people;
  if (admin === undefined) throw new Error('the demo is empty');
  const proof = asPerson(await api.login(admin.email, admin.password));
  for (let i = 0; i < TICKETS; i += 1) {
    const service = services[i % services.length];
    const input = ticketInput(service?.serviceId ?? '');
    await must(
      api.command(proof, { streamId: DEMO_LOCATION_ID, type: 'queue.issueTicket', input }),
      'a ticket',
    );
  }
  const display = await api.demoDevice('display', 1);
  return {
    url: `${server.url}/socket.io/?EIO=4&transport=websocket`,
    count: DEVICES,
    headers: { Cookie: display.proof['cookie'] ?? '' },
    socketIo: {
      auth: { deviceId: display.deviceId, as: 'device' },
      hello: { streamId: DEMO_LOCATION_ID, audience: 'display', lastSeq: 0, protocol: PROTOCOL },
    },
  };
}

function figuresOf(
  { ratio, ratios, ours, floor }: Awaited<ReturnType<typeof interleave>>,
  perDevice: readonly number[],
  bytes: number,
): Figure[] {
  // The first storm grows what later ones use again: it is the one that counts.
  const kb = Math.max(...perDevice);
  return [
    {
      name: `${DEVICES} devices reconnect, each with a snapshot of ${TICKETS} tickets, by Socket.IO`,
      value: `${fixed(ratio, 2)} ×`,
      target: `≤ ${fixed(TARGET_RATIO, 1)} ×`,
      ok: ratio <= TARGET_RATIO,
      details: [
        `Schalter ${fixed(median(ours), 0)} ms, Socket.IO with the same ${fixed(bytes / KB)} kB encoded beforehand ${fixed(median(floor), 0)} ms`,
        `ratios of the rounds: ${ratios.map((r) => fixed(r, 2)).join(', ')}`,
      ],
    },
    {
      name: 'memory of the server per connected device',
      value: `${fixed(kb)} kB`,
      target: `≤ ${TARGET_KB} kB`,
      ok: kb <= TARGET_KB,
      details: [`resident, by storm: ${perDevice.map((value) => fixed(value)).join(', ')} kB`],
    },
  ];
}
