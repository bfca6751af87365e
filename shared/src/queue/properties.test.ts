import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateWaits } from './estimate.ts';
import { LEADS_TO, MOVES, ACTIONS, isOpen, type Action } from './moves.ts';
import { allowedActions } from './select.ts';
import { ACTION_NAMES, INPUTS, commandOf, wouldAnswer, type Step } from './random.testing.ts';
import type { Stage, StageStatus } from './rows.ts';
import {
  COUNTERS,
  MANAGER,
  PEOPLE,
  SERVICES,
  customer,
  person,
  station,
  type Station,
  type StationWish,
} from './station.testing.ts';

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.nat(1_000),
  pick: fc.nat(1_000),
  actor: fc.nat(1_000),
  option: fc.nat(1_000),
  // Now and then a long while, so that days end too.
  minutes: fc.oneof(
    { weight: 30, arbitrary: fc.nat(3) },
    { weight: 5, arbitrary: fc.constant(20) },
    { weight: 1, arbitrary: fc.constant(600) },
  ),
});
const wish: fc.Arbitrary<StationWish> = fc.record({
  counters: fc.constantFrom(['ABCD', 'ABCD', 'ABCD'], ['A', 'AB', 'CD'], ['AC', 'C', 'BD']),
  location: fc.record({ endOfDay: fc.constantFrom('close' as const, 'keep' as const) }),
  services: fc.record({
    A: fc.record({ maxWaiting: fc.constantFrom(null, 3) }),
    C: fc.record({ creditMin: fc.constantFrom(0, 4) }),
  }),
});

/** Random commands; after each accepted one `Station` looks at all invariants, and `after` at what it wants. */
function play(
  s: Station,
  steps: readonly Step[],
  after: (before: ReadonlyMap<string, Stage>, type: string) => void,
) {
  let accepted = 0;
  for (const one of steps) {
    s.pass(one.minutes);
    const before = new Map(s.live.rows.stages);
    const [type, input, actor] = commandOf(s, one);
    const decision = s.run(type, input, actor);
    if (!decision.ok) continue;
    accepted++;
    after(before, type);
  }
  return accepted;
}

/** Which statuses may follow which, read off the table; undo and the end of the day besides. */
const next = new Map<StageStatus, Set<StageStatus>>();
for (const action of ACTIONS) {
  for (const from of MOVES[action]) next.set(from, (next.get(from) ?? new Set()).add(LEADS_TO[action]));
}

describe('whatever is done, in whatever order', () => {
  it('[Q-02] [Q-04] [Q-05] [Q1] [Q3] [Q6] [Q10] [Q27] only legal moves, one version at a time, and no invariant breaks', () => {
    let accepted = 0;
    fc.assert(
      fc.property(wish, fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), (how, steps) => {
        const s = station(how);
        accepted += play(s, steps, (before, type) => {
          for (const stage of s.live.rows.stages.values()) {
            const was = before.get(stage.id);
            if (was === undefined) {
              expect(stage.version).toBe(1);
              continue;
            }
            if (was === stage) continue;
            expect(stage.version).toBe(was.version + 1);
            if (type === 'queue.undo' || was.status === stage.status) continue;
            expect([...(next.get(was.status) ?? [])], `${was.status} by ${type}`).toContain(stage.status);
          }
        });
      }),
      { numRuns: 150 },
    );
    // The steps have to do something, or the test says nothing.
    expect(accepted).toBeGreaterThan(1_500);
  });

  it('[Q-05] [Q20] [Q21] [Q25] callNext takes nobody while somebody callable stands before', () => {
    let calls = 0;
    fc.assert(
      fc.property(wish, fc.array(step, { minLength: 30, maxLength: 60, size: 'max' }), (how, steps) => {
        const s = station(how);
        play(s, steps, (before, type) => {
          if (type !== 'queue.callNext') return;
          calls++;
          const called =
            [...s.live.rows.stages.values()].find((x) => before.get(x.id) !== x) ?? expect.fail('none');
          const was = before.get(called.id) ?? expect.fail('none');
          const counter = s.live.rows.counters.get(called.counterId ?? '');
          for (const other of before.values()) {
            if (other.status !== 'waiting' || other.id === was.id) continue;
            if (!counter?.serviceIds.includes(other.serviceId)) continue;
            if (other.notBefore !== null && other.notBefore > s.now) continue;
            if (other.forCounterId !== null || other.forPersonId !== null) continue;
            const passed = `${other.effectiveAt} ${other.arrivedAt}` < `${was.effectiveAt} ${was.arrivedAt}`;
            expect(passed, 'somebody was passed over').toBe(false);
          }
        });
      }),
      { numRuns: 100 },
    );
    expect(calls).toBeGreaterThan(100);
  });

  it('[Q-06] [Q42] [Q44] estimates are ranges of whole minutes, and there are none without a counter', () => {
    fc.assert(
      fc.property(wish, fc.array(step, { minLength: 20, maxLength: 50, size: 'max' }), (how, steps) => {
        const s = station(how);
        play(s, steps, () => {
          const { services, tickets } = estimateWaits(s.live, s.now);
          expect(services.map((e) => e.serviceId).sort()).toEqual(Object.values(SERVICES).sort());
          const waiting = [...s.live.rows.stages.values()]
            .filter((x) => x.status === 'waiting')
            .map((x) => x.id);
          expect(tickets.map((t) => t.stageId).sort()).toEqual(waiting.sort());
          for (const { range } of [...services, ...tickets]) {
            if (range === null) continue;
            expect(Number.isInteger(range.lowMin) && Number.isInteger(range.highMin)).toBe(true);
            expect(range.lowMin).toBeGreaterThanOrEqual(0);
            expect(range.highMin - range.lowMin).toBeGreaterThanOrEqual(2);
          }
          for (const e of services) {
            const open = [...s.live.rows.presences.values()].filter(
              (p) =>
                p.state === 'available' &&
                s.live.rows.counters.get(p.counterId)?.serviceIds.includes(e.serviceId),
            );
            expect(e.countersOpen).toBe(open.length);
            expect(e.range === null).toBe(open.length === 0);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('[Q53] what a screen offers is accepted, and what it does not offer is refused', () => {
    let offered = 0;
    fc.assert(
      fc.property(wish, fc.array(step, { minLength: 15, maxLength: 30, size: 'max' }), (how, steps) => {
        const s = station(how);
        play(s, steps, () => undefined);
        for (const stage of [...s.live.rows.stages.values()].slice(0, 8)) {
          // A customer acts on the open stage, so one that was handed over is not the customer's to ask about.
          const own = stage.status === 'transferred' ? [] : [customer(stage.visitId)];
          for (const actor of [person(1), person(2), MANAGER, ...own]) {
            const allowed = allowedActions(s.live, stage, actor, s.now);
            for (const action of ACTION_NAMES) {
              const input = inputFor(s, action, stage, actor.kind === 'person' ? actor.personId : '');
              const answer = wouldAnswer(s, `queue.${action}`, input, actor);
              expect(answer === 'ok', `${action} of ${stage.status}: ${answer}`).toBe(
                allowed.includes(action),
              );
              offered += Number(allowed.includes(action));
            }
          }
        }
      }),
      { numRuns: 25 },
    );
    expect(offered).toBeGreaterThan(200);
  });
});

/** An input that can only fail because of who asks or when: the own counter, a transfer that keeps the service. */
function inputFor(s: Station, action: Exclude<Action, 'close'>, stage: Stage, personId: string): object {
  const own =
    [...s.live.rows.presences.values()].find((p) => p.personId === personId)?.counterId ?? COUNTERS[0];
  if (action === 'call') return { stageId: stage.id, counterId: own };
  if (action === 'transfer') return { ...INPUTS.transfer(stage, 0), serviceId: stage.serviceId };
  return INPUTS[action](stage, 0);
}

describe('the table of moves', () => {
  /** A stage in each status. */
  const prepare: Readonly<Record<StageStatus, (s: Station) => string>> = {
    waiting: (s) => s.issue().stageId,
    called: (s) => {
      s.issue();
      return s.callNext(0).stageId;
    },
    serving: (s) => s.serve(SERVICES.A, 0).stageId,
    held: (s) => after(s, prepare.serving(s), 'hold'),
    transferred: (s) => after(s, s.issue().stageId, 'transfer'),
    done: (s) => after(s, prepare.serving(s), 'complete'),
    no_show: (s) => {
      const stageId = prepare.called(s);
      s.pass(10);
      return after(s, stageId, 'markNoShow');
    },
    left: (s) => {
      const { stageId, visitId } = s.issue();
      s.do('queue.leave', {}, customer(visitId));
      return stageId;
    },
    cancelled: (s) => after(s, s.issue().stageId, 'cancel'),
    closed: (s) => {
      const { stageId } = s.issue();
      // Only the end of the day closes, and then archives: the row is put back to be asked.
      s.live.rows.stages.set(stageId, { ...s.stage(stageId), status: 'closed', endedAt: s.now });
      return stageId;
    },
    voided: (s) => {
      const input = { counterId: COUNTERS[0], serviceId: SERVICES.A, language: 'de', linkToken: s.token() };
      const { stageId } = s.do<{ stageId: string }>(
        'queue.serveWithoutTicket',
        { ...input, name: null, note: null },
        person(1),
      );
      s.do('queue.undo', { stageId, version: 1 }, person(1));
      return stageId;
    },
  };
  const after = (s: Station, stageId: string, action: keyof typeof INPUTS): string => {
    s.do(`queue.${action}`, INPUTS[action](s.stage(stageId), 0), person(1));
    return stageId;
  };

  it.each(Object.keys(prepare) as StageStatus[])('[Q-04] [Q1] %s: only the moves of the table', (status) => {
    for (const action of ACTION_NAMES) {
      const s = station({ location: { noShowAfterCalls: 1 } });
      const stageId = prepare[status](s);
      s.checked = false;
      const stage = s.stage(stageId);
      expect(stage.status).toBe(status);
      const isOwn = action === 'leave' || action === 'delay' || action === 'confirmComing';
      const actor = isOwn ? customer(stage.visitId) : person(1);
      const decision = s.run(`queue.${action}`, INPUTS[action](stage, 0), actor);
      if (MOVES[action].includes(status)) {
        expect(decision.ok ? 'ok' : decision.code, action).toBe('ok');
        expect(s.stage(stageId).status).toBe(LEADS_TO[action]);
      } else if (!isOwn || status !== 'transferred') {
        expect(decision, action).toMatchObject({ code: 'illegalMove' });
      }
    }
  });

  it('[Q-04] [Q1] nothing leads out of done, transferred, closed and voided', () => {
    for (const status of ['done', 'transferred', 'closed', 'voided'] as const) {
      expect(ACTIONS.filter((action) => MOVES[action].includes(status))).toEqual([]);
    }
  });

  it('[Q2] a command on another version than the stage’s is refused, with what it is now', () => {
    const s = station();
    const { stageId } = s.serve(SERVICES.A, 0);
    const answer = s.run('queue.complete', { stageId, version: 2, outcome: null }, person(1));
    expect(answer).toEqual({
      ok: false,
      code: 'versionConflict',
      details: { version: 3, status: 'serving' },
    });
    s.do('queue.complete', { stageId, version: 3, outcome: null }, person(1));
    expect(isOpen(s.stage(stageId))).toBe(false);
    expect(PEOPLE).toContain(s.stage(stageId).personId);
  });

  it('[Q1] what there is not cannot be moved', () => {
    const s = station();
    expect(s.run('queue.start', { stageId: COUNTERS[0] }, person(1))).toEqual({
      ok: false,
      code: 'stageUnknown',
    });
  });
});
