import { describe, expect, it } from 'vitest';
import { expectedPaper, paperOf } from './paper.ts';

describe('the truth about the paper', () => {
  it.each([
    ['ready', 'printing'],
    ['paperOut', 'noPaper'],
    ['unsupported', 'noPrinter'],
    ['notChosen', 'noPrinter'],
    // It may be found again while it prints.
    ['disconnected', 'printing'],
  ] as const)('[KI-06] [KS11] before: %s is %s', (state, truth) => expect(expectedPaper(state)).toBe(truth));
  it('[KI-06] [KS11] afterwards: no more than the printer has said', () => {
    expect(paperOf({ kind: 'printed' })).toBe('printed');
    expect(paperOf({ kind: 'notPrinted', state: 'paperOut' })).toBe('noPaper');
    expect(paperOf({ kind: 'notPrinted', state: 'disconnected' })).toBe('noPrinter');
    expect(paperOf({ kind: 'unknown', state: 'ready', later: Promise.resolve(false) })).toBe('unknown');
  });
});
