import type { Stage } from '@schalter/shared/queue/rows.ts';
import type { CommandType } from '@schalter/shared/registry.ts';
import type { Chance } from './chance.ts';
import type { Device, State } from './device.ts';
import { COUNTERS, SERVICES } from './station.ts';

type Wanted = readonly [type: CommandType, input: unknown];

const token = (chance: Chance): string =>
  Array.from({ length: 6 }, () =>
    chance
      .below(36 ** 4)
      .toString(36)
      .padStart(4, '0'),
  ).join('');

const contact = (chance: Chance) =>
  chance.happens(0.5)
    ? { phone: `+4179${1_000_000 + chance.below(1_000_000)}`, consentWording: 'sms-1', consentLanguage: 'de' }
    : null;

function atKiosk(_state: State, chance: Chance): Wanted {
  if (chance.happens(0.05)) return ['queue.requestHelp', {}];
  const input = {
    serviceId: chance.of(SERVICES),
    language: 'de',
    linkToken: token(chance),
    name: null,
    note: null,
  };
  return ['queue.issueTicket', { ...input, contact: contact(chance) }];
}

const POSITIONS = [{ at: 'first' }, { at: 'keep' }, { at: 'last' }, { at: 'after', places: 1 }] as const;
const hold = { reason: 'x', owner: 'any', resumeInMin: null };

/** What one does with a customer in each state, the usual thing first and more often. */
function withStage(stage: Stage, chance: Chance): Wanted {
  const at = { stageId: stage.id };
  const seen = chance.happens(0.5) ? { ...at, version: stage.version } : at;
  switch (stage.status) {
    case 'called': {
      const usual: readonly Wanted[] = [
        ['queue.start', seen],
        ['queue.start', seen],
        ['queue.recall', seen],
        ['queue.markNoShow', seen],
        ['queue.requeue', { ...seen, position: chance.of(POSITIONS) }],
        ['queue.undo', { ...at, version: stage.version }],
      ];
      return chance.of(usual) ?? ['queue.start', seen];
    }
    case 'serving': {
      const usual: readonly Wanted[] = [
        ['queue.complete', { ...seen, outcome: null }],
        ['queue.complete', { ...seen, outcome: null }],
        ['queue.hold', { ...seen, ...hold, resumeInMin: chance.happens(0.3) ? 1 : null }],
        [
          'queue.transfer',
          { ...seen, serviceId: chance.of(SERVICES), counterId: null, personId: null, note: null },
        ],
        ['queue.undo', { ...at, version: stage.version }],
      ];
      return chance.of(usual) ?? ['queue.complete', { ...seen, outcome: null }];
    }
    case 'waiting':
      return chance.happens(0.7)
        ? ['queue.call', { ...at, counterId: chance.of(COUNTERS) }]
        : ['queue.cancel', { ...seen, reason: '' }];
    case 'held':
      return ['queue.resume', seen];
    case 'no_show':
    case 'left':
    case 'cancelled':
      return ['queue.reopen', seen];
    case 'done':
    case 'transferred':
    case 'closed':
    case 'voided':
      return ['queue.undo', { ...at, version: stage.version }];
  }
}

function atCounter(state: State, chance: Chance, personId: string): Wanted {
  const { rows } = state.live;
  const own = [...rows.presences.values()].find((p) => p.personId === personId)?.counterId;
  if (own === undefined)
    return ['directory.signOn', { counterId: chance.of(COUNTERS), takeOver: chance.happens(0.5) }];
  const stages = [...rows.stages.values()];
  const mine = stages.find((s) => s.counterId === own && (s.status === 'called' || s.status === 'serving'));
  if (mine !== undefined && chance.happens(0.8)) return withStage(mine, chance);
  if (chance.happens(0.12)) {
    const any = chance.of(stages);
    if (any !== undefined) return withStage(any, chance);
  }
  if (chance.happens(0.04)) return ['directory.signOff', { counterId: own }];
  if (chance.happens(0.04)) return ['directory.setBreak', { counterId: own, onBreak: chance.happens(0.5) }];
  if (chance.happens(0.08)) {
    const walkIn = {
      counterId: own,
      serviceId: chance.of(SERVICES),
      language: 'de',
      linkToken: token(chance),
    };
    return ['queue.serveWithoutTicket', { ...walkIn, name: null, note: null }];
  }
  return ['queue.callNext', { counterId: own }];
}

function onPhone(_state: State, chance: Chance): Wanted {
  const usual: readonly Wanted[] = [
    ['queue.confirmComing', {}],
    ['queue.delay', {}],
    ['queue.withdrawContact', {}],
    ['queue.leave', {}],
    ['queue.rate', { rating: 1 + chance.below(5) }],
  ];
  return chance.of(usual) ?? ['queue.confirmComing', {}];
}

/** What whoever stands before a screen does next, by what that screen shows; null for nothing. */
export function wantedBy({ wish }: Device, state: State, chance: Chance): Wanted | null {
  switch (wish.kind) {
    case 'kiosk':
      return atKiosk(state, chance);
    case 'staff':
      return wish.actor.kind === 'person' ? atCounter(state, chance, wish.actor.personId) : null;
    case 'phone':
      return onPhone(state, chance);
    case 'display':
      return null;
  }
}
