// npm run replay: a day of a queue log through the running product.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatReport, isClean } from './replay/format.ts';
import { generateLog } from './replay/generate.ts';
import { daysOf, LogError, readLog, writeLog } from './replay/log.ts';
import { planDay } from './replay/plan.ts';
import { replay } from './replay/run.ts';

const USAGE = `npm run replay -- FILE.csv [--speed N] [--day 2026-05-20] [--zone Europe/Zurich] [--out report.txt]
    plays a day of the log (the first by default) through a server of its own, whose clock runs N times as fast (60)
npm run replay -- FILE.csv --speed 1 --url URL --email E --password P
    the same through a running server; its clock must run at that speed
npm run replay -- --generate [--seed S] [--hours H] [--day D] [--out FILE.csv]
    writes a synthetic log of the same form`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    speed: { type: 'string', default: '60' },
    day: { type: 'string' },
    zone: { type: 'string', default: 'Europe/Zurich' },
    url: { type: 'string' },
    email: { type: 'string' },
    password: { type: 'string' },
    generate: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    hours: { type: 'string', default: '10' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** npm runs scripts in the project's root; a visitor means the folder that npm was called in. */
const path = (name: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), name);
const GENERATED_DAY = '2026-03-02';

function generate(): void {
  const file = path(values.out ?? 'queue-log.csv');
  const log = generateLog({
    seed: Number(values.seed),
    day: values.day ?? GENERATED_DAY,
    hours: Number(values.hours),
  });
  writeFileSync(file, writeLog(log));
  console.log(`${log.length} customers written to ${file}`);
}

async function play(file: string): Promise<boolean> {
  const rows = readLog(readFileSync(path(file), 'utf8'));
  const day = values.day ?? daysOf(rows)[0];
  if (day === undefined || !daysOf(rows).includes(day)) throw new LogError(`the log has no day ${day ?? ''}`);
  const { url, email, password } = values;
  if (url !== undefined && (email === undefined || password === undefined)) {
    throw new LogError('--url needs the --email and --password of somebody who may open a location');
  }
  const run = await replay({
    plan: planDay(rows, day),
    speed: Number(values.speed),
    timeZone: values.zone,
    server:
      url === undefined
        ? null
        : { url: url.replace(/\/+$/, ''), email: email ?? '', password: password ?? '' },
    onProgress: (line) => console.log(line),
  });
  const report = formatReport(run);
  console.log(`\n${report}`);
  if (values.out !== undefined) writeFileSync(path(values.out), `${report}\n`);
  return isClean(run);
}

async function main(): Promise<number> {
  const [file] = positionals;
  if (values.help || (file === undefined && !values.generate) || !(Number(values.speed) > 0)) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  if (values.generate) {
    generate();
    return 0;
  }
  return (await play(file ?? '')) ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof LogError ? error.message : error);
    process.exit(1);
  },
);
