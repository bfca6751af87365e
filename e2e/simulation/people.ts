import { ms } from '@schalter/shared/kernel/time.ts';
import { doubleCallsFor } from '@schalter/shared/queue/double-calls.ts';
import { queueForCounter } from '@schalter/shared/queue/select.ts';
import { ALOUD_AFTER_MS } from '@schalter/shared/queue/shares.ts';
import type { Stage } from '@schalter/shared/queue/rows.ts';
import type { CommandType } from '@schalter/shared/registry.ts';
import type { Asked } from '../../kiosk/src/lib/kiosk/issue.ts';
import type { Chance } from './chance.ts';
import type { Device, State } from './device.ts';
import { COUNTERS, SERVICES } from './station.ts';

type Wanted = readonly [type: CommandType, input: unknown];

export const token = (chance: Chance): string =>
  Array.from({ length: 6 }, () =>
    chance
      .below(36 ** 4)
      .toString(36)
      .padStart(4, '0'),
  ).join('');

const contact = (chance: Chance) =>
  chance.happens(0.5)
    ? { phone: `+4179${1_000_000 + chance.below(1_000_000)}`, consentWording: 'sms-1' }
    : null;

/** What somebody who steps up to a kiosk asks for. */
export const wishAtKiosk = (chance: Chance): Omit<Asked, 'isWanted'> => ({
  wish: { kind: 'service', serviceId: chance.of(SERVICES) ?? '' },
  contact: contact(chance),
  language: 'de',
});

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

/** Whom a call without the server names, and whoever stands at a counter is told of a double call. */
function ownDoubleCall({ live }: State, counterId: string): Wanted | null {
  for (const stage of live.rows.stages.values()) {
    const [call] = doubleCallsFor(stage, counterId);
    if (call === undefined) continue;
    return ['queue.acknowledgeDoubleCall', { stageId: stage.id, counterId, aloudCounterId: call.counterId }];
  }
  return null;
}

/** As the large button does it (counter/CounterScreen.svelte). */
function callNext({ live }: State, counterId: string, at: Moment): Wanted | null {
  const { now, isLive, isAlone } = at;
  if (!isLive && !isAlone) return null;
  const next = queueForCounter(live, counterId, at.personId, now, isAlone).find((entry) => entry.callable);
  if (isAlone) {
    return next === undefined ? null : ['queue.call', { stageId: next.stage.id, counterId, aloud: true }];
  }
  return ['queue.callNext', next === undefined ? { counterId } : { counterId, shown: next.stage.id }];
}

function atCounter(state: State, chance: Chance, at: Moment): Wanted | null {
  const { personId } = at;
  const { rows } = state.live;
  const presence = [...rows.presences.values()].find((p) => p.personId === personId);
  const own = presence?.counterId;
  if (own === undefined)
    return ['directory.signOn', { counterId: chance.of(COUNTERS), takeOver: chance.happens(0.5) }];
  if (presence?.state === 'break') {
    return chance.happens(0.5) ? ['directory.setBreak', { counterId: own, onBreak: false }] : null;
  }
  const stages = [...rows.stages.values()];
  const doubleCall = ownDoubleCall(state, own);
  if (doubleCall !== null && chance.happens(0.7)) return doubleCall;
  if (chance.happens(0.01)) return ['directory.releaseShare', { counterId: chance.of(COUNTERS) }];
  const mine = stages.find((s) => s.counterId === own && (s.status === 'called' || s.status === 'serving'));
  if (mine !== undefined && chance.happens(0.8)) return withStage(mine, chance);
  if (chance.happens(0.12) && (at.isLive || mine === undefined)) {
    const any = chance.of(stages);
    if (any !== undefined) return byVoice(withStage(any, chance), at, own);
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
  return callNext(state, own, at);
}

/** As every call that is made by hand (counter/desk.ts). */
const byVoice = ([type, input]: Wanted, { isLive }: Moment, own: string): Wanted =>
  type === 'queue.call' && !isLive
    ? [type, { ...(input as object), counterId: own, aloud: true }]
    : [type, input];

/** What the screen of a counter knows of its line, as in wiring/work.svelte.ts. */
export interface Moment {
  readonly personId: string;
  readonly now: string;
  readonly isLive: boolean;
  /** The counter calls by voice, from its own share. */
  readonly isAlone: boolean;
}

const FIRST_LOOK_MS = 3_000;

function momentOf({ connection, startedAt }: Device, state: State, personId: string): Moment {
  const now = connection?.now() ?? '';
  const { status, since } = state;
  const mayCome = status === 'connecting' || status === 'notLive';
  const aloneFrom =
    since === null || !mayCome ? null : Math.max(ms(since) + ALOUD_AFTER_MS, ms(startedAt) + FIRST_LOOK_MS);
  return { personId, now, isLive: status === 'live', isAlone: aloneFrom !== null && ms(now) >= aloneFrom };
}

function onPhone(_state: State, chance: Chance): Wanted {
  const usual: readonly Wanted[] = [
    ['queue.confirmComing', {}],
    ['queue.delay', {}],
    ['queue.withdrawContact', {}],
    ['queue.allowPush', { allowed: chance.happens(0.5) }],
    ['queue.leave', {}],
    ['queue.rate', { rating: 1 + chance.below(5) }],
  ];
  return chance.of(usual) ?? ['queue.confirmComing', {}];
}

/** What whoever stands before a screen does next, by what that screen shows; null for nothing. */
export function wantedBy(device: Device, state: State, chance: Chance): Wanted | null {
  const { wish } = device;
  switch (wish.kind) {
    case 'kiosk':
      return chance.happens(0.05) ? ['queue.requestHelp', {}] : null;
    case 'staff':
      return wish.actor.kind === 'person'
        ? atCounter(state, chance, momentOf(device, state, wish.actor.personId))
        : null;
    case 'phone':
      return onPhone(state, chance);
    case 'display':
      return null;
  }
}
