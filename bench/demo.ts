// npm run demo: a lively morning at the demo station, played through the public API as its customers and clerks
// would. Watch it on the kiosk, the wall and a tablet.
import { parseArgs } from 'node:util';
import { people } from '@schalter/drizzle/seed/station.ts';
import type { Signal } from '@schalter/shared/kernel/protocol.ts';
import { Api, asPerson } from './lib/api.ts';
import { chanceOf } from './lib/chance.ts';
import { Listener } from './lib/listener.ts';
import { work } from './demo/clerk.ts';
import { visit, type Doors } from './demo/customer.ts';
import { reservationDesk } from './demo/desk.ts';
import { Hall } from './demo/hall.ts';
import { morning } from './demo/script.ts';

const USAGE = `npm run demo -- [--speed N] [--minutes M] [--seed S] [--url URL]
  --speed N    N times as fast as life (10); waits are said in real minutes, so they shrink with it
  --minutes M  minutes of the morning to play (120)
  --seed S     another morning (1)
  --url URL    the running server, in its demo (http://localhost:4000)`;

const { values } = parseArgs({
  options: {
    speed: { type: 'string', default: '10' },
    minutes: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
    url: { type: 'string', default: `http://localhost:${process.env['PORT'] ?? '4000'}` },
    help: { type: 'boolean', default: false },
  },
});

/** Somebody who is being served may finish; after that the clerks go home. */
const CLOSING_MIN = 20;

async function play(speed: number, minutes: number, seed: number, url: string): Promise<void> {
  const api = new Api(url);
  const chance = chanceOf(seed);
  const { kiosk, locationId } = await openKiosk(api);
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
    streamId: locationId,
    audience: 'kiosk',
    onSignal: (signal: Signal) => {
      if (signal.kind === 'arrivalCode') arrivalCode = signal.code;
    },
  });
  const listener = new Listener({
    url,
    proof: () => ({ auth: { token: first.token } }),
    streamId: locationId,
    audience: 'staff',
    onChange: () => hall.changed(),
  });
  const hall = new Hall({
    api,
    locationId,
    listener,
    chance,
    speed,
    say: (line) => console.log(`${clock()}  ${line}`),
  });
  await Promise.all([listener.ready(), hears.ready()]);

  const doors: Doors = {
    kiosk: kiosk.proof,
    arrivalCode: () => arrivalCode,
    reserve: reservationDesk(hall, asPerson(manager.token)),
  };
  const visitors = morning(chance, minutes);
  console.log(
    `${visitors.length} customers in ${minutes} minutes, at ${speed} times their speed; Ctrl-C ends the morning.`,
  );
  const absent = new Set<string>();
  const working = clerks.map(({ token, ...clerk }) =>
    work(hall, { ...clerk, proof: asPerson(token) }, (id) => absent.has(id)),
  );
  const begun = performance.now();
  const coming = visitors.map(async (visitor) => {
    await hall.until(() => false, visitor.atMin - ((performance.now() - begun) * speed) / 60_000);
    if (!hall.over) await visit(hall, doors, visitor, (id) => absent.add(id));
  });
  process.once('SIGINT', () => {
    hall.over = true;
    hall.changed();
  });
  await Promise.race([Promise.all(coming), hall.until(() => hall.over, minutes + CLOSING_MIN)]);
  hall.over = true;
  hall.changed();
  await Promise.all(working);
  listener.close();
  hears.close();
  const refusals = [...hall.refusals].map(([code, count]) => `${code} ${count}`);
  console.log(
    `The morning is over. Unexpected refusals: ${refusals.length === 0 ? 'none' : refusals.join(', ')}`,
  );
  process.exit(refusals.length === 0 ? 0 : 1);
}

const clock = (): string => new Date().toTimeString().slice(0, 8);

async function openKiosk(api: Api) {
  const kiosk = await api.demoDevice('kiosk', 9);
  const { location } = await api.request<{ location: { id: string } }>('GET', '/api/v1/device', kiosk.proof);
  return { kiosk, locationId: location.id };
}

const speed = Number(values.speed);
const minutes = Number(values.minutes);
if (values.help || !(speed > 0) || !(minutes > 0)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 1);
}
play(speed, minutes, Number(values.seed), values.url.replace(/\/+$/, '')).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.error('Is the server running, in its demo? Start it with: npm start');
  process.exit(1);
});
