// npm run demo: a lively morning at the demo station, played through the public API as its customers and clerks
// would. Watch it on the kiosk, the wall and a tablet.
import { parseArgs } from 'node:util';
import { playMorning } from './demo/play.ts';

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

const clock = (): string => new Date().toTimeString().slice(0, 8);

async function play(speed: number, minutes: number, seed: number, url: string): Promise<boolean> {
  const say = (line: string): void => console.log(`${clock()}  ${line}`);
  const played = await playMorning({ url, speed, minutes, seed, say });
  console.log('Ctrl-C ends the morning.');
  process.once('SIGINT', () => played.stop());
  const refusals = [...(await played.done)].map(([code, count]) => `${code} ${count}`);
  console.log(
    `The morning is over. Unexpected refusals: ${refusals.length === 0 ? 'none' : refusals.join(', ')}`,
  );
  return refusals.length === 0;
}

const speed = Number(values.speed);
const minutes = Number(values.minutes);
if (values.help || !(speed > 0) || !(minutes > 0)) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 1);
}
play(speed, minutes, Number(values.seed), values.url.replace(/\/+$/, '')).then(
  (clean) => process.exit(clean ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    console.error('Is the server running, in its demo? Start it with: npm start');
    process.exit(1);
  },
);
