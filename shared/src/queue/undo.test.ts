import { describe, expect, it } from 'vitest';
import { mayUndo, wallCalls } from './select.ts';
import { COUNTERS, MANAGER, SERVICES, customer, person, station, type Station } from './station.testing.ts';

const undo = (s: Station, stageId: string, actor = person(1)) =>
  s.run('queue.undo', { stageId, version: s.stage(stageId).version }, actor);
const wall = (s: Station) => wallCalls(s.live, [], 10).map((c) => `${c.series}${c.number} call ${c.callNo}`);
const called = (s: Station) => {
  s.issue();
  return s.callNext(0);
};
/** Brings a stage to where an action can be taken, takes it, and says which stage it was. */
const actions: Record<string, (s: Station) => string> = {
  call: (s) => called(s).stageId,
  recall: (s) => {
    const { stageId } = called(s);
    s.do('queue.recall', { stageId }, person(1));
    return stageId;
  },
  start: (s) => s.serve(SERVICES.A, 0).stageId,
  complete: (s) => {
    const { stageId } = s.serve(SERVICES.A, 0);
    s.do('queue.complete', { stageId, outcome: 'Vertrag' }, person(1));
    return stageId;
  },
  hold: (s) => {
    const { stageId } = s.serve(SERVICES.A, 0);
    s.do('queue.hold', { stageId, reason: 'x', owner: 'clerk', resumeInMin: 5 }, person(1));
    return stageId;
  },
  resume: (s) => {
    const stageId = actions['hold']?.(s) ?? '';
    s.do('queue.resume', { stageId }, person(1));
    return stageId;
  },
  requeue: (s) => {
    const { stageId } = called(s);
    s.do('queue.requeue', { stageId, position: { at: 'last' } }, person(1));
    return stageId;
  },
  transfer: (s) => {
    const { stageId } = called(s);
    const to = { serviceId: SERVICES.C, counterId: null, personId: null, note: null };
    s.do('queue.transfer', { stageId, ...to }, person(1));
    return stageId;
  },
  markNoShow: (s) => {
    const { stageId } = called(s);
    s.pass(5);
    s.do('queue.markNoShow', { stageId }, person(1));
    return stageId;
  },
  cancel: (s) => {
    const { stageId } = called(s);
    s.do('queue.cancel', { stageId, reason: 'x' }, person(1));
    return stageId;
  },
  reopen: (s) => {
    const stageId = actions['cancel']?.(s) ?? '';
    s.do('queue.reopen', { stageId }, person(1));
    return stageId;
  },
};

describe('undo', () => {
  it.each(Object.keys(actions))('[Q8] %s is taken back: the stage is as it was before', (action) => {
    const s = station();
    const stageId = actions[action]?.(s) ?? '';
    const after = s.stage(stageId);
    const before = after.undo?.before ?? expect.fail('nothing to undo');
    expect(after.undo?.action).toBe(action);
    expect(before.status).not.toBe(undefined);
    expect(undo(s, stageId)).toMatchObject({ ok: true });
    expect(s.stage(stageId)).toMatchObject({ ...before, undo: null, version: after.version + 1 });
    expect(s.facts.at(-1)).toMatchObject({ type: 'queue.actionUndone', action, was: after.status });
    // Only one step: what was before it cannot be taken back.
    expect(undo(s, stageId)).toEqual({ ok: false, code: 'undoExpired' });
  });

  it.each(Object.keys(actions))('[Q9] the wall is as it was before %s', (action) => {
    const s = station();
    const stageId = actions[action]?.(s) ?? '';
    const expected: Record<string, string[]> = {
      call: [],
      reopen: [],
      recall: ['A1 call 1'],
      // Whatever was answered stays among the last calls.
      resume: ['A1 call 1'],
    };
    undo(s, stageId);
    expect(wall(s)).toEqual(expected[action] ?? ['A1 call 1']);
  });

  it('[Q8] a stage that a transfer made is void, and the visit has one open stage', () => {
    const s = station();
    const stageId = actions['transfer']?.(s) ?? '';
    const made = [...s.live.rows.stages.values()].find((stage) => stage.fromStageId === stageId);
    undo(s, stageId);
    expect(s.stage(made?.id ?? '').status).toBe('voided');
    expect(s.stage(stageId).status).toBe('called');
  });

  it('[Q8] a transfer that has been called meanwhile stays', () => {
    const s = station();
    const stageId = actions['transfer']?.(s) ?? '';
    s.callNext(1);
    expect(undo(s, stageId)).toMatchObject({
      code: 'illegalMove',
      details: { action: 'undo', status: 'called' },
    });
  });

  it('[Q8] within ten seconds, and not a moment longer', () => {
    const s = station();
    const { stageId } = called(s);
    s.pass(10 / 60);
    expect(mayUndo(s.live, s.stage(stageId), person(1), s.now)).toBe(s.now);
    s.pass(1 / 60_000);
    expect(mayUndo(s.live, s.stage(stageId), person(1), s.now)).toBeNull();
    expect(undo(s, stageId)).toEqual({ ok: false, code: 'undoExpired' });
  });

  it('[Q8] by the same person, or whoever is at that counter now; nobody else', () => {
    const s = station();
    const { stageId } = called(s);
    expect(undo(s, stageId, person(2))).toEqual({ ok: false, code: 'notYours' });
    expect(undo(s, stageId, MANAGER)).toEqual({ ok: false, code: 'notYours' });
    s.do('directory.signOff', { counterId: COUNTERS[1] }, person(2));
    s.do('directory.signOn', { counterId: COUNTERS[0], takeOver: true }, person(2));
    expect(undo(s, stageId, person(2))).toMatchObject({ ok: true });
  });

  it('[Q8] not where the counter has called somebody else meanwhile', () => {
    const s = station();
    s.issue();
    s.issue();
    const { stageId } = s.callNext(0);
    s.do('queue.cancel', { stageId, reason: '' }, person(1));
    s.callNext(0);
    expect(undo(s, stageId)).toMatchObject({ code: 'counterBusy' });
  });

  it('[Q2] [Q8] not where anything has happened since: the version tells', () => {
    const s = station();
    const { stageId } = called(s);
    const { version } = s.stage(stageId);
    s.do('queue.start', { stageId }, person(1));
    expect(s.run('queue.undo', { stageId, version }, person(1))).toMatchObject({ code: 'versionConflict' });
  });

  it('[Q8] what the customer did is not taken back by staff', () => {
    const s = station();
    const { stageId, visitId } = called(s);
    s.do('queue.leave', {}, customer(visitId));
    expect(undo(s, stageId)).toEqual({ ok: false, code: 'undoExpired' });
  });
});
