import type { Counter, Service } from '@schalter/shared/directory/rows.ts';
import { emptyLive } from '@schalter/shared/kernel/live.ts';
import type { Language, Localised } from '@schalter/shared/kernel/text.ts';
import { addMs, MINUTE, type Hours } from '@schalter/shared/kernel/time.ts';
import type { DeviceSettings, Location } from '@schalter/shared/platform/rows.ts';
import type { Call, QueueLive, QueueTables, Stage, StageStatus, Visit } from '@schalter/shared/queue/rows.ts';
import type { Estimates } from './wall.ts';

/** A station on a Wednesday morning, for the playground and for tests. */
export const NOW = '2026-05-20T08:32:00.000Z';
const DAY = '2026-05-20';
const ORGANISATION = 'organisation';
const LOCATION = 'location';
const base = { organisationId: ORGANISATION, locationId: LOCATION, archivedAt: null };
/** The same hours every day. */
export const hoursOf = (from: string, to: string): Hours => {
  const day = [{ from, to }];
  return { week: { 1: day, 2: day, 3: day, 4: day, 5: day, 6: day, 7: day }, exceptions: [] };
};
export const text = (de: string, fr = de, it = de, en = de): Localised => ({ de, fr, it, en });

export const settingsOf = (over: Partial<DeviceSettings> = {}): DeviceSettings => ({
  serviceIds: [],
  languages: ['de', 'fr', 'it', 'en'],
  takeoverMs: 8_000,
  speech: true,
  paperMm: 80,
  media: 'none',
  mediaText: text(''),
  ...over,
});

export const locationOf = (over: Partial<Location> = {}): Location => ({
  ...base,
  id: LOCATION,
  code: 'zrh',
  name: 'Zürich Flughafen',
  kind: 'airport',
  address: '',
  phone: '',
  timeZone: 'Europe/Zurich',
  hours: hoursOf('07:00', '20:00'),
  dayStart: '04:00',
  endOfDay: 'close',
  languages: ['de', 'fr', 'it', 'en'],
  waitingArea: text(''),
  houseMessage: text(
    'Bitte halten Sie Führerausweis und Kreditkarte bereit.',
    'Préparez votre permis de conduire et votre carte de crédit.',
    'Tenga pronti la licenza di condurre e la carta di credito.',
    'Please have your driving licence and credit card ready.',
  ),
  joinByPhone: true,
  smsCountries: ['CH'],
  approachingPlace: 2,
  approachingMin: 5,
  smsPerDay: 1_000,
  smsPerMonth: 15_000,
  smsMonth: null,
  smsMonthSent: 0,
  noShowAfterCalls: 2,
  noShowAfterS: 90,
  isPickup: true,
  isReturn: true,
  capacity: null,
  latitude: null,
  longitude: null,
  ...over,
});

export const serviceOf = (
  letter: string,
  colour: number,
  name: Localised,
  over: Partial<Service> = {},
): Service => ({
  ...base,
  id: `service-${letter}`,
  kind: 'walk_in',
  letter,
  colour,
  name,
  hint: text(''),
  position: colour,
  active: true,
  serviceMin: 8,
  maxWaiting: null,
  hours: null,
  earlyMin: 15,
  lateMin: 15,
  creditMin: 0,
  selfService: true,
  ...over,
});

const counterOf = (name: string): Counter => ({
  ...base,
  id: `counter-${name}`,
  name,
  position: 1,
  serviceIds: [],
  active: true,
});

export const SERVICES: readonly Service[] = [
  serviceOf(
    'B',
    1,
    text('Reservierung abholen', 'Retirer une réservation', 'Ritirare una prenotazione', 'Collect a booking'),
  ),
  serviceOf('M', 2, text('Fahrzeug mieten', 'Louer un véhicule', 'Noleggiare un veicolo', 'Rent a vehicle')),
  serviceOf(
    'R',
    3,
    text('Fahrzeug zurückgeben', 'Rendre un véhicule', 'Riconsegnare un veicolo', 'Return a vehicle'),
  ),
  serviceOf('I', 4, text('Auskunft', 'Renseignements', 'Informazioni', 'Information')),
];

export interface Ticket {
  readonly letter: string;
  readonly number: number;
  readonly status: StageStatus;
  /** Called to, and as which call of the day. */
  readonly counter?: string;
  readonly order?: number;
  readonly language?: Language;
  readonly minutesAgo?: number;
  readonly withdrawn?: boolean;
  readonly visit?: Partial<Visit>;
}

function rowsOf(ticket: Ticket): { visit: Visit; stage: Stage; call: Call | null } {
  const {
    letter,
    number,
    status,
    counter,
    order,
    language = 'de',
    minutesAgo = 10,
    withdrawn = false,
  } = ticket;
  const id = `${letter}-${number}`;
  const arrivedAt = addMs(NOW, -minutesAgo * MINUTE);
  const serviceId = `service-${letter}`;
  const counterId = counter === undefined ? null : `counter-${counter}`;
  const visit: Visit = {
    ...base,
    id: `visit-${id}`,
    businessDay: DAY,
    series: letter,
    number,
    language,
    source: 'kiosk',
    presence: 'on_site',
    linkToken: '',
    name: null,
    note: null,
    reservationId: null,
    reservationReference: null,
    smsOptIn: false,
    pushOptIn: false,
    delays: 0,
    arrivedAt,
    endedAt: null,
    rating: null,
    comingAt: null,
    ...ticket.visit,
  };
  const stage: Stage = {
    ...base,
    id: `stage-${id}`,
    status,
    effectiveAt: arrivedAt,
    notBefore: null,
    forCounterId: null,
    forPersonId: null,
    counterId,
    personId: null,
    callNo: order === undefined ? 0 : 1,
    calledAt: order === undefined ? null : NOW,
    startedAt: null,
    endedAt: null,
    heldAt: null,
    holdReason: null,
    holdOwner: null,
    resumeAt: null,
    heldS: 0,
    endReason: null,
    visitId: visit.id,
    serviceId,
    businessDay: DAY,
    arrivedAt,
    bookedAt: null,
    creditMin: 0,
    alsoCalled: null,
    quotedLowMin: null,
    quotedHighMin: null,
    expectedMin: 8,
    fromStageId: null,
    version: 1,
    undo: null,
  };
  if (order === undefined || counter === undefined || counterId === null) return { visit, stage, call: null };
  const call: Call = {
    ...base,
    id: `call-${order}`,
    businessDay: DAY,
    order,
    visitId: visit.id,
    stageId: stage.id,
    callNo: 1,
    series: letter,
    number,
    serviceId,
    counterId,
    counterName: counter,
    language,
    calledAt: addMs(NOW, -order),
    withdrawnAt: withdrawn ? NOW : null,
  };
  return { visit, stage, call };
}

export function liveOf(
  tickets: readonly Ticket[],
  services: readonly Service[] = SERVICES,
  location: Location = locationOf(),
): QueueLive {
  const live = emptyLive<QueueTables>([
    ...(['organisations', 'people', 'locations', 'devices', 'services', 'counters', 'presences'] as const),
    ...([
      'numberSeries',
      'visits',
      'visitContacts',
      'stages',
      'calls',
      'callReceipts',
      'helpRequests',
      'numberBlocks',
    ] as const),
  ]);
  live.rows.locations.set(location.id, location);
  for (const service of services) live.rows.services.set(service.id, service);
  for (const ticket of tickets) {
    const { visit, stage, call } = rowsOf(ticket);
    live.rows.visits.set(visit.id, visit);
    live.rows.stages.set(stage.id, stage);
    if (call !== null) live.rows.calls.set(call.id, call);
    if (ticket.counter !== undefined)
      live.rows.counters.set(`counter-${ticket.counter}`, counterOf(ticket.counter));
  }
  return live;
}

export const callOf = (ticket: Ticket & { readonly counter: string; readonly order: number }): Call => {
  const { call } = rowsOf(ticket);
  return call as Call;
};

/** Ranges by letter; null where no counter is open. */
export const estimatesOf = (
  ranges: Readonly<Record<string, { waiting: number; range: readonly [number, number] | null }>>,
): Estimates => ({
  kind: 'estimates',
  streamId: LOCATION,
  at: NOW,
  tickets: [],
  services: Object.entries(ranges).map(([letter, { waiting, range }]) => ({
    serviceId: `service-${letter}`,
    ahead: waiting,
    waiting,
    countersOpen: range === null ? 0 : 2,
    range: range === null ? null : { lowMin: range[0], highMin: range[1] },
  })),
});
