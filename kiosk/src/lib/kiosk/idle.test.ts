import { describe, expect, it } from 'vitest';
import { idleAfter, PATIENCE, QUIET_MS, WARNING_MS } from './idle.ts';

describe('nobody there', () => {
  it('[KI-08] [KS13] asks after 45 s, counts 15 s down, and begins again', () => {
    expect(idleAfter(44_999, false)).toEqual({ kind: 'awake' });
    expect(idleAfter(45_000, false)).toEqual({ kind: 'asking', secondsLeft: 15 });
    expect(idleAfter(59_001, false)).toEqual({ kind: 'asking', secondsLeft: 1 });
    expect(idleAfter(60_000, false)).toEqual({ kind: 'over' });
  });
  it('[KS13] gives whoever has asked for help twice the time', () => {
    expect(idleAfter(QUIET_MS * PATIENCE - 1, true)).toEqual({ kind: 'awake' });
    expect(idleAfter(QUIET_MS * PATIENCE, true)).toEqual({ kind: 'asking', secondsLeft: 30 });
    expect(idleAfter((QUIET_MS + WARNING_MS) * PATIENCE, true)).toEqual({ kind: 'over' });
  });
});
