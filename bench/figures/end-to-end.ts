import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { v7 as uuid } from 'uuid';
import { DEMO_ORGANISATION_ID, people } from '@schalter/drizzle/seed/station.ts';
import { instant } from '@schalter/shared/kernel/time.ts';
import { PROTOCOL, type Entries } from '@schalter/shared/kernel/protocol.ts';
import { Islands } from '@schalter/server/src/engine/postgres-connections.ts';
import { SessionStore } from '@schalter/server/src/platform/session-store.ts';
import { Api, asPerson } from '../lib/api.ts';
import { startChild, type Child } from '../lib/child.ts';
import { startDatabase } from '../lib/database.ts';
import { fixed, type Figure, type Measurement } from '../lib/figure.ts';
import type { PlainHouse } from '../lib/plain-handler-server.ts';
import type { ClosedResult, ClosedRound, Desk, OpenCallers, OpenRound, Sent } from '../lib/raw-callers.ts';
import type { Arrival, Counted, OpenClients } from '../lib/raw-clients.ts';
import { freePort, startServer, type BenchServer } from '../lib/server.ts';
import { interleave, median, percentile } from '../lib/stats.ts';
import { must, openStation, type Station } from '../lib/station.ts';

const LISTENERS = 1_000;
const CALLERS = 64;
/** A person may press 30 times a second; two to a caller, so that the limit is not what is measured. */
const DESKS = CALLERS * 2;
const ROUNDS = 4;
const ROUND_MS = 3_000;
const TARGET_RATIO = 20;
/** The open loop: a hundred commands a second, whatever the server does. */
const PER_SECOND = 100;
const CALM_ROUNDS = 3;
const CALM_MS = 10_000;
const TARGET_ACK_MS = 40;
const TARGET_LAST_MS = 60;
const ARRIVED_MS_MAX = 30_000;

const file = (name: string): string => fileURLToPath(new URL(`../lib/${name}`, import.meta.url));

/** One server with its thousand listeners and its callers, each in processes of their own. */
interface Side {
  readonly listeners: Child;
  readonly callers: Child;
}
interface Round {
  readonly perSecond: number;
  readonly ackMs: ClosedResult['latencyMs'];
  readonly bytesEach: number;
}

export const endToEnd: Measurement = {
  key: 'endtoend',
  takesS: 110,
  async measure({ say }) {
    const database = await startDatabase();
    const children: Child[] = [];
    const child = (name: string): Child => {
      const started = startChild(file(name));
      children.push(started);
      return started;
    };
    let server: BenchServer | null = null;
    try {
      server = await startServer({
        port: await freePort(),
        environment: { DATABASE_URL: database.url, DEMO: '1' },
      });
      const house = await furnish(server, database.url);
      const [ours, plain] = [0, 1].map(() => ({
        listeners: child('raw-clients.ts'),
        callers: child('raw-callers.ts'),
      })) as [Side, Side];
      await seat(ours, server.url, house);
      const changes = await warmUp(ours);
      await database.analyze();
      const journalEntry = await database.journalEntry();
      const floor = child('plain-handler-server.ts');
      const { streamId: queueId } = house.station;
      const port = await floor.ask<number>('listen', {
        databaseUrl: database.url,
        ...{ queueId, changes, journalEntry },
      } satisfies PlainHouse);
      await seat(plain, `http://127.0.0.1:${port}`, house);
      const rounds = { ours: [] as Round[], floor: [] as Round[] };
      const turn = async (name: 'ours' | 'floor', side: Side): Promise<number> => {
        const round = await closedRound(side);
        rounds[name].push(round);
        say(`${name === 'ours' ? 'Schalter' : 'plain handler'} ${fixed(round.perSecond, 0)}/s`);
        return round.perSecond;
      };
      const compared = await interleave(
        ROUNDS,
        () => turn('ours', ours),
        () => turn('floor', plain),
      );
      const calm: Calm[] = [];
      for (let n = 0; n < CALM_ROUNDS; n += 1) {
        const round = await calmRound(ours);
        calm.push(round);
        say(
          `at ${PER_SECOND}/s: ack p99 ${fixed(round.ack.p99)} ms, last listener p99 ${fixed(round.last.p99)} ms`,
        );
      }
      return [throughputOf(compared, rounds), ...latenciesOf(calm)];
    } finally {
      await Promise.all(children.map((started) => started.stop()));
      await server?.stop();
      await database.stop();
    }
  },
};

interface House {
  readonly station: Station;
  readonly desks: readonly Desk[];
  readonly admin: string;
}

/** A location with a counter and a signed-in person for each desk. */
async function furnish(server: BenchServer, databaseUrl: string): Promise<House> {
  const api = new Api(server.url);
  const [first] = people;
  if (first === undefined) throw new Error('the demo is empty');
  const admin = await api.login(first.email, first.password);
  const send = (token: string, streamId: string, type: string, input: unknown) =>
    api.command(asPerson(token), { streamId, type, input });
  const station = await openStation((_who, ...of) => send(admin, ...of), { kind: 'system' }, DESKS);
  const sql = postgres(databaseUrl, { max: 1 });
  // Its key makes refresh tokens, which nobody asks for here.
  const sessions = new SessionStore(new Islands(sql), 'bench');
  const desks: Desk[] = [];
  for (const [i, counterId] of station.counterIds.entries()) {
    const personId = uuid();
    const person = { name: `Clerk ${i + 1}`, email: `clerk-${i + 1}@bench.example`, role: 'clerk' };
    const input = { personId, ...person, locationIds: [station.streamId], language: 'de', active: true };
    await must(send(admin, DEMO_ORGANISATION_ID, 'platform.setPerson', input), 'a person');
    const session = { organisationId: DEMO_ORGANISATION_ID, personId, deviceId: null };
    // As a sign-in would; a hundred passwords would take a minute to hash, and are limited per address.
    const { access: token } = await sessions.open(session, instant(Date.now()));
    const signOn = send(token, station.streamId, 'directory.signOn', { counterId, takeOver: false });
    await must(signOn, 'a sign-on');
    desks.push({ counterId, headers: { Authorization: `Bearer ${token}` } });
  }
  await sql.end();
  return { station, desks, admin };
}

async function seat(
  { listeners, callers }: Side,
  base: string,
  { station, desks, admin }: House,
): Promise<void> {
  const { streamId, serviceId } = station;
  const url = `${base}/socket.io/?EIO=4&transport=websocket`;
  await listeners.ask('open', {
    ...{ url, count: LISTENERS, headers: { Authorization: `Bearer ${admin}` } },
    socketIo: { auth: {}, hello: { streamId, audience: 'display', lastSeq: 0, protocol: PROTOCOL } },
  } satisfies OpenClients);
  await callers.ask('open', { url, streamId, serviceId, desks } satisfies OpenCallers);
}

/** What a command of middling weight changes, as the listeners got it: the plain handler sends the same. */
async function warmUp({ listeners, callers }: Side): Promise<PlainHouse['changes']> {
  await callers.ask('closed', { callers: CALLERS, durationMs: ROUND_MS } satisfies ClosedRound);
  const { first } = await listeners.ask<Counted>('count');
  const entries = first.flatMap((text) => {
    const [event, message] = JSON.parse(text.slice(2)) as [string, Entries];
    return event === 'entries' ? message.entries : [];
  });
  const byWeight = entries.map(({ changes }) => ({ changes, bytes: JSON.stringify(changes).length }));
  byWeight.sort((a, b) => a.bytes - b.bytes);
  return byWeight[Math.floor(byWeight.length / 2)]?.changes ?? [];
}

/** What the last listener has by then counts: an answer that the others wait for is not the end. */
async function closedRound({ listeners, callers }: Side): Promise<Round> {
  await listeners.ask('reset');
  const round: ClosedRound = { callers: CALLERS, durationMs: ROUND_MS };
  const result = await callers.ask<ClosedResult>('closed', round);
  const arrived = await arrivalOf(listeners, result.lastCommandId);
  const { closed, bytes } = await listeners.ask<Counted>('count');
  if (closed > 0) throw new Error(`${closed} of ${LISTENERS} listeners were lost`);
  return {
    perSecond: (result.commands * 1_000) / (arrived.lastAtMs - result.begunAtMs),
    ackMs: result.latencyMs,
    bytesEach: bytes / LISTENERS / result.commands,
  };
}

async function arrivalOf(listeners: Child, commandId: string): Promise<Arrival> {
  const until = performance.now() + ARRIVED_MS_MAX;
  for (;;) {
    const arrivals = await listeners.ask<Arrival[]>('arrivals');
    const found = arrivals.find((arrival) => arrival.commandId === commandId);
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error('a command did not reach all listeners');
  }
}

interface Latency {
  readonly p50: number;
  readonly p99: number;
}
interface Calm {
  readonly ack: Latency;
  readonly last: Latency;
}
const latency = (samples: readonly number[]): Latency => ({
  p50: percentile(samples, 0.5),
  p99: percentile(samples, 0.99),
});

async function calmRound({ listeners, callers }: Side): Promise<Calm> {
  await listeners.ask('reset');
  const sent = await callers.ask<Sent[]>('openLoop', {
    perSecond: PER_SECOND,
    durationMs: CALM_MS,
  } satisfies OpenRound);
  await arrivalOf(listeners, sent.at(-1)?.commandId ?? '');
  const arrivals = await listeners.ask<Arrival[]>('arrivals');
  const lastAt = new Map(arrivals.map(({ commandId, lastAtMs }) => [commandId, lastAtMs]));
  return {
    ack: latency(sent.map(({ sentAtMs, answeredAtMs }) => answeredAtMs - sentAtMs)),
    last: latency(sent.map(({ commandId, sentAtMs }) => (lastAt.get(commandId) ?? Infinity) - sentAtMs)),
  };
}

function throughputOf(
  { ratio, ratios, ours, floor }: Awaited<ReturnType<typeof interleave>>,
  rounds: { readonly ours: readonly Round[]; readonly floor: readonly Round[] },
): Figure {
  const of = (side: readonly Round[]): string =>
    `ack p50 ${fixed(median(side.map((r) => r.ackMs.p50)))} ms, p99 ${fixed(median(side.map((r) => r.ackMs.p99)))} ms, ` +
    `${fixed(median(side.map((r) => r.bytesEach)), 0)} bytes to each listener per command`;
  return {
    name: `commands per second end to end, ${LISTENERS} listeners, ${CALLERS} callers, by a plain handler`,
    value: `${fixed(ratio)} ×`,
    target: `≥ ${TARGET_RATIO} ×`,
    ok: ratio >= TARGET_RATIO,
    details: [
      `Schalter ${fixed(median(ours), 0)}/s: ${of(rounds.ours)}`,
      `plain handler (one drizzle transaction, one emit, then the ack) ${fixed(median(floor), 0)}/s: ${of(rounds.floor)}`,
      `until the last listener had the last change; ratios of the rounds: ${ratios.map((r) => fixed(r)).join(', ')}`,
    ],
  };
}

function latenciesOf(calm: readonly Calm[]): Figure[] {
  const figure = (name: string, key: keyof Calm, targetMs: number): Figure => {
    const p99 = median(calm.map((round) => round[key].p99));
    return {
      name: `${name} at ${PER_SECOND} commands per second, ${LISTENERS} listeners, p99`,
      value: `${fixed(p99)} ms`,
      target: `< ${targetMs} ms`,
      ok: p99 < targetMs,
      details: [
        `p50 ${fixed(median(calm.map((round) => round[key].p50)))} ms; p99 of the rounds: ` +
          calm.map((round) => fixed(round[key].p99)).join(', '),
      ],
    };
  };
  return [figure('ack', 'ack', TARGET_ACK_MS), figure('last listener', 'last', TARGET_LAST_MS)];
}
