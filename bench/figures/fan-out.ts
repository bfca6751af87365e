import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DEMO_LOCATION_ID, people, services } from '@schalter/drizzle/seed/station.ts';
import { PROTOCOL } from '@schalter/shared/kernel/protocol.ts';
import { Api, asPerson, type Proof } from '../lib/api.ts';
import { startChild, type Child } from '../lib/child.ts';
import { fixed, type Figure, type Measurement } from '../lib/figure.ts';
import type { Counted, OpenClients } from '../lib/raw-clients.ts';
import { freePort, startServer, type BenchServer } from '../lib/server.ts';
import { interleave, median } from '../lib/stats.ts';
import { must, ticketInput } from '../lib/station.ts';
import type { Broadcast } from '../lib/ws-floor-server.ts';

const CLIENTS = 2_000;
const ROUNDS = 5;
const CHANGES = 30;
/** Slow enough that each change is a frame of its own, so that this measures delivery and not batching. */
const EVERY_MS = 150;
/** The last estimates follow a change by a quarter of a second. */
const SETTLE_MS = 600;
const TARGET_RATIO = 1.1;

const file = (name: string): string => fileURLToPath(new URL(`../lib/${name}`, import.meta.url));

interface Side {
  readonly cpuUs: () => Promise<number>;
  readonly clients: Child;
}
interface Spent {
  readonly usEach: number;
  readonly idleUs: number;
  readonly counted: Counted;
}

export const fanOut: Measurement = {
  key: 'fanout',
  takesS: 60,
  async measure({ say }) {
    const server = await startServer({ port: await freePort() });
    const floor = startChild(file('ws-floor-server.ts'));
    const [ours, plain] = [startChild(file('raw-clients.ts')), startChild(file('raw-clients.ts'))];
    try {
      const change = await listenTo(server, ours);
      await listenPlainly(floor, plain);
      const spent = { ours: [] as Spent[], floor: [] as Spent[] };
      let texts: readonly string[] = [];
      const compared = await interleave(
        ROUNDS,
        async () => {
          const side = { cpuUs: () => server.cpuUs(), clients: ours };
          const round = await measureSide(side, change);
          texts = round.counted.first;
          spent.ours.push(round);
          say(`Schalter ${fixed(round.usEach, 2)} µs`);
          return round.usEach;
        },
        async () => {
          const side = { cpuUs: () => floor.ask<number>('cpu'), clients: plain };
          const everyMs = (CHANGES * EVERY_MS) / texts.length;
          const round = await measureSide(side, () =>
            floor.ask('broadcast', { texts, everyMs } satisfies Broadcast),
          );
          spent.floor.push(round);
          say(`plain ws ${fixed(round.usEach, 2)} µs`);
          return round.usEach;
        },
      );
      return [figureOf(compared, spent)];
    } finally {
      await Promise.all([ours.stop(), plain.stop()]);
      await Promise.all([server.stop(), floor.stop()]);
    }
  },
};

function figureOf(
  { ratio, ratios, ours, floor }: Awaited<ReturnType<typeof interleave>>,
  spent: { readonly ours: readonly Spent[]; readonly floor: readonly Spent[] },
): Figure {
  const last = spent.ours.at(-1)?.counted;
  const bytes = last === undefined ? 0 : last.bytes / (last.entries + last.signals);
  return {
    name: `server CPU per delivered message, ${CLIENTS} clients, by plain ws`,
    value: `${fixed(ratio, 2)} ×`,
    target: `≤ ${fixed(TARGET_RATIO, 1)} ×`,
    ok: ratio <= TARGET_RATIO,
    details: [
      `Schalter ${fixed(median(ours), 2)} µs, the command and its estimates included; plain ws ${fixed(median(floor), 2)} µs, the same bytes`,
      `${fixed(bytes, 0)} bytes a message; of ${CLIENTS} clients ${last?.closed ?? 0} were lost; ratios of the rounds: ` +
        ratios.map((r) => fixed(r, 2)).join(', '),
      `at rest, per second with ${CLIENTS} clients: Schalter ${fixed(median(spent.ours.map((s) => s.idleUs)) / 1_000)} ms, ` +
        `plain ws ${fixed(median(spent.floor.map((s) => s.idleUs)) / 1_000)} ms`,
    ],
  };
}

/** What one side spends on a round of changes, less what it spends at rest, by what reached the clients. */
async function measureSide({ cpuUs, clients }: Side, change: () => Promise<unknown>): Promise<Spent> {
  const windowMs = CHANGES * EVERY_MS + SETTLE_MS;
  const before = await cpuUs();
  await sleep(windowMs);
  const rest = (await cpuUs()) - before;
  await clients.ask('reset');
  const begun = performance.now();
  const from = await cpuUs();
  await change();
  await sleep(Math.max(SETTLE_MS, windowMs - (performance.now() - begun)));
  const busy = (await cpuUs()) - from;
  const tookMs = performance.now() - begun;
  const counted = await clients.ask<Counted>('count');
  const deliveries = counted.entries + counted.signals;
  return {
    usEach: (busy - (rest * tookMs) / windowMs) / deliveries,
    idleUs: (rest * 1_000) / windowMs,
    counted,
  };
}

/** A thousand displays of the demo on the server; the answer makes one round of changes. */
async function listenTo(server: BenchServer, clients: Child): Promise<() => Promise<void>> {
  const api = new Api(server.url);
  const [admin] = people;
  const [service] = services;
  if (admin === undefined || service === undefined) throw new Error('the demo is empty');
  const proof: Proof = asPerson(await api.login(admin.email, admin.password));
  const display = await api.demoDevice('display', 1);
  await clients.ask('open', {
    url: `${server.url}/socket.io/?EIO=4&transport=websocket`,
    count: CLIENTS,
    headers: { Cookie: display.proof['cookie'] ?? '' },
    socketIo: {
      auth: { deviceId: display.deviceId, as: 'device' },
      hello: { streamId: DEMO_LOCATION_ID, audience: 'display', lastSeq: 0, protocol: PROTOCOL },
    },
  } satisfies OpenClients);
  const send = (type: string, input: unknown) =>
    must(api.command(proof, { streamId: DEMO_LOCATION_ID, type, input }), type);
  return async () => {
    let stageId: string | null = null;
    // A ticket is issued, then cancelled: the queue stays as short as it was.
    for (let n = 0; n < CHANGES; n += 1) {
      const due = sleep(EVERY_MS);
      if (stageId === null) {
        ({ stageId } = (await send('queue.issueTicket', ticketInput(service.serviceId))) as {
          stageId: string;
        });
      } else {
        await send('queue.cancel', { stageId, reason: 'bench' });
        stageId = null;
      }
      await due;
    }
  };
}

async function listenPlainly(floor: Child, clients: Child): Promise<void> {
  const port = await floor.ask<number>('listen');
  await clients.ask('open', {
    url: `http://127.0.0.1:${port}/`,
    count: CLIENTS,
    headers: {},
  } satisfies OpenClients);
}
