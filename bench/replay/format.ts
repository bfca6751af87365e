import { summarise } from '../lib/stats.ts';
import type { Plan } from './plan.ts';
import {
  brokenNumbers,
  compareWithLog,
  judgeBySlice,
  passedOver,
  type PassedOver,
  type Played,
} from './report.ts';

export interface Run {
  readonly plan: Plan;
  readonly speed: number;
  readonly played: readonly Played[];
  readonly numbers: readonly { readonly series: string; readonly number: number }[];
  /** Wall milliseconds from sending a command to its answer. */
  readonly answersMs: readonly number[];
  /** Refusals that belong to the game (nobody waits), by code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** What should not have happened, in words. */
  readonly errors: readonly string[];
  /** Slots of agents in which nobody came; services beyond the slots, for those and for leavers who were served. */
  readonly emptySlots: number;
  readonly madeUp: number;
  readonly wallS: number;
}

const s = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : '–');
const percent = (value: number): string => (Number.isFinite(value) ? `${(100 * value).toFixed(1)} %` : '–');
const row = (cells: readonly string[], widths: readonly number[]): string =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');

/** Of each kind of trouble so many are told one by one. */
const LISTED_MAX = 20;

/** True where the run may be called clean: no error, every number there once, nobody passed over. */
export const isClean = (run: Run): boolean =>
  run.errors.length === 0 && brokenNumbers(run.numbers).length === 0 && passedOverIn(run).length === 0;

const passedOverIn = ({ plan, played, answersMs, speed }: Run): PassedOver[] =>
  passedOver(
    played,
    new Map(plan.agents.map(({ name, serviceKeys }) => [name, serviceKeys])),
    (Math.max(0, ...answersMs) / 1_000) * speed,
  );

export function formatReport(run: Run): string {
  return [...head(run), '', ...differences(run), '', ...estimates(run), '', ...soundness(run)].join('\n');
}

function head({ plan, speed, wallS, played, answersMs }: Run): string[] {
  const hours = (plan.lastS - plan.firstS) / 3_600;
  const answers = summarise(answersMs);
  return [
    `Replay of ${plan.day}: ${played.length} customers, ${plan.agents.length} counters, ${plan.services.length} services`,
    `${hours.toFixed(1)} h at ${speed} times their speed, in ${(wallS / 60).toFixed(1)} min`,
    `${answers.n} commands, answered in ${s(answers.p50)} ms (p50), ${s(answers.p95)} ms (p95), ${s(answers.p99)} ms (p99)`,
    ...plan.notes.map((note) => `  ${note}`),
  ];
}

function differences(run: Run): string[] {
  const c = compareWithLog(run.played);
  const count = (key: string): number => c.outcomes[key] ?? 0;
  const widths = [16, 8, 8, 8];
  return [
    'What differed from the log',
    row(['', 'served', 'left', 'waiting'], widths),
    ...['served', 'left'].map((log) =>
      row(
        [`  log: ${log}`, ...['served', 'left', 'waiting'].map((here) => String(count(`${log}>${here}`)))],
        widths,
      ),
    ),
    `  mean wait of ${c.bothServed} served in both: log ${s(c.meanWaitLogS)} s, here ${s(c.meanWaitHereS)} s`,
    `  waits within ${c.sameWithinS} s of the log: ${percent(c.sameShare)}; difference: mean ${s(c.meanDifferenceS)} s, ` +
      `median ${s(c.medianDifferenceS)} s, p95 ${s(c.p95DifferenceS)} s`,
    `  same agent as in the log: ${percent(c.sameAgentShare)}; agents found nobody ${run.emptySlots} times; ${run.madeUp} services were made up for`,
  ];
}

function estimates(run: Run): string[] {
  const widths = [16, 6, 9, 8, 8, 8, 8, 8, 12, 8];
  const titles = [
    '',
    'cases',
    'wait s',
    'MAE s',
    'bias s',
    'inside',
    'late',
    'width s',
    'MAE of mean',
    'no range',
  ];
  return [
    'How good the promised ranges were (seconds; bias and MAE of the middle of the range)',
    row(titles, widths),
    ...judgeBySlice(run.played).map(({ slice, figures: f }) =>
      row(
        [
          `  ${slice}`,
          String(f.cases),
          s(f.meanWaitS),
          s(f.maeS),
          s(f.biasS),
          percent(f.insideShare),
          percent(f.lateShare),
          s(f.meanWidthS),
          s(f.maeOfMeanS),
          String(f.withoutRange),
        ],
        widths,
      ),
    ),
  ];
}

function soundness(run: Run): string[] {
  const broken = brokenNumbers(run.numbers);
  const over = passedOverIn(run);
  const refusals = Object.entries(run.refusals).map(([code, n]) => `${code} ${n}`);
  return [
    'Soundness',
    `  numbers missing or double: ${broken.length === 0 ? 'none' : broken.join(', ')}`,
    `  calls that passed somebody over: ${over.length === 0 ? 'none' : over.length}`,
    ...over
      .slice(0, LISTED_MAX)
      .map(
        ({ called, insteadOf }) =>
          `    line ${called.row.line} was called at ${s(called.calledS ?? Number.NaN)} s, line ${insteadOf.row.line} waited since ` +
          `${s(insteadOf.arrivedS)} s (effective ${s(insteadOf.effectiveS)} s before ${s(called.effectiveS)} s)`,
      ),
    `  refusals: ${refusals.length === 0 ? 'none' : refusals.join(', ')}`,
    `  errors: ${run.errors.length === 0 ? 'none' : run.errors.length}`,
    ...run.errors.slice(0, LISTED_MAX).map((error) => `    ${error}`),
  ];
}
