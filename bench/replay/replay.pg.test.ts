import { expect, it } from 'vitest';
import { formatReport, isClean } from './format.ts';
import { generateLog } from './generate.ts';
import { readLog, writeLog } from './log.ts';
import { planDay } from './plan.ts';
import { replay } from './run.ts';

/** A quarter of an hour of the log in five seconds, and a server that is started for it. */
const SPEED = 180;
const TEST_MS_MAX = 120_000;

it(
  'a short synthetic log runs through a server with a fast clock to the end, without an error',
  { timeout: TEST_MS_MAX },
  async () => {
    const rows = readLog(writeLog(generateLog({ seed: 11, day: '2026-03-02', hours: 0.25 })));
    const run = await replay({
      plan: planDay(rows, '2026-03-02'),
      speed: SPEED,
      timeZone: 'Europe/Zurich',
      server: null,
      onProgress: () => undefined,
    });
    expect(run.errors).toEqual([]);
    expect(isClean(run), formatReport(run)).toBe(true);
    expect(run.played).toHaveLength(rows.length);
    expect(run.played.filter(({ outcome }) => outcome === 'served').length).toBeGreaterThan(rows.length / 2);
    expect(run.played.some(({ promise }) => promise !== null)).toBe(true);
  },
);
