// npm run bench: the figures of the product against their targets.
import { parseArgs } from 'node:util';
import type { Figure, Measurement } from './lib/figure.ts';
import { callToWall } from './figures/call-to-wall.ts';
import { cut } from './figures/cut.ts';
import { endToEnd } from './figures/end-to-end.ts';
import { fanOut } from './figures/fan-out.ts';
import { kioskTouch } from './figures/kiosk-touch.ts';
import { memory } from './figures/memory.ts';
import { numbers } from './figures/numbers.ts';
import { reconnect } from './figures/reconnect.ts';
import { sizes } from './figures/sizes.ts';
import { throughput } from './figures/throughput.ts';

const MEASUREMENTS: readonly Measurement[] = [
  callToWall,
  numbers,
  throughput,
  endToEnd,
  fanOut,
  reconnect,
  cut,
  memory,
  sizes,
  kioskTouch,
];

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, help: { type: 'boolean', default: false } },
});
const keys = MEASUREMENTS.map(({ key }) => key);

function table(figures: readonly Figure[]): string[] {
  const widths = {
    name: Math.max(...figures.map(({ name }) => name.length)),
    value: Math.max(...figures.map(({ value }) => value.length)),
    target: Math.max(...figures.map(({ target }) => target.length)),
  };
  return figures.flatMap(({ name, value, target, ok, details }) => [
    `${name.padEnd(widths.name)}  ${value.padStart(widths.value)}  ${target.padStart(widths.target)}  ${ok ? 'reached' : 'MISSED'}`,
    ...details.map((detail) => `    ${detail}`),
  ]);
}

async function main(): Promise<number> {
  const wanted = values.only ?? keys;
  const unknown = wanted.filter((key) => !keys.includes(key));
  if (values.help || unknown.length > 0) {
    console.log(`npm run bench -- [--only ${keys.join('|')}]…`);
    return values.help ? 0 : 1;
  }
  const figures: Figure[] = [];
  for (const measurement of MEASUREMENTS.filter((m) => wanted.includes(m.key))) {
    console.log(`${measurement.key} (about ${measurement.takesS} s)`);
    figures.push(...(await measurement.measure({ say: (line) => console.log(`  ${line}`) })));
  }
  console.log(`\n${table(figures).join('\n')}`);
  return figures.every(({ ok }) => ok) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
