import { apply, copyLive } from '../kernel/live.ts';
import type { Actor } from '../kernel/actor.ts';
import { can } from '../platform/access.ts';
import { specOf, type CommandType } from '../registry.ts';
import type { Action } from './moves.ts';
import type { Stage } from './rows.ts';
import {
  COUNTERS,
  DISPLAYS,
  KIOSK,
  LOCATION,
  MANAGER,
  ORGANISATION,
  PEOPLE,
  SERVICES,
  SYSTEM,
  customer,
  person,
  type Station,
} from './station.testing.ts';

/** One random step: what, and four numbers that choose among what there is. */
export interface Step {
  readonly what: number;
  readonly pick: number;
  readonly actor: number;
  readonly option: number;
  readonly minutes: number;
}

const of = <Item>(items: readonly Item[], pick: number): Item | undefined => items[pick % items.length];

export const INPUTS: Readonly<Record<Exclude<Action, 'close'>, (stage: Stage, option: number) => object>> = {
  call: (stage, option) => ({ stageId: stage.id, counterId: COUNTERS[option % 3] }),
  recall: (stage) => ({ stageId: stage.id }),
  start: (stage) => ({ stageId: stage.id }),
  complete: (stage) => ({ stageId: stage.id, outcome: null }),
  hold: (stage, option) => ({
    stageId: stage.id,
    reason: 'x',
    owner: of(['clerk', 'counter', 'any'], option),
    resumeInMin: option % 2 === 0 ? null : 5,
  }),
  resume: (stage) => ({ stageId: stage.id }),
  requeue: (stage, option) => ({
    stageId: stage.id,
    position: of(
      [{ at: 'first' }, { at: 'keep' }, { at: 'last' }, { at: 'after', places: 1 + (option % 3) }],
      option,
    ),
  }),
  transfer: (stage, option) => ({
    stageId: stage.id,
    serviceId: of(Object.values(SERVICES), option),
    counterId: option % 5 === 3 ? COUNTERS[option % 3] : null,
    personId: option % 5 === 4 ? PEOPLE[option % 3] : null,
    note: null,
  }),
  markNoShow: (stage) => ({ stageId: stage.id }),
  cancel: (stage) => ({ stageId: stage.id, reason: '' }),
  reopen: (stage) => ({ stageId: stage.id }),
  leave: () => ({}),
  delay: () => ({}),
  confirmComing: () => ({}),
};
export const ACTION_NAMES = Object.keys(INPUTS) as (keyof typeof INPUTS)[];

type Maker = (s: Station, step: Step) => [CommandType, unknown, Actor];

const issue: Maker = (s, { option }) => [
  'queue.issueTicket',
  s.ticket(of(Object.values(SERVICES), option)),
  of([KIOSK, KIOSK, MANAGER], option) ?? KIOSK,
];
/** Mostly by whoever should be there, sometimes by the server, sometimes by a wrong person. */
const callNext: Maker = (_s, { option, actor }) => [
  'queue.callNext',
  { counterId: COUNTERS[option % 3] },
  actor % 8 === 7 ? SYSTEM : person(((actor % 8 === 6 ? actor : option) % 3) + 1),
];

/** What happens around the stages; what is there several times happens more often. */
const AROUND: readonly Maker[] = [
  issue,
  issue,
  issue,
  issue,
  callNext,
  callNext,
  callNext,
  callNext,
  (s, { option, pick }) => {
    const stage = of([...s.live.rows.stages.values()], pick);
    const input = { stageId: stage?.id ?? SERVICES.A, version: stage?.version ?? 1 };
    return ['queue.undo', input, person((option % 3) + 1)];
  },
  (s, { option }) => [
    'queue.serveWithoutTicket',
    {
      counterId: COUNTERS[option % 3],
      serviceId: of(Object.values(SERVICES), option),
      language: 'de',
      linkToken: s.token(),
      name: null,
      note: null,
    },
    person((option % 3) + 1),
  ],
  (_s, { option, actor }) => [
    'directory.signOn',
    { counterId: COUNTERS[option % 3], takeOver: actor % 2 === 0 },
    person((actor % 3) + 1),
  ],
  (_s, { option }) => ['directory.signOff', { counterId: COUNTERS[option % 3] }, person((option % 3) + 1)],
  (_s, { option, actor }) => [
    'directory.setBreak',
    { counterId: COUNTERS[option % 3], onBreak: actor % 2 === 0 },
    person((option % 3) + 1),
  ],
  (s, { pick }) => {
    const call = of([...s.live.rows.calls.values()], pick);
    const input = { callId: call?.id ?? SERVICES.A, shownAt: s.now, sound: 'chime' };
    return ['queue.reportCall', input, of(DISPLAYS, pick) ?? DISPLAYS[0]];
  },
  (_s, { option }) => ['queue.closeDay', { businessDay: of(['2026-05-20', '2026-05-21'], option) }, SYSTEM],
];

const CUSTOMERS: readonly Action[] = ['leave', 'delay', 'confirmComing'];

/** The command that a step means, in the state that is. */
export function commandOf(s: Station, step: Step): [CommandType, unknown, Actor] {
  const stages = [...s.live.rows.stages.values()];
  const stage = of(stages, step.pick);
  const what = step.what % (AROUND.length + ACTION_NAMES.length);
  const around = AROUND[what];
  if (around !== undefined || stage === undefined) return (around ?? issue)(s, step);
  const action = ACTION_NAMES[what - AROUND.length] ?? 'start';
  const staff = step.actor % 6 === 5 ? MANAGER : person((step.actor % 3) + 1);
  const actor = CUSTOMERS.includes(action) ? customer(stage.visitId) : staff;
  return [`queue.${action}`, INPUTS[action](stage, step.option), actor];
}
const SCOPE = { organisationId: ORGANISATION, locationId: LOCATION };

/** What the server would answer to a command, without doing it: the permission first, then the rule. */
export function wouldAnswer(s: Station, type: CommandType, input: unknown, actor: Actor): string {
  if (!can(actor, specOf(type)?.permission ?? 'message.run', SCOPE)) return 'notPermitted';
  const before = copyLive(s.live);
  const decision = s.run(type, input, actor);
  for (const table of Object.keys(before.rows) as (keyof typeof before.rows)[]) s.live.rows[table].clear();
  for (const [table, rows] of Object.entries(before.rows)) {
    for (const row of rows.values()) apply(s.live, [{ table, row }] as never);
  }
  return decision.ok ? 'ok' : decision.code;
}
