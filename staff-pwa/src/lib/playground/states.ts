import type { Person } from '@schalter/shared/platform/rows.ts';
import type { Refusal } from '@schalter/shared/client/store.ts';
import { addMs } from '@schalter/shared/kernel/time.ts';
import type { PushHere } from '../account/push.ts';
import type { CounterDialog } from '../counter/dialogs.ts';
import type { Pill } from '../shell/pill.ts';
import type { PlaceName } from '../shell/places.ts';
import { House, morning } from './house.ts';
import { counters, devices, id, LOCATION, NOON, ORGANISATION, people, services } from './station.ts';

/** One state of one screen, as it can happen. */
export interface State {
  readonly place: PlaceName | 'signIn' | 'pin' | 'people' | 'first' | 'location' | 'account';
  readonly house: () => House;
  readonly person?: Person;
  readonly pill?: Pill;
  readonly refusals?: (house: House) => readonly Refusal[];
  readonly dialog?: (house: House) => CounterDialog;
  /** Which page of the set-up; which part of it stands open. */
  readonly setup?: 'services' | 'counters' | 'location' | 'people' | 'roles' | 'devices' | 'audit';
  readonly open?: string;
  readonly notices?: PushHere;
  readonly connected?: readonly string[];
  readonly text?: string;
}

const LONG = 'Wolfeschlegelsteinhausenbergerdorff-Hubertushausen von und zu Rattelsdorf-Ebing';
const lea = people.lea;
const COUNTER = counters[2].id;

function called(calls = 1): House {
  const house = morning();
  const actor = house.as(lea);
  house.ago(0.7).run(actor, 'queue.callNext', { counterId: COUNTER });
  const stage = stageAt(house);
  for (let n = 1; n < calls; n++) house.ago(0.5 - n * 0.1).run(actor, 'queue.recall', { stageId: stage?.id });
  house.receipts(['spoken', 'chime']);
  return house.ago(0);
}

const stageAt = (house: House) => [...house.live.rows.stages.values()].find((s) => s.counterId === COUNTER);
function atCounter(house: House) {
  const stage = stageAt(house);
  if (stage === undefined) throw new Error('nobody stands at the counter of this state');
  return stage;
}

function serving(): House {
  const house = called();
  house.ago(3.2).run(house.as(lea), 'queue.start', { stageId: stageAt(house)?.id });
  return house.ago(0);
}

function emptied(): House {
  const house = new House();
  house.ago(60).signOn(lea, 3);
  return house.ago(0);
}

function onBreak(): House {
  const house = morning();
  house.ago(4).run(house.as(lea), 'directory.setBreak', { counterId: COUNTER, onBreak: true });
  return house.ago(0);
}

function remoteOnly(): House {
  const house = emptied();
  house.ago(9).join('walkIn', { remote: true });
  return house.ago(0);
}

function held(): House {
  const house = serving();
  house.ago(2).run(house.as(lea), 'queue.hold', {
    stageId: stageAt(house)?.id,
    reason: 'füllt Papiere aus',
    owner: 'clerk',
    resumeInMin: 10,
  });
  return house.ago(0);
}

/** Everything that breaks a layout: a long name, a long note, many who wait. */
function full(): House {
  const house = morning();
  for (let n = 0; n < 30; n++) house.ago(30 - n).join(n % 3 === 0 ? 'pickup' : 'walkIn', { name: LONG });
  house.ago(1).run(house.as(lea), 'queue.callNext', { counterId: COUNTER });
  const visitId = stageAt(house)?.visitId;
  const note = `${LONG} ${'möchte ein Auto mit Kindersitz, '.repeat(14)}`;
  house.run(house.as(lea), 'queue.setNote', { visitId, name: LONG, note: note.slice(0, 490) });
  house.run(house.as(lea), 'queue.start', { stageId: stageAt(house)?.id });
  return house.ago(0);
}

function afterDay(): House {
  const house = serving();
  house.ago(0.1).run(house.as(lea), 'queue.complete', { stageId: stageAt(house)?.id, outcome: null });
  return house.ago(0);
}

function troubled(): House {
  const house = morning();
  house.put('devices', {
    ...devices[0],
    health: { printer: 'paperOut', sound: null, version: '1', at: NOON },
  });
  house.put('helpRequests', {
    id: id(7, 1),
    organisationId: ORGANISATION,
    locationId: LOCATION,
    archivedAt: null,
    deviceId: devices[0].id,
    requestedAt: '2026-05-20T08:31:00.000Z',
    resolvedAt: null,
    resolvedBy: null,
  });
  return house;
}

function messages(): House {
  const house = called();
  const visits = [...house.live.rows.visits.values()].slice(0, 4);
  const statuses = ['delivered', 'not_sent', 'unknown', 'undelivered'] as const;
  visits.forEach((visit, i) => {
    const status = statuses[i] ?? 'sent';
    house.put('messages', {
      id: id(8, i + 1),
      organisationId: ORGANISATION,
      locationId: LOCATION,
      archivedAt: null,
      businessDay: visit.businessDay,
      visitId: visit.id,
      stageId: id(8, i + 100),
      template: i % 2 === 0 ? 'called' : 'approaching',
      dedupeKey: `playground ${i}`,
      channel: 'sms',
      toE164: '+4179•••••67',
      language: 'de',
      body: 'Limmat Autovermietung: B042, bitte zu Schalter 3. Ihre Nummer: https://schalter.example/t#…',
      segments: 1,
      status,
      attempts: 1,
      claimedUntil: null,
      queuedAt: `2026-05-20T08:${20 + i}:00.000Z`,
      sentAt: status === 'not_sent' ? null : `2026-05-20T08:${20 + i}:02.000Z`,
      deliveredAt: null,
      expiresAt: '2026-05-20T09:30:00.000Z',
      providerId: null,
      errorCode: status === 'undelivered' ? '30003' : null,
    });
  });
  return house;
}

const refused = (house: House): readonly Refusal[] => [
  {
    commandId: id(9, 1),
    type: 'queue.complete',
    input: { stageId: [...house.live.rows.stages.values()][0]?.id },
    code: 'versionConflict',
    details: null,
    at: '2026-05-20T08:21:00.000Z',
    late: true,
  },
];

const since = '2026-05-20T08:31:00.000Z';
const dialogState = (dialog: (house: House) => CounterDialog, house = serving): State => ({
  place: 'counter',
  house,
  dialog,
});

export const STATES: Readonly<Record<string, State>> = {
  'sign-in': { place: 'signIn', house: morning },
  'sign-in-offline': { place: 'signIn', house: morning, open: 'offline' },
  'sign-in-code': { place: 'signIn', house: morning, open: 'code' },
  'sign-in-people': { place: 'people', house: morning },
  'sign-in-pin': { place: 'pin', house: morning },
  'first-set-up': { place: 'first', house: morning },
  'first-set-up-dead': { place: 'first', house: morning, open: 'dead' },
  'choose-location': { place: 'location', house: morning },
  'choose-counter': { place: 'counter', house: morning, person: people.regula },
  'choose-counter-take-over': { place: 'counter', house: morning, person: people.regula, open: 'takeOver' },
  'choose-counter-empty': { place: 'counter', house: () => withoutCounters(), person: people.regula },

  'counter-loading': {
    place: 'counter',
    house: morning,
    open: 'loading',
    pill: { kind: 'catchingUp', waiting: 0 },
  },
  'counter-next': { place: 'counter', house: morning },
  'counter-called': { place: 'counter', house: called },
  'counter-called-silent': { place: 'counter', house: silent },
  'counter-recalled': { place: 'counter', house: () => called(3) },
  'counter-called-offline': {
    place: 'counter',
    house: called,
    pill: { kind: 'offline', since, waiting: 1 },
  },
  'counter-serving': { place: 'counter', house: serving },
  'counter-after': { place: 'counter', house: afterDay },
  'counter-held': { place: 'counter', house: held },
  'counter-break': { place: 'counter', house: onBreak },
  'counter-empty': { place: 'counter', house: emptied },
  'counter-nobody-yet': { place: 'counter', house: remoteOnly },
  'counter-offline': { place: 'counter', house: serving, pill: { kind: 'offline', since, waiting: 3 } },
  'counter-not-live': { place: 'counter', house: morning, pill: { kind: 'notLive', since, waiting: 0 } },
  'counter-alone': { place: 'counter', house: morning, pill: { kind: 'offline', since, waiting: 0 } },
  'counter-alone-soon': {
    place: 'counter',
    house: morning,
    pill: { kind: 'offline', since: addMs(NOON, -9_000), waiting: 0 },
  },
  'counter-alone-long': {
    place: 'counter',
    house: morning,
    pill: { kind: 'offline', since: addMs(NOON, -1_800_000), waiting: 6 },
  },
  'counter-away': { place: 'counter', house: away },
  'counter-double': { place: 'counter', house: calledTwice },
  'counter-double-more': { place: 'counter', house: () => calledTwice(2) },
  'counter-refused': {
    place: 'counter',
    house: serving,
    refusals: refused,
    pill: { kind: 'refusedActions', count: 1 },
  },
  'counter-alerts': { place: 'counter', house: troubled, connected: devices.slice(0, 2).map((d) => d.id) },
  'counter-full': { place: 'counter', house: full },

  'dialog-hold': dialogState((house) => ({ kind: 'hold', stage: atCounter(house) })),
  'dialog-transfer': dialogState((house) => ({ kind: 'transfer', stage: atCounter(house) })),
  'dialog-requeue': dialogState((house) => ({ kind: 'requeue', stage: atCounter(house) }), called),
  'dialog-cancel': dialogState((house) => ({ kind: 'cancel', stage: atCounter(house) }), called),
  'dialog-ticket': dialogState(
    (house) => ({ kind: 'ticket', visitId: [...house.live.rows.visits.keys()].at(-1) ?? '' }),
    morning,
  ),
  'dialog-serve': dialogState(() => ({ kind: 'serve' }), morning),
  'dialog-why': dialogState(() => ({ kind: 'why' }), morning),
  'dialog-keys': dialogState(() => ({ kind: 'keys' }), morning),

  today: { place: 'today', house: afterDay },
  'today-empty': { place: 'today', house: withoutReservations },
  'today-search': { place: 'today', house: afterDay, text: 'bernasconi' },
  'today-nothing-found': { place: 'today', house: afterDay, text: 'xyz' },
  'today-full': { place: 'today', house: full },
  overview: { place: 'overview', house: called },
  'overview-alerts': { place: 'overview', house: troubled, connected: devices.slice(0, 2).map((d) => d.id) },
  'overview-offline': {
    place: 'overview',
    house: called,
    pill: { kind: 'notLive', since, waiting: 0 },
  },
  'overview-empty': { place: 'overview', house: () => withoutCounters() },
  outbox: { place: 'outbox', house: messages },
  'outbox-empty': { place: 'outbox', house: morning },

  'account-notices': { place: 'account', house: morning, notices: 'off' },
  'account-notices-on': { place: 'account', house: morning, notices: 'on' },
  'account-notices-denied': { place: 'account', house: morning, notices: 'denied' },
  'account-notices-home': { place: 'account', house: morning, notices: 'needsHomeScreen' },
  'account-notices-offline': {
    place: 'account',
    house: morning,
    notices: 'off',
    pill: { kind: 'offline', since, waiting: 0 },
  },

  'setup-services': { place: 'setup', setup: 'services', house: morning, person: people.regula },
  'setup-service': {
    place: 'setup',
    setup: 'services',
    house: morning,
    person: people.regula,
    open: 'first',
  },
  'setup-counters': { place: 'setup', setup: 'counters', house: morning, person: people.regula },
  'setup-location': { place: 'setup', setup: 'location', house: morning, person: people.regula },
  'setup-people': { place: 'setup', setup: 'people', house: morning, person: people.regula },
  'setup-roles': { place: 'setup', setup: 'roles', house: morning, person: people.regula },
  'setup-devices': { place: 'setup', setup: 'devices', house: morning, person: people.regula },
  'setup-devices-offline': {
    place: 'setup',
    setup: 'devices',
    house: morning,
    person: people.regula,
    pill: { kind: 'offline', since, waiting: 0 },
  },
  'setup-audit': { place: 'setup', setup: 'audit', house: morning, person: people.regula },
  'setup-audit-entry': {
    place: 'setup',
    setup: 'audit',
    house: morning,
    person: people.regula,
    open: 'first',
  },
  'setup-audit-empty': {
    place: 'setup',
    setup: 'audit',
    house: morning,
    person: people.regula,
    open: 'empty',
  },
  'setup-audit-loading': {
    place: 'setup',
    setup: 'audit',
    house: morning,
    person: people.regula,
    open: 'listing',
  },
  'setup-audit-offline': {
    place: 'setup',
    setup: 'audit',
    house: morning,
    person: people.regula,
    open: 'offline',
    pill: { kind: 'offline', since, waiting: 0 },
  },
  'setup-audit-refused': {
    place: 'setup',
    setup: 'audit',
    house: morning,
    person: people.regula,
    open: 'refused',
  },
};

/** Marco's tablet has lost the line; some of the line is kept for him. */
function away(): House {
  const house = morning();
  const input = { counterId: counters[0].id, personId: people.marco.id, away: true };
  house.ago(0.6).run({ kind: 'system' }, 'directory.setAway', input);
  return house.ago(0);
}

/** Lea's customer was called by voice elsewhere too, by counters that could not know. */
function calledTwice(times = 1): House {
  const house = called();
  for (const [n, person] of [people.marco, people.nadia].slice(0, times).entries()) {
    const counterId = counters[n]?.id;
    const elsewhere = house.as(person);
    const stage = [...house.live.rows.stages.values()].find((s) => s.counterId === counterId);
    if (stage !== undefined) house.run(elsewhere, 'queue.complete', { stageId: stage.id, outcome: null });
    house.run(elsewhere, 'queue.call', { stageId: stageAt(house)?.id, counterId, aloud: true });
  }
  return house;
}

function silent(): House {
  const house = morning();
  house.ago(0.2).run(house.as(lea), 'queue.callNext', { counterId: COUNTER });
  house.receipts([null, 'chime']);
  return house.ago(0);
}

function withoutCounters(): House {
  const house = new House();
  for (const row of counters) house.put('counters', { ...row, archivedAt: NOON });
  for (const row of Object.values(services)) house.put('services', { ...row, archivedAt: NOON });
  for (const row of devices) house.put('devices', { ...row, archivedAt: NOON });
  return house;
}

function withoutReservations(): House {
  const house = emptied();
  for (const row of house.live.rows.reservations.values())
    house.put('reservations', { ...row, archivedAt: NOON });
  return house;
}
