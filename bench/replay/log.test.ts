import { describe, expect, it } from 'vitest';
import { daysOf, LogError, readLog, writeLog } from './log.ts';

const HEADER = 'day,join_s,service,priority,wait_s,outcome,start_s,service_s,agent';
const SERVED = '1999-02-01,25194,NW,0,0,served,25193,113,A03';

describe('reading a queue log', () => {
  it('takes served and left customers', () => {
    expect(readLog(`${HEADER}\n${SERVED}\n1999-02-02,27000,PS,2,44,left,,,\n`)).toEqual([
      {
        line: 2,
        day: '1999-02-01',
        joinS: 25194,
        service: 'NW',
        priority: 0,
        waitS: 0,
        outcome: 'served',
        startS: 25193,
        serviceS: 113,
        agent: 'A03',
      },
      {
        line: 3,
        day: '1999-02-02',
        joinS: 27000,
        service: 'PS',
        priority: 2,
        waitS: 44,
        outcome: 'left',
        startS: null,
        serviceS: null,
        agent: null,
      },
    ]);
  });

  it('takes the columns in any order, a byte order mark, Windows line ends and further columns', () => {
    const text =
      '\ufeffagent,day,join_s,service,priority,wait_s,outcome,start_s,service_s,note\r\nA03,1999-02-01,25194,NW,0,0,served,25193,113,x\r\n';
    expect(readLog(text)[0]).toMatchObject({ agent: 'A03', joinS: 25194, serviceS: 113 });
  });

  it.each([
    ['', 'the file is empty'],
    ['day,join_s\n', 'line 1: columns missing: service'],
    [`${HEADER}\n${SERVED.replace('served', 'eaten')}`, 'line 2: outcome is "eaten"'],
    [`${HEADER}\n${SERVED}\n${SERVED.replace('25194', '-3')}`, 'line 3: join_s is "-3"'],
    [`${HEADER}\n${SERVED.replace('25194', '')}`, 'line 2: join_s is ""'],
    [`${HEADER}\n${SERVED.replace('1999-02-01', '1.2.1999')}`, 'line 2: day is "1.2.1999"'],
    [`${HEADER}\n${SERVED.replace('NW', '=cmd()')}`, 'line 2: service is "=cmd()"'],
    [`${HEADER}\n${SERVED},one too many`, 'Invalid Record Length'],
  ])('refuses %j with the line and the reason', (text, message) => {
    expect(() => readLog(text)).toThrow(LogError);
    expect(() => readLog(text)).toThrow(message);
  });

  it('writes what it reads', () => {
    const text = `${HEADER}\n${SERVED}\n1999-02-02,27000,PS,2,44,left,,,\n`;
    expect(writeLog(readLog(text))).toBe(text);
    expect(daysOf(readLog(text))).toEqual(['1999-02-01', '1999-02-02']);
  });
});
