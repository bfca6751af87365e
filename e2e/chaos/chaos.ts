// A house under faults, and what the check says of it afterwards.
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { DEMO_LOCATION_ID } from '@schalter/drizzle/seed/station.ts';
import type { Connection } from '@schalter/shared/client/connection-state.ts';
import type { AllTables } from '@schalter/shared/registry.ts';
import { demoDevice, signIn } from '../support/api.ts';
import { startTwilioEmulator } from '../support/twilio-emulator.ts';
import { check, type Checked } from './check.ts';
import { connectDevice } from './devices.ts';
import { History } from './history.ts';
import { ChaosHouse } from './house.ts';
import { killsIn, unleash } from './nemesis.ts';
import { beClerk, beKiosk, COUNTER_IDS, isDecided, TRY_MS_MAX } from './people.ts';

export interface ChaosOptions {
  /** The faults end after this time, or as soon as so many processes have been killed. */
  readonly durationMs: number;
  readonly kills?: number;
  /** One kind of fault alone, by its name. */
  readonly only?: string;
  /** Screens that listen; clerks and kiosks come on top. */
  readonly screens: number;
  readonly seed: number;
  /** A database that forgets what it has acknowledged: the check must find it. */
  readonly forgetful?: boolean;
  /** Once nothing fails any more, everybody is where the house is within this time. */
  readonly convergedMsMax?: number;
  readonly say?: (line: string) => void;
}

export interface ChaosReport extends Checked {
  /** How long something failed. */
  readonly failedMs: number;
  /** Of each kind how often; each of them was carried out. */
  readonly faults: Readonly<Record<string, number>>;
  readonly kills: number;
  /** False where this machine lets us mount no disk to fill. */
  readonly canFillDisk: boolean;
  /** Of the full disks those that PostgreSQL itself did not survive. */
  readonly postgresEnded: number;
  readonly commands: {
    readonly sent: number;
    readonly accepted: number;
    readonly refused: number;
    /** Told nothing, or that nobody can say or do anything now: a sign-on while the database is away. */
    readonly unknown: number;
  };
  readonly undecided: Readonly<Record<string, number>>;
  readonly convergedAfterMs: number;
}

const CLERKS = ['Lea', 'Marco', 'Nadia'] as const;
const KIOSKS = 6;
/** The demo knows nine screens; further ones are the same screen once more. */
const DISPLAY_SLOTS = 9;
/** A device that was silent for long, a server that starts: seconds on a busy machine. */
const CONVERGED_MS_MAX = 60_000;
const LOOK_AGAIN_MS = 200;
const KILLS_POLL_MS = 50;

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
  const { forgetful = false, convergedMsMax = CONVERGED_MS_MAX } = options;
  const twilio = await startTwilioEmulator();
  const house = await ChaosHouse.open(twilio);
  const history = new History();
  const connections: Connection<AllTables>[] = [];
  try {
    const people = await moveIn(house, options, history, connections);
    if (forgetful) await house.becomeForgetful();
    const begunAt = Date.now();
    let healedAt = Number.POSITIVE_INFINITY;
    const work = atWork(people, history, {
      over: () => Date.now() > healedAt,
      givenUp: () => Date.now() > healedAt + convergedMsMax,
    });
    const faults = await underFaults(house, options);
    healedAt = Date.now();
    const finished = Promise.all(work);
    const sql = postgres(house.databaseUrl, { max: 1 });
    try {
      const until = healedAt + convergedMsMax;
      await Promise.race([finished, delay(convergedMsMax)]);
      const late = await converge(sql, connections, until);
      const convergedAfterMs = Date.now() - healedAt;
      await messagesTried(sql, until);
      const { problems, looked } = await check(sql, DEMO_LOCATION_ID, history, twilio.sent);
      const ended = house.ended.map((words) => `a server ended by itself: ${words}`);
      return {
        problems: [...late, ...ended, ...problems],
        looked,
        failedMs: healedAt - begunAt,
        faults,
        kills: killsIn(faults),
        canFillDisk: house.canFillDisk,
        postgresEnded: house.postgresEnded,
        commands: outcomes(history),
        undecided: undecided(history),
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

/** Lets everything fail for as long, or as often, as was asked for; resolves when all of it is well again. */
async function underFaults(house: ChaosHouse, options: ChaosOptions) {
  const { durationMs, kills = Number.POSITIVE_INFINITY, seed, only, say = () => undefined } = options;
  const faults = unleash(house, chanceOf(seed), { say, ...(only === undefined ? {} : { only }) });
  const until = Date.now() + durationMs;
  while (Date.now() < until && killsIn(faults.counts) < kills) await delay(KILLS_POLL_MS);
  await faults.stop();
  return faults.counts;
}

function atWork(
  { clerks, kiosks }: Awaited<ReturnType<typeof moveIn>>,
  history: History,
  { over, givenUp }: { readonly over: () => boolean; readonly givenUp: () => boolean },
): Promise<void>[] {
  let phones = 0;
  const phoneOf = () => `+4179${String(1_000_000 + phones++)}`;
  return [
    ...clerks.map(({ connection, counterId }) => beClerk(connection, counterId, over)),
    ...kiosks.map((caller, i) =>
      beKiosk({ caller, history, who: `kiosk ${i + 1}` }, DEMO_LOCATION_ID, { over, givenUp, phoneOf }),
    ),
  ];
}

function outcomes({ operations }: History): ChaosReport['commands'] {
  const decided = operations.flatMap(({ answers }) => answers.find(isDecided) ?? []);
  const accepted = decided.filter(({ ok }) => ok).length;
  const sent = operations.length;
  return { sent, accepted, refused: decided.length - accepted, unknown: sent - decided.length };
}

/** What was said last of commands that nobody decided, by type and answer. */
function undecided({ operations }: History): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { type, answers } of operations) {
    if (answers.some(isDecided)) continue;
    const last = answers.at(-1);
    const key = `${type}: ${last === undefined || last.ok ? 'no answer' : last.code}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
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
