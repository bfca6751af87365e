import { describe, expect, it } from 'vitest';
import type { LogRow } from './log.ts';
import { planDay } from './plan.ts';

const DAY = '1999-02-01';
let line = 1;
const row = (given: Partial<LogRow>): LogRow => ({
  line: (line += 1),
  day: DAY,
  joinS: 1_000,
  service: 'PS',
  priority: 0,
  waitS: 0,
  outcome: 'served',
  startS: 1_000,
  serviceS: 60,
  agent: 'A01',
  ...given,
});
const left = (given: Partial<LogRow>): LogRow =>
  row({ outcome: 'left', startS: null, serviceS: null, agent: null, ...given });

describe('the plan of a day', () => {
  it('gives each kind of service and each class a letter of its own', () => {
    const { services } = planDay(
      [row({}), row({ priority: 2 }), row({ service: 'PE' }), row({ service: 'TT', priority: 1 })],
      DAY,
    );
    expect(services.map(({ key }) => key)).toEqual(['PE', 'PS', 'PS+', 'TT']);
    expect(new Set(services.map(({ letter }) => letter)).size).toBe(4);
    expect(services.map(({ creditS }) => creditS)).toEqual([0, 0, 90, 0]);
  });

  it('lets an agent serve what she served that day, in either class, and nothing else', () => {
    const { agents } = planDay(
      [row({}), row({ priority: 2, agent: 'A02' }), row({ service: 'IN', agent: 'A03' })],
      DAY,
    );
    expect(agents.map((agent) => agent.serviceKeys)).toEqual([['PS', 'PS+'], ['PS', 'PS+'], ['IN']]);
  });

  it('begins no service before its customer joined, nor before the agent is free', () => {
    const { agents } = planDay(
      [
        row({ startS: 999 }),
        row({ joinS: 1_030, startS: 1_030, serviceS: 20 }),
        row({ joinS: 1_200, startS: 1_200 }),
      ],
      DAY,
    );
    expect(agents[0]?.slots.map((slot) => slot.atS)).toEqual([1_000, 1_060, 1_200]);
  });

  it('sees a break where an agent is idle while a customer of hers waits, and only there', () => {
    const busy = [row({}), row({ joinS: 1_900, startS: 2_000, waitS: 100 })];
    const quiet = [row({}), row({ joinS: 2_000, startS: 2_000 })];
    const others = [...quiet, left({ service: 'NE', joinS: 1_500, waitS: 300 })];
    const breaks = (rows: LogRow[]) => planDay(rows, DAY).agents[0]?.slots.map((slot) => slot.afterBreak);
    expect(breaks(busy)).toEqual([false, true]);
    expect(breaks(quiet)).toEqual([false, false]);
    expect(breaks(others)).toEqual([false, false]);
  });

  it('gives who was served by nobody with a name to somebody free, and else to a counter of its own', () => {
    const busyA01 = [row({}), row({ joinS: 1_500, startS: 1_500 })];
    const between = planDay([...busyA01, row({ agent: null, joinS: 1_200, startS: 1_200 })], DAY);
    expect(between.agents.map(({ name, slots }) => [name, slots.length])).toEqual([['A01', 3]]);
    const during = planDay([...busyA01, row({ agent: null, joinS: 1_030, startS: 1_030 })], DAY);
    expect(during.agents.map(({ name, slots }) => [name, slots.length])).toEqual([
      ['A01', 2],
      ['X', 1],
    ]);
    expect(during.notes[0]).toContain('1 rows served by nobody with a name');
  });

  it('takes the row without a start at join and wait, and patience from those who left', () => {
    const plan = planDay(
      [row({ joinS: 900, startS: null, waitS: 150, serviceS: 0 }), left({ joinS: 950, waitS: 44 })],
      DAY,
    );
    expect(plan.agents[0]?.slots).toEqual([{ atS: 1_050, serviceS: 0, afterBreak: false }]);
    expect(plan.customers.map((customer) => customer.leavesAtS)).toEqual([null, 994]);
    expect([plan.firstS, plan.lastS]).toEqual([900, 1_050]);
  });

  it('knows no other day', () => {
    expect(planDay([row({}), row({ day: '1999-02-02' })], DAY).customers).toHaveLength(1);
  });
});
