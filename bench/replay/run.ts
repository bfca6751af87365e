import { people } from '@schalter/drizzle/seed/station.ts';
import { addMs, HOUR, instantOf } from '@schalter/shared/kernel/time.ts';
import type { Stage } from '@schalter/shared/queue/rows.ts';
import { Api, asPerson, type Proof } from '../lib/api.ts';
import { Listener } from '../lib/listener.ts';
import { freePort, startServer } from '../lib/server.ts';
import { ServerClock } from '../lib/server-clock.ts';
import type { Run } from './format.ts';
import { outcomes } from './outcome.ts';
import type { Plan } from './plan.ts';
import { playDay } from './play.ts';
import { setUpHouse } from './set-up.ts';

export interface ReplayOptions {
  readonly plan: Plan;
  readonly speed: number;
  readonly timeZone: string;
  /** A running server whose clock runs at this speed; null for one of the replay's own. */
  readonly server: { readonly url: string; readonly email: string; readonly password: string } | null;
  readonly onProgress: (line: string) => void;
}

/** Set-up and the way to midnight: the day begins early enough that it ends on the same day. */
const BEGINS_EARLIER_MS = 2 * HOUR;
/** The day begins when everything is ready, this much before the first customer. */
const LEAD_S = 180;
/** Access lasts fifteen minutes of the server's clock, which is five seconds at 180 times; the door signs in before. */
const DOOR_SESSION_S = 600;
const PROGRESS_MS = 15_000;
/** What comes after the last command still has to reach the listener. */
const SETTLE_MS = 500;

/** Replays a day through a running server, its own by default, and returns what happened. */
export async function replay(options: ReplayOptions): Promise<Run> {
  if (options.server !== null) return replayOn(options, options.server);
  const { plan, speed, timeZone } = options;
  const firstMs = plan.firstS * 1_000;
  const start = addMs(instantOf(plan.day, '00:00', timeZone), firstMs - BEGINS_EARLIER_MS);
  const server = await startServer({
    port: await freePort(),
    environment: { CLOCK_SPEED: String(speed), CLOCK_START: start },
  });
  try {
    const [admin] = people.filter((person) => person.role === 'admin');
    if (admin === undefined) throw new Error('the demo has no admin');
    return await replayOn(options, { url: server.url, email: admin.email, password: admin.password });
  } finally {
    await server.stop();
  }
}

async function replayOn(
  { plan, speed, timeZone, onProgress }: ReplayOptions,
  { url, email, password }: NonNullable<ReplayOptions['server']>,
): Promise<Run> {
  const clock = new ServerClock(speed);
  const api = new Api(url, { now: () => clock.now() });
  const door = doorOf(api, clock, email, password);
  const house = await setUpHouse(api, await door(), plan, timeZone);
  let token = await door();
  const listener = new Listener({
    url,
    proof: () => ({ auth: { token: tokenOf(token) } }),
    streamId: house.streamId,
    audience: 'manager',
    onSignal: (signal) => {
      if (signal.kind === 'heartbeat') clock.hear(signal);
    },
  });
  await listener.ready();
  await clock.checkSpeed();
  clock.beginAt(plan.firstS - LEAD_S);
  const begun = performance.now();
  const stages = (): ReadonlyMap<string, Stage> => listener.table<Stage>('stages');
  const progress = setInterval(() => {
    void door().then((now) => (token = now));
    onProgress(`${timeOfDay(clock.logS)}  ${tally(stages())}`);
  }, PROGRESS_MS);
  try {
    const day = await playDay(plan, { api, clock, house, door });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    return {
      plan,
      speed,
      played: outcomes(plan, day, stages(), { clock, house }),
      numbers: [...day.tickets.values()],
      answersMs: day.answersMs,
      refusals: day.refusals,
      errors: day.errors,
      emptySlots: day.emptySlots,
      madeUp: day.madeUp,
      wallS: (performance.now() - begun) / 1_000,
    };
  } finally {
    clearInterval(progress);
    listener.close();
  }
}

/** Who issues the tickets: an admin, signed in again before the session of a long day ends. */
function doorOf(api: Api, clock: ServerClock, email: string, password: string): () => Promise<Proof> {
  let signedIn: { readonly proof: Promise<Proof>; readonly atS: number } | null = null;
  return () => {
    const nowS = clock.isSet ? clock.nowMs / 1_000 : Number.NEGATIVE_INFINITY;
    // Before the first heartbeat nobody knows how old a sign-in is by the server's clock.
    if (signedIn === null || !clock.isSet || nowS - signedIn.atS > DOOR_SESSION_S) {
      signedIn = { proof: api.login(email, password).then(asPerson), atS: nowS };
    }
    return signedIn.proof;
  };
}

const tokenOf = (proof: Proof): string => (proof['authorization'] ?? '').replace('Bearer ', '');

const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
const timeOfDay = (s: number): string => `${two(s / 3_600)}:${two((s % 3_600) / 60)}`;

function tally(stages: ReadonlyMap<string, Stage>): string {
  const count = (...statuses: Stage['status'][]): number =>
    [...stages.values()].filter((stage) => statuses.includes(stage.status)).length;
  return `${count('waiting')} wait, ${count('called', 'serving')} at counters, ${count('done')} served, ${count('left')} left`;
}
