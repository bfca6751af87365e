import type { Refusal } from '@schalter/shared/client/store.ts';
import { callProblem, outOfTurnProblem, ownerProblem, reopenProblem } from '@schalter/shared/queue/guards.ts';
import { moveProblem, type Action } from '@schalter/shared/queue/moves.ts';
import { ticketOf } from '@schalter/shared/queue/select.ts';
import type { Stage } from '@schalter/shared/queue/rows.ts';
import type { AllLive } from '@schalter/shared/registry.ts';
import { counterOf, type Desk } from '../counter/desk.ts';
import type { StaffCommand } from '../wiring/policies.ts';

/** What was refused about one customer, or one thing about nobody, the oldest first. */
export interface Case {
  readonly key: string;
  readonly stage: Stage | null;
  readonly refusals: readonly Refusal[];
}

const idIn = (input: unknown, key: string): string | null => {
  const value: unknown =
    typeof input === 'object' && input !== null ? (input as Record<string, unknown>)[key] : null;
  return typeof value === 'string' ? value : null;
};

/** The customer's stage as it is now, where the refusal is about one. */
function stageOf(live: AllLive, { input }: Pick<Refusal, 'input'>): Stage | null {
  const stageId = idIn(input, 'stageId') ?? idIn(input, 'shown');
  const visitId = idIn(input, 'visitId') ?? live.rows.stages.get(stageId ?? '')?.visitId;
  return visitId === undefined ? null : (ticketOf(live, visitId)?.stage ?? null);
}

/** One card for each customer: five refusals that follow from one are one thing to settle. The newest first. */
export function casesOf(live: AllLive, refusals: readonly Refusal[]): readonly Case[] {
  const cases = new Map<string, { stage: Stage | null; refusals: Refusal[] }>();
  for (const refusal of refusals) {
    const stage = stageOf(live, refusal);
    const key = stage?.visitId ?? refusal.commandId;
    const known = cases.get(key);
    if (known === undefined) cases.set(key, { stage, refusals: [refusal] });
    else known.refusals.push(refusal);
  }
  return [...cases].map(([key, of]) => ({ key, ...of })).reverse();
}

export interface Settlement {
  readonly kind: 'take' | 'complete';
  /** One after another; the first that is refused ends it. */
  readonly steps: readonly { readonly type: StaffCommand; readonly input: unknown }[];
}

/** How far the clerk had got with the customer. */
const REACHED = ['queue.call', 'queue.start', 'queue.complete'] as const satisfies readonly StaffCommand[];

/** What one press does, so that it is as the clerk had it, where that can still be; null: there is nothing to do. */
export function settlementOf(desk: Desk, { stage, refusals }: Case): Settlement | null {
  const { live, actor, now } = desk;
  const counterId = counterOf(live, actor.personId);
  const location = live.rows.locations.get(stage?.locationId ?? '');
  if (stage === null || counterId === null || location === undefined) return null;
  const types = new Set(refusals.map(({ type }) => (type === 'queue.callNext' ? 'queue.call' : type)));
  const reached = Math.max(-1, ...REACHED.map((type, i) => (types.has(type) ? i : -1)));
  if (reached < 0) return null;
  const on = { stageId: stage.id };
  const call = { type: 'queue.call', input: { ...on, counterId, aloud: true } } as const;
  const start = { type: 'queue.start', input: on } as const;
  const complete = { type: 'queue.complete', input: { ...on, outcome: null } } as const;
  const onwards = [...(reached > 0 ? [start] : []), ...(reached > 1 ? [complete] : [])];
  const may = (action: Action) => moveProblem(stage, action) === null;

  if (may('call')) {
    const problem =
      callProblem(live, actor, counterId) ?? outOfTurnProblem(live, actor, stage, counterId, now);
    return problem === null ? { kind: 'take', steps: [call, ...onwards] } : null;
  }
  if (may('reopen')) {
    const problem = callProblem(live, actor, counterId) ?? reopenProblem(location, stage, now);
    const reopen = { type: 'queue.reopen', input: on } as const;
    return problem === null ? { kind: 'take', steps: [reopen, call, ...onwards] } : null;
  }
  if (stage.counterId !== counterId || ownerProblem(live, actor, stage) !== null) return null;
  if (may('start') && reached > 0) return { kind: 'take', steps: onwards };
  return may('complete') && reached > 1 ? { kind: 'complete', steps: [complete] } : null;
}
