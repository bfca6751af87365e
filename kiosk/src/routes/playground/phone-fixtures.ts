import type { Localised } from '@schalter/shared/kernel/text.ts';
import type { PushOnPhone } from '../../lib/phone/push.ts';
import type { Place, TicketPage, Waiting } from '../../lib/phone/ticket-view.ts';
import type { JoinPlace, JoinService } from '../../lib/phone/offers.ts';
import { PLACE, TIME_ZONE } from './kiosk-fixtures.ts';

const text = (de: string, fr: string, it: string, en: string): Localised => ({ de, fr, it, en });
const collect = text(
  'Reservierung abholen',
  'Retirer une réservation',
  'Ritirare una prenotazione',
  'Collect a booking',
);

const page: Omit<TicketPage, 'place'> = {
  letter: 'B',
  digits: '044',
  colour: 1,
  serviceName: collect,
  reference: 'ZRH-20958',
  bookedAt: '2026-05-20T08:45:00.000Z',
};
const waiting: Waiting = {
  kind: 'waiting',
  ahead: 3,
  range: { lowMin: 8, highMin: 12 },
  passed: 2,
  mayPass: 2,
  notBefore: null,
  remote: false,
  canDelay: true,
  delayed: { lowMin: 13, highMin: 17 },
};
const called: Place = { kind: 'called', counter: '3', coming: false, canDelay: true, callNo: 1 };

export interface PhoneState {
  readonly page: TicketPage;
  readonly smsOptIn: boolean;
  readonly withdrawn?: boolean;
  readonly alarmOn?: boolean;
  readonly push?: PushOnPhone;
  readonly stale?: boolean;
  readonly problem?: string;
}
const state = (place: Place, more: Partial<PhoneState> = {}): PhoneState => ({
  page: { ...page, place },
  smsOptIn: true,
  ...more,
});

export const phoneStates: Readonly<Record<string, PhoneState>> = {
  waiting: state(waiting),
  'waiting-plain': {
    page: {
      letter: 'M',
      digits: '118',
      colour: 2,
      serviceName: text('Fahrzeug mieten', 'Louer un véhicule', 'Noleggiare un veicolo', 'Rent a vehicle'),
      reference: null,
      bookedAt: null,
      place: { ...waiting, ahead: 9, passed: 0, mayPass: 0, range: { lowMin: 95, highMin: 140 } },
    },
    smsOptIn: false,
  },
  'waiting-next': state(
    { ...waiting, ahead: 0, passed: 5, mayPass: 0, range: { lowMin: 0, highMin: 1 } },
    { alarmOn: true, push: 'on' },
  ),
  'waiting-remote': state({ ...waiting, remote: true, mayPass: 0 }, { smsOptIn: false, push: 'denied' }),
  'waiting-no-service': state({ ...waiting, mayPass: 0 }, { push: 'noService' }),
  'waiting-delayed': state({ ...waiting, notBefore: '2026-05-20T08:37:00.000Z', canDelay: false }),
  'waiting-stale': state({ ...waiting, mayPass: 0 }, { stale: true }),
  'waiting-unknown': state(
    { ...waiting, ahead: null, range: null, passed: 0, delayed: null, mayPass: 0 },
    { withdrawn: true, smsOptIn: false },
  ),
  called: state(called),
  'called-coming': state({ ...called, coming: true }),
  'called-far': state({ ...called, counter: '12', canDelay: false }, { problem: 'x' }),
  serving: state({ kind: 'serving', counter: '3' }),
  held: state({ kind: 'held' }),
  done: state({ kind: 'done', rated: false }, { smsOptIn: false }),
  'done-rated': state({ kind: 'done', rated: true }, { smsOptIn: false }),
  'no-show': state({ kind: 'noShow' }),
  left: state({ kind: 'left' }, { smsOptIn: false }),
  cancelled: state({ kind: 'cancelled' }, { smsOptIn: false }),
  closed: state({ kind: 'closed' }, { smsOptIn: false }),
};

const service = (
  letter: string,
  colour: number,
  name: Localised,
  more: Partial<JoinService> = {},
): JoinService => ({
  id: letter,
  letter,
  colour,
  name,
  hint: text('', '', '', ''),
  kind: 'walk_in',
  state: { open: true },
  ahead: 3,
  range: { lowMin: 8, highMin: 12 },
  ...more,
});
export const joinPlace: JoinPlace = {
  locationId: 'l',
  name: PLACE,
  code: 'zrh',
  timeZone: TIME_ZONE,
  languages: ['de', 'fr', 'it', 'en'],
  joinByPhone: true,
  smsCountries: ['CH', 'LI', 'DE', 'AT', 'FR', 'IT', 'GB'],
  services: [
    service('B', 1, collect, { kind: 'appointment', ahead: 2, range: { lowMin: 4, highMin: 7 } }),
    service('M', 2, text('Fahrzeug mieten', 'Louer un véhicule', 'Noleggiare un veicolo', 'Rent a vehicle'), {
      hint: text('ohne Reservierung', 'sans réservation', 'senza prenotazione', 'without a booking'),
      ahead: 5,
      range: { lowMin: 12, highMin: 18 },
    }),
    service(
      'R',
      3,
      text('Fahrzeug zurückgeben', 'Rendre un véhicule', 'Riconsegnare un veicolo', 'Return a vehicle'),
      {
        state: { open: false, code: 'queueFull', opensAt: null },
      },
    ),
    service('I', 4, text('Auskunft', 'Renseignements', 'Informazioni', 'Information'), {
      state: { open: false, code: 'serviceClosed', opensAt: '2026-05-20T11:00:00.000Z' },
    }),
  ],
};
export const closedPlace: JoinPlace = {
  ...joinPlace,
  services: joinPlace.services.map((one) => ({
    ...one,
    state: { open: false, code: 'locationClosed', opensAt: '2026-05-21T05:30:00.000Z' },
  })),
};
