import { people } from '@schalter/drizzle/seed/station.ts';
import { MINUTE } from '@schalter/shared/kernel/time.ts';
import type { Signal } from '@schalter/shared/kernel/protocol.ts';
import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import { Api, asPerson } from '../lib/api.ts';
import { chanceOf } from '../lib/chance.ts';
import { Listener, type ListenerOptions } from '../lib/listener.ts';
import { ServerClock } from '../lib/server-clock.ts';
import { work } from './clerk.ts';
import { visit, type Doors } from './customer.ts';
import { reservationDesk } from './desk.ts';
import { Hall } from './hall.ts';
import { morning } from './script.ts';

export interface MorningOptions {
  readonly url: string;
  readonly speed: number;
  readonly minutes: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  /** How fast the server's own clock runs: 1, or `speed` where waits and bookings are to be life-like. */
  readonly clockSpeed?: number;
  /** Leaves everything as it is when the minutes are over, instead of letting people finish. */
  readonly breakOff?: boolean;
}

export interface Morning {
  /** Refusals that the game does not expect. */
  readonly done: Promise<ReadonlyMap<RejectionCode, number>>;
  /** The clerks finish and go home. */
  stop(): void;
  /** The server's clock. */
  now(): string;
}

/** Somebody who is being served may finish; after that the clerks go home. */
const CLOSING_MIN = 20;
/** The demo's own kiosk: the script stands before it like everybody else. */
const KIOSK_SLOT = 1;

export async function playMorning(options: MorningOptions): Promise<Morning> {
  const { url, speed, seed, say, clockSpeed = 1 } = options;
  const clock = new ServerClock(clockSpeed);
  const api = new Api(url, { now: () => clock.now() });
  const kiosk = await api.demoDevice('kiosk', KIOSK_SLOT);
  const { location } = await api.request<{ location: { id: string } }>('GET', '/api/v1/device', kiosk.proof);
  const signedIn = await Promise.all(
    people.map(async (person) => ({ ...person, token: await api.login(person.email, person.password) })),
  );
  const clerks = signedIn.filter((person) => person.role === 'clerk');
  const manager = signedIn.find((person) => person.role === 'manager');
  const [first] = clerks;
  if (first === undefined || manager === undefined) throw new Error('the demo has no clerks or no manager');

  let arrivalCode: string | null = null;
  const hears = new Listener({
    url,
    proof: () => ({ auth: { deviceId: kiosk.deviceId, as: 'device' }, headers: kiosk.proof }),
    streamId: location.id,
    audience: 'kiosk',
    onSignal: (signal: Signal) => {
      if (signal.kind === 'arrivalCode') arrivalCode = signal.code;
    },
  });
  const tabletOf = (token: string, more: Partial<ListenerOptions> = {}): Listener => {
    const proof = () => ({ auth: { token } });
    return new Listener({ url, proof, streamId: location.id, audience: 'staff', ...more });
  };
  const listener = tabletOf(first.token, {
    onChange: () => hall.changed(),
    onSignal: (signal) => {
      if (signal.kind === 'heartbeat') clock.hear(signal);
    },
  });
  // Without a line the house would take the others for cut off, and keep a share of the customers for each.
  const others = clerks.slice(1).map(({ token }) => tabletOf(token));
  const hall = new Hall({
    api,
    locationId: location.id,
    listener,
    chance: chanceOf(seed),
    speed,
    clockSpeed,
    say,
  });
  const lines = [listener, hears, ...others];
  await Promise.all(lines.map((line) => line.ready()));
  const doors: Doors = {
    kiosk: kiosk.proof,
    arrivalCode: () => arrivalCode,
    reserve: reservationDesk(hall, asPerson(manager.token), () => clock.now()),
  };
  const done = run(options, hall, doors, clerks).finally(() => {
    lines.forEach((line) => line.close());
  });
  return { done, stop: () => hall.end(), now: () => clock.now() };
}

async function run(
  { minutes, speed, say, breakOff = false }: MorningOptions,
  hall: Hall,
  doors: Doors,
  clerks: readonly { name: string; personId: string; token: string }[],
): Promise<ReadonlyMap<RejectionCode, number>> {
  const visitors = morning(hall.chance, minutes);
  say(`${visitors.length} customers in ${minutes} minutes, at ${speed} times their speed`);
  const absent = new Set<string>();
  const working = clerks.map(({ name, personId, token }, i) =>
    work(hall, { name, personId, proof: asPerson(token), likes: i }, (visitId) => absent.has(visitId)),
  );
  const begun = performance.now();
  const coming = visitors.map(async (visitor) => {
    await hall.until(() => false, visitor.atMin - ((performance.now() - begun) * speed) / MINUTE);
    if (!hall.over) await visit(hall, doors, visitor, (visitId) => absent.add(visitId));
  });
  if (breakOff) {
    await hall.minutes(minutes);
    hall.freeze();
    return hall.refusals;
  }
  await Promise.race([Promise.all(coming), hall.until(() => hall.over, minutes + CLOSING_MIN)]);
  hall.end();
  await Promise.all(working);
  return hall.refusals;
}
