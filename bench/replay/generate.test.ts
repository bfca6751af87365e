import { describe, expect, it } from 'vitest';
import { generateLog } from './generate.ts';
import { readLog, writeLog } from './log.ts';

const day = '2026-03-02';
const log = generateLog({ seed: 7, day, hours: 8 });
const served = log.filter((row) => row.outcome === 'served');

describe('a synthetic queue log', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(generateLog({ seed: 7, day, hours: 8 })).toEqual(log);
    expect(generateLog({ seed: 8, day, hours: 8 })).not.toEqual(log);
  });

  it('has the form of a real one', () => {
    expect(readLog(writeLog(log)).map(({ line: _line, ...row }) => row)).toEqual(log);
    for (const row of served) expect(row.startS).toBe(row.joinS + row.waitS);
  });

  it('has both classes, people who give up, several kinds of service, waits and bursts', () => {
    expect(log.length).toBeGreaterThan(300);
    expect(new Set(log.map((row) => row.priority))).toEqual(new Set([0, 1, 2]));
    expect(new Set(log.map((row) => row.service)).size).toBe(4);
    const left = log.length - served.length;
    expect(left / log.length).toBeGreaterThan(0.02);
    expect(left / log.length).toBeLessThan(0.4);
    expect(served.filter((row) => row.waitS > 30).length).toBeGreaterThan(served.length / 20);
    const perFiveMin = new Map<number, number>();
    for (const row of log)
      perFiveMin.set(Math.floor(row.joinS / 300), (perFiveMin.get(Math.floor(row.joinS / 300)) ?? 0) + 1);
    expect(Math.max(...perFiveMin.values())).toBeGreaterThan((2 * log.length) / (8 * 12));
  });

  it('lets nobody serve two at once, and has agents that come and go', () => {
    const agents = new Set(served.map((row) => row.agent));
    const firsts: number[] = [];
    for (const agent of agents) {
      const mine = served
        .filter((row) => row.agent === agent)
        .sort((a, b) => (a.startS ?? 0) - (b.startS ?? 0));
      mine.reduce((endS, row) => {
        expect(row.startS).toBeGreaterThanOrEqual(endS);
        return (row.startS ?? 0) + (row.serviceS ?? 0);
      }, 0);
      firsts.push(mine[0]?.startS ?? 0);
    }
    expect(agents.size).toBe(7);
    expect(Math.max(...firsts) - Math.min(...firsts)).toBeGreaterThan(3_600);
  });

  it('serves by effective time: nobody who could be served waits behind a later one', () => {
    const effective = (row: (typeof log)[number]) => row.joinS - (row.priority === 2 ? 90 : 0);
    const common = served.filter((row) => row.service === 'PS' || row.service === 'NW');
    for (const row of common) {
      const overtaken = common.filter(
        (other) =>
          other.joinS <= (row.startS ?? 0) &&
          (other.startS ?? 0) > (row.startS ?? 0) &&
          effective(other) < effective(row),
      );
      expect(overtaken).toEqual([]);
    }
  });
});
