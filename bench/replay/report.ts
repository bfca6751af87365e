import { mean, median, percentile } from '../lib/stats.ts';
import type { LogRow } from './log.ts';

/** One customer of the log, as the system under test served it. Times are seconds of the log's day. */
export interface Played {
  readonly row: LogRow;
  readonly serviceKey: string;
  /** What was promised on joining; null where the system said nothing. */
  readonly promise: { readonly lowS: number; readonly highS: number } | null;
  readonly ahead: number;
  readonly arrivedS: number;
  readonly effectiveS: number;
  readonly calledS: number | null;
  /** The agent whose counter called. */
  readonly calledBy: string | null;
  /** `waiting`: still there when the last agent went home. */
  readonly outcome: 'served' | 'left' | 'waiting';
  readonly endedS: number;
}

export interface Comparison {
  /** Rows by what the log says and what happened here: "served>left" and so on. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly bothServed: number;
  /** Share of those served in both whose wait differs by at most this many seconds. */
  readonly sameWithinS: number;
  readonly sameShare: number;
  readonly meanWaitLogS: number;
  readonly meanWaitHereS: number;
  readonly meanDifferenceS: number;
  readonly medianDifferenceS: number;
  readonly p95DifferenceS: number;
  /** Served by the same agent as in the log. */
  readonly sameAgentShare: number;
}

/** The log rounds to seconds and begins some services before their join: nearer than this is the same. */
const SAME_WITHIN_S = 5;

const waitOf = (played: Played): number => (played.calledS ?? played.endedS) - played.arrivedS;

export function compareWithLog(all: readonly Played[]): Comparison {
  const outcomes: Record<string, number> = {};
  for (const { row, outcome } of all) {
    const key = `${row.outcome}>${outcome}`;
    outcomes[key] = (outcomes[key] ?? 0) + 1;
  }
  const both = all.filter((played) => played.row.outcome === 'served' && played.outcome === 'served');
  const differences = both.map((played) => Math.abs(waitOf(played) - played.row.waitS));
  const share = (count: number): number => (both.length === 0 ? Number.NaN : count / both.length);
  return {
    outcomes,
    bothServed: both.length,
    sameWithinS: SAME_WITHIN_S,
    sameShare: share(differences.filter((difference) => difference <= SAME_WITHIN_S).length),
    meanWaitLogS: mean(both.map((played) => played.row.waitS)),
    meanWaitHereS: mean(both.map(waitOf)),
    meanDifferenceS: mean(differences),
    medianDifferenceS: median(differences),
    p95DifferenceS: percentile(differences, 0.95),
    sameAgentShare: share(both.filter((played) => played.calledBy === played.row.agent).length),
  };
}

export interface EstimateFigures {
  readonly cases: number;
  /** Cases in which the system said no range, because no counter was open. */
  readonly withoutRange: number;
  readonly meanWaitS: number;
  /** Middle of the range less the wait: positive where too much was promised. */
  readonly biasS: number;
  readonly maeS: number;
  readonly insideShare: number;
  /** Waited longer than the upper bound. */
  readonly lateShare: number;
  readonly meanWidthS: number;
  /** MAE of a sign on the wall with the day's own mean wait: known only afterwards, so a hard one to beat. */
  readonly maeOfMeanS: number;
}

/** How good the ranges were that were promised on joining, for those who were called in the end. */
export function judgeEstimates(all: readonly Played[]): EstimateFigures {
  const called = all.filter((played) => played.calledS !== null);
  const cases = called.flatMap((played) =>
    played.promise === null ? [] : [{ ...played.promise, waitS: waitOf(played) }],
  );
  const waits = cases.map((c) => c.waitS);
  const errors = cases.map((c) => (c.lowS + c.highS) / 2 - c.waitS);
  const meanWaitS = mean(waits);
  const share = (count: number): number => (cases.length === 0 ? Number.NaN : count / cases.length);
  return {
    cases: cases.length,
    withoutRange: called.length - cases.length,
    meanWaitS,
    biasS: mean(errors),
    maeS: mean(errors.map(Math.abs)),
    insideShare: share(cases.filter((c) => c.lowS <= c.waitS && c.waitS <= c.highS).length),
    lateShare: share(cases.filter((c) => c.waitS > c.highS).length),
    meanWidthS: mean(cases.map((c) => c.highS - c.lowS)),
    maeOfMeanS: mean(waits.map((wait) => Math.abs(wait - meanWaitS))),
  };
}

/** A wait shorter than this was no queue: the customer was put through at once. */
const QUEUED_FROM_S = 3;

/** The same figures for all, for those who queued, and by class and number of people ahead. */
export function judgeBySlice(
  all: readonly Played[],
): { readonly slice: string; readonly figures: EstimateFigures }[] {
  const queued = all.filter((played) => waitOf(played) >= QUEUED_FROM_S);
  const ahead = (low: number, high: number) => queued.filter((p) => p.ahead >= low && p.ahead <= high);
  const slices: [string, readonly Played[]][] = [
    ['all served', all],
    ['who queued', queued],
    ['  with credit', queued.filter((played) => played.serviceKey.endsWith('+'))],
    ['  ordinary', queued.filter((played) => !played.serviceKey.endsWith('+'))],
    ['  0 ahead', ahead(0, 0)],
    ['  1-2 ahead', ahead(1, 2)],
    ['  3-5 ahead', ahead(3, 5)],
    ['  6+ ahead', ahead(6, Infinity)],
  ];
  return slices.map(([slice, of]) => ({ slice, figures: judgeEstimates(of) }));
}

export interface PassedOver {
  readonly called: Played;
  readonly insteadOf: Played;
}

/**
 * Calls that passed over somebody whom that counter serves and who stood before by effective time: the
 * dispatcher's own rule, checked from what it wrote down. A call is written with the moment at which it was
 * pressed and takes effect up to `deliveryS` later; who came or went in between is no witness.
 */
export function passedOver(
  all: readonly Played[],
  served: ReadonlyMap<string, readonly string[]>,
  deliveryS = 0,
): PassedOver[] {
  return all.flatMap((called) => {
    const { calledS, calledBy } = called;
    if (calledS === null) return [];
    const keys = served.get(calledBy ?? '') ?? [];
    const insteadOf = all.find(
      (other) =>
        other !== called &&
        keys.includes(other.serviceKey) &&
        other.arrivedS < calledS &&
        (other.calledS ?? other.endedS) > calledS + deliveryS &&
        other.effectiveS < called.effectiveS,
    );
    return insteadOf === undefined ? [] : [{ called, insteadOf }];
  });
}

/** Numbers that are missing or double in a series that begins at 1. */
export function brokenNumbers(
  numbers: readonly { readonly series: string; readonly number: number }[],
): string[] {
  const bySeries = new Map<string, number[]>();
  for (const { series, number } of numbers) bySeries.set(series, [...(bySeries.get(series) ?? []), number]);
  const broken: string[] = [];
  for (const [series, given] of [...bySeries].sort()) {
    const sorted = [...given].sort((a, b) => a - b);
    sorted.forEach((number, i) => {
      if (number !== i + 1 && broken.length < 10) broken.push(`${series}${number} in place ${i + 1}`);
    });
  }
  return broken;
}
