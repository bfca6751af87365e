import { describe, expect, it } from 'vitest';
import { formatReport, isClean, type Run } from './format.ts';
import type { LogRow } from './log.ts';
import {
  brokenNumbers,
  compareWithLog,
  judgeBySlice,
  judgeEstimates,
  passedOver,
  type Played,
} from './report.ts';

const logRow = (given: Partial<LogRow>): LogRow => ({
  line: 2,
  day: '1999-02-01',
  joinS: 1_000,
  service: 'PS',
  priority: 0,
  waitS: 60,
  outcome: 'served',
  startS: 1_060,
  serviceS: 100,
  agent: 'A01',
  ...given,
});
const played = (given: Partial<Played> & { log?: Partial<LogRow> } = {}): Played => {
  const { log, ...rest } = given;
  return {
    row: logRow(log ?? {}),
    serviceKey: 'PS',
    promise: { lowS: 0, highS: 120 },
    ahead: 1,
    arrivedS: 1_000,
    effectiveS: 1_000,
    calledS: 1_060,
    calledBy: 'A01',
    outcome: 'served',
    endedS: 1_160,
    ...rest,
  };
};

describe('the comparison with the log', () => {
  it('counts outcomes, and compares the waits of those served in both', () => {
    const comparison = compareWithLog([
      played(),
      played({ calledS: 1_160, calledBy: 'A02' }),
      played({ log: { outcome: 'left' } }),
      played({ outcome: 'left', calledS: null }),
      played({ outcome: 'waiting', calledS: null }),
    ]);
    expect(comparison.outcomes).toEqual({
      'served>served': 2,
      'left>served': 1,
      'served>left': 1,
      'served>waiting': 1,
    });
    expect(comparison).toMatchObject({
      bothServed: 2,
      sameShare: 0.5,
      meanWaitLogS: 60,
      meanWaitHereS: 110,
      meanDifferenceS: 50,
      p95DifferenceS: 100,
      sameAgentShare: 0.5,
    });
  });
});

describe('the judgement of the estimates', () => {
  it('takes the middle of the range for error and bias, and counts what lies inside and what came late', () => {
    const figures = judgeEstimates([
      played({ promise: { lowS: 0, highS: 60 } }), // waited 60: on the upper bound, inside, 30 too little
      played({ promise: { lowS: 120, highS: 240 } }), // 120 too much
      played({ calledS: 1_300, promise: { lowS: 60, highS: 180 } }), // waited 300: late, 180 too little
    ]);
    expect(figures.cases).toBe(3);
    expect(figures.meanWaitS).toBe(140);
    expect(figures.maeS).toBe(110);
    expect(figures.biasS).toBe(-30);
    expect(figures.insideShare).toBeCloseTo(1 / 3);
    expect(figures.lateShare).toBeCloseTo(1 / 3);
    expect(figures.meanWidthS).toBe(100);
    expect(figures.maeOfMeanS).toBeCloseTo((80 + 80 + 160) / 3);
  });

  it('leaves out who was never called, and counts apart where nothing was promised', () => {
    const figures = judgeEstimates([
      played(),
      played({ calledS: null, outcome: 'left' }),
      played({ promise: null }),
    ]);
    expect(figures).toMatchObject({ cases: 1, withoutRange: 1 });
  });

  it('splits by class and by people ahead, among those who queued', () => {
    const slices = judgeBySlice([
      played({ calledS: 1_001 }),
      played({ serviceKey: 'PS+' }),
      played({ ahead: 4 }),
      played({ ahead: 9 }),
    ]);
    expect(slices.map(({ slice, figures }) => [slice.trim(), figures.cases])).toEqual([
      ['all served', 4],
      ['who queued', 3],
      ['with credit', 1],
      ['ordinary', 2],
      ['0 ahead', 0],
      ['1-2 ahead', 1],
      ['3-5 ahead', 1],
      ['6+ ahead', 1],
    ]);
  });
});

describe('soundness', () => {
  const counters = new Map([
    ['A01', ['PS']],
    ['A02', ['IN']],
  ]);

  it('finds a call that passed over somebody that counter serves', () => {
    const first = played({ arrivedS: 900, effectiveS: 900, calledS: 1_200 });
    const second = played({ arrivedS: 950, effectiveS: 950, calledS: 1_000 });
    expect(passedOver([first, second], counters)).toEqual([{ called: second, insteadOf: first }]);
    expect(passedOver([{ ...first, serviceKey: 'IN' }, second], counters)).toEqual([]);
    expect(passedOver([{ ...first, calledS: null, outcome: 'left', endedS: 980 }, second], counters)).toEqual(
      [],
    );
    expect(passedOver([{ ...first, effectiveS: 960 }, second], counters)).toEqual([]);
    const leavesJustThen = { ...first, calledS: null, outcome: 'left' as const, endedS: 1_002 };
    expect(passedOver([leavesJustThen, second], counters)).toHaveLength(1);
    expect(passedOver([leavesJustThen, second], counters, 3)).toEqual([]);
  });

  it('finds a number that is missing or double', () => {
    const of = (...numbers: number[]) => numbers.map((number) => ({ series: 'P', number }));
    expect(brokenNumbers(of(2, 1, 3))).toEqual([]);
    expect(brokenNumbers(of(1, 3))).toEqual(['P3 in place 2']);
    expect(brokenNumbers([...of(1, 1), { series: 'N', number: 1 }])).toEqual(['P1 in place 2']);
  });

  it('calls a run clean only without errors, and says each error', () => {
    const run: Run = {
      plan: {
        day: '1999-02-01',
        services: [],
        agents: [],
        customers: [],
        firstS: 0,
        lastS: 3_600,
        notes: [],
      },
      speed: 60,
      played: [played()],
      numbers: [{ series: 'P', number: 1 }],
      answersMs: [4],
      refusals: { queueEmpty: 2 },
      errors: [],
      emptySlots: 0,
      madeUp: 0,
      wallS: 60,
    };
    expect(isClean(run)).toBe(true);
    expect(isClean({ ...run, errors: ['line 2: unavailable'] })).toBe(false);
    expect(isClean({ ...run, numbers: [{ series: 'P', number: 2 }] })).toBe(false);
    expect(formatReport({ ...run, errors: ['line 2: unavailable'] })).toContain('line 2: unavailable');
    expect(formatReport(run)).toContain('refusals: queueEmpty 2');
  });
});
