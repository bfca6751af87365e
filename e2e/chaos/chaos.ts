// A house under faults, and what the check says of it afterwards.
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { DEMO_LOCATION_ID } from '@schalter/drizzle/seed/station.ts';
import type { Connection } from '@schalter/shared/client/connection-state.ts';
import type { AllTables } from '@schalter/shared/registry.ts';
import { demoDevice, signIn } from '../support/api.ts';
import { startTwilioEmulator } from '../support/twilio-emulator.ts';
import { check } from './check.ts';
import { connectDevice } from './devices.ts';
import { History } from './history.ts';
import { ChaosHouse } from './house.ts';
import { unleash } from './nemesis.ts';
import { beClerk, beKiosk, COUNTER_IDS, TRY_MS_MAX } from './people.ts';

export interface ChaosOptions {
  readonly durationMs: number;
  /** Screens that listen; clerks and kiosks come on top. */
  readonly screens: number;
  readonly seed: number;
  /** A database that forgets what it has acknowledged: the check must find it. */
  readonly forgetful?: boolean;
  /** Once nothing fails any more, everybody is where the house is within this time. */
  readonly convergedMsMax?: number;
  readonly say?: (line: string) => void;
}

export interface ChaosReport {
  readonly problems: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
  readonly commands: { readonly sent: number; readonly accepted: number; readonly refused: number };
  readonly entries: number;
  readonly convergedAfterMs: number;
}

const CLERKS = ['Lea', 'Marco', 'Nadia'] as const;
const KIOSKS = 6;
/** The demo knows nine screens; further ones are the same screen once more. */
const DISPLAY_SLOTS = 9;
/** A device that was silent for long, a server that starts: seconds on a busy machine. */
const CONVERGED_MS_MAX = 60_000;
const LOOK_AGAIN_MS = 200;

/** Small and good enough to choose faults by: the same seed, the same choices (not the same timing). */
function chanceOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const {
    durationMs,
    seed,
    forgetful = false,
    convergedMsMax = CONVERGED_MS_MAX,
    say = () => undefined,
  } = options;
  const twilio = await startTwilioEmulator();
  const house = await ChaosHouse.open(twilio, forgetful);
  const history = new History();
  const connections: Connection<AllTables>[] = [];
  try {
    const { clerks, kiosks } = await moveIn(house, options, history, connections);
    let over = false;
    const isOver = () => over;
    let phones = 0;
    const phoneOf = () => `+4179${String(1_000_000 + phones++)}`;
    const work = [
      ...clerks.map(({ connection, counterId }) => beClerk(connection, counterId, isOver)),
      ...kiosks.map((caller, i) =>
        beKiosk({ caller, history, who: `kiosk ${i + 1}` }, DEMO_LOCATION_ID, { over: isOver, phoneOf }),
      ),
    ];
    const faults = unleash(house, chanceOf(seed), say);
    await delay(durationMs);
    await faults.stop();
    const healedAt = Date.now();
    over = true;
    await Promise.all(work);
    const sql = postgres(house.databaseUrl, { max: 1 });
    try {
      const until = healedAt + convergedMsMax;
      const late = await converge(sql, connections, until);
      const convergedAfterMs = Date.now() - healedAt;
      await messagesTried(sql, until);
      const problems = [...late, ...(await check(sql, DEMO_LOCATION_ID, history, twilio.sent))];
      const answers = history.operations.map(({ answers: all }) => all.at(-1));
      return {
        problems,
        faults: faults.counts,
        commands: {
          sent: answers.length,
          accepted: answers.filter((answer) => answer?.ok === true).length,
          refused: answers.filter((answer) => answer?.ok === false).length,
        },
        entries: await headOf(sql),
        convergedAfterMs,
      };
    } finally {
      await sql.end();
    }
  } finally {
    for (const connection of connections) connection.close();
    await house.close();
    await twilio.close();
  }
}

/** Everybody signs in while all is well: who may is not what is tried here. */
async function moveIn(
  house: ChaosHouse,
  { screens }: ChaosOptions,
  history: History,
  connections: Connection<AllTables>[],
) {
  const { url } = house;
  const streamId = DEMO_LOCATION_ID;
  const displays = await Promise.all(
    Array.from({ length: Math.min(screens, DISPLAY_SLOTS) }, (_, i) => demoDevice(url, 'display', i + 1)),
  );
  for (let i = 0; i < screens; i += 1) {
    const caller = displays[i % displays.length];
    if (caller === undefined) throw new Error('no display');
    connections.push(connectDevice({ who: `wall ${i + 1}`, caller, streamId, audience: 'display', history }));
  }
  const clerks = [];
  for (const [i, name] of CLERKS.entries()) {
    const caller = await signIn(url, name);
    const connection = connectDevice({ who: name, caller, streamId, audience: 'staff', history });
    connections.push(connection);
    clerks.push({ connection, counterId: COUNTER_IDS[i] ?? '' });
  }
  const kiosks = await Promise.all(Array.from({ length: KIOSKS }, (_, i) => demoDevice(url, 'kiosk', i + 1)));
  for (const kiosk of kiosks) kiosk.answerMsMax = TRY_MS_MAX;
  return { clerks, kiosks };
}

const headOf = async (sql: postgres.Sql): Promise<number> =>
  (await sql<{ seq: number }[]>`select seq::int from streams where id = ${DEMO_LOCATION_ID}`)[0]?.seq ?? 0;

/** Waits until every device shows what the house knows and has nothing left to say; else says which does not. */
async function converge(
  sql: postgres.Sql,
  connections: readonly Connection<AllTables>[],
  until: number,
): Promise<string[]> {
  const calls = async () =>
    (await sql<{ id: string }[]>`select id from calls where location_id = ${DEMO_LOCATION_ID}`).length;
  for (;;) {
    const head = await headOf(sql);
    const count = await calls();
    const behind = connections.flatMap((connection, i) => {
      const { status, seq, pending, live } = connection.getState();
      const isThere =
        status === 'live' && seq === head && pending.count === 0 && live.rows.calls.size === count;
      return isThere
        ? []
        : [
            `device ${i + 1} is ${status} at ${seq} of ${head}, ${pending.count} waiting, ${live.rows.calls.size} of ${count} calls`,
          ];
    });
    if (behind.length === 0 || Date.now() > until) return behind;
    await delay(LOOK_AGAIN_MS);
  }
}

/** Messages are jobs: they come after the commands. */
async function messagesTried(sql: postgres.Sql, until: number): Promise<void> {
  while (Date.now() < until) {
    const [waiting] = await sql<{ n: number }[]>`
      select count(*)::int as n from messages where location_id = ${DEMO_LOCATION_ID} and status = 'queued'`;
    if (waiting?.n === 0) return;
    await delay(LOOK_AGAIN_MS);
  }
}
