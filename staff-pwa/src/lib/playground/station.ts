import type { Counter, Service } from '@schalter/shared/directory/rows.ts';
import type { Localised } from '@schalter/shared/kernel/text.ts';
import type { Reservation } from '@schalter/shared/booking/rows.ts';
import type { PersonRole } from '@schalter/shared/platform/roles.ts';
import type { Device, Location, Person } from '@schalter/shared/platform/rows.ts';

/** The rows of a station for the playground: a morning at the airport, always the same. */
export const NOON = '2026-05-20T08:32:00.000Z';
export const DAY = '2026-05-20';
const text = (de: string, fr: string, it: string, en: string): Localised => ({ de, fr, it, en });
export const id = (area: number, n: number): string =>
  `019aa${area.toString().padStart(3, '0')}-0000-7000-8000-${String(n).padStart(12, '0')}`;

export const ORGANISATION = id(1, 1);
export const LOCATION = id(1, 2);
const base = { organisationId: ORGANISATION, locationId: LOCATION, archivedAt: null };
const ALL_DAY = [{ from: '06:00', to: '23:00' }];

export const location: Location = {
  ...base,
  id: LOCATION,
  code: 'zrh',
  name: 'Zürich Flughafen',
  kind: 'airport',
  address: 'Parkhaus 3, Ebene 1, 8058 Zürich',
  phone: '+41 43 555 01 20',
  timeZone: 'Europe/Zurich',
  hours: {
    week: { '1': ALL_DAY, '2': ALL_DAY, '3': ALL_DAY, '4': ALL_DAY, '5': ALL_DAY, '6': ALL_DAY, '7': [] },
    exceptions: [
      { day: '2026-08-01', intervals: [{ from: '08:00', to: '12:00' }], name: 'Bundesfeier' },
      { day: '2026-12-25', intervals: [], name: 'Weihnachten' },
    ],
  },
  dayStart: '04:00',
  endOfDay: 'close',
  languages: ['de', 'fr', 'it', 'en'],
  waitingArea: text(
    'Bitte warten Sie auf Ebene 1.',
    'Patientez au niveau 1.',
    'Attenda al livello 1.',
    'Please wait on level 1.',
  ),
  houseMessage: text('', '', '', ''),
  joinByPhone: true,
  smsCountries: ['CH', 'LI', 'DE'],
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
};

const service = (
  n: number,
  letter: string,
  kind: Service['kind'],
  name: Localised,
  more: Partial<Service> = {},
): Service => ({
  ...base,
  id: id(2, n),
  kind,
  letter,
  colour: n,
  name,
  hint: text('', '', '', ''),
  position: n,
  active: true,
  serviceMin: 8,
  maxWaiting: null,
  hours: null,
  earlyMin: 15,
  lateMin: 30,
  creditMin: 0,
  selfService: true,
  ...more,
});

export const services = {
  pickup: service(
    1,
    'B',
    'appointment',
    text('Reservierung abholen', 'Retirer une réservation', 'Ritirare una prenotazione', 'Collect a booking'),
  ),
  walkIn: service(
    2,
    'M',
    'walk_in',
    text('Fahrzeug mieten', 'Louer un véhicule', 'Noleggiare un veicolo', 'Rent a vehicle'),
    {
      serviceMin: 12,
      maxWaiting: 40,
    },
  ),
  handBack: service(
    3,
    'R',
    'return',
    text('Fahrzeug zurückgeben', 'Rendre un véhicule', 'Riconsegnare un veicolo', 'Return a vehicle'),
    {
      creditMin: 5,
    },
  ),
  inquiry: service(4, 'I', 'inquiry', text('Auskunft', 'Renseignements', 'Informazioni', 'Information')),
} as const;

const counter = (n: number, of: readonly Service[]): Counter => ({
  ...base,
  id: id(3, n),
  name: String(n),
  position: n,
  serviceIds: of.map((s) => s.id),
  active: true,
});

export const counters = [
  counter(1, [services.pickup, services.walkIn, services.handBack, services.inquiry]),
  counter(2, [services.handBack, services.inquiry]),
  counter(3, [services.pickup, services.walkIn]),
] as const;

const person = (n: number, name: string, role: PersonRole, language: Person['language']): Person => ({
  id: id(4, n),
  organisationId: ORGANISATION,
  archivedAt: null,
  name,
  email: `${name.split(' ')[0]?.toLowerCase() ?? ''}@limmat.example`,
  role,
  locationIds: role === 'owner' ? [] : [LOCATION],
  everywhere: role === 'owner',
  roleExpiresAt: null,
  roleAssignedBy: null,
  roleAssignedAt: null,
  language,
  active: true,
});

export const people = {
  regula: person(1, 'Regula Amstad', 'owner', 'de'),
  daniel: person(2, 'Daniel Rochat', 'manager', 'fr'),
  lea: person(3, 'Lea Kunz', 'clerk', 'de'),
  marco: person(4, 'Marco Gianotti', 'clerk', 'it'),
  nadia: person(5, 'Nadia Hofer', 'clerk', 'de'),
} as const;

const device = (n: number, kind: Device['kind'], name: string, health: Device['health']): Device => ({
  ...base,
  id: id(5, n),
  kind,
  name,
  settings: {
    serviceIds: [],
    languages: ['de', 'fr', 'it', 'en'],
    takeoverMs: 8_000,
    speech: true,
    paperMm: 80,
    media: 'none',
    mediaText: text('', '', '', ''),
  },
  health,
  pairedAt: '2026-05-01T07:00:00.000Z',
  revokedAt: null,
});
const said = (more: Partial<NonNullable<Device['health']>>): NonNullable<Device['health']> => ({
  printer: null,
  sound: null,
  version: '1',
  at: '2026-05-20T04:05:00.000Z',
  ...more,
});

export const devices = [
  device(1, 'kiosk', 'Kiosk 1', said({ printer: 'ready' })),
  device(2, 'display', 'Anzeige 1', said({ sound: 'voice' })),
  device(3, 'display', 'Anzeige 2', said({ sound: 'voice' })),
  device(4, 'station', 'Tablet 1', null),
] as const;

const reservation = (
  n: number,
  lastName: string,
  firstName: string,
  at: string,
  subject: string,
): Reservation => ({
  ...base,
  id: id(6, n),
  reference: `ZRH-2093${n}`,
  lastName,
  firstName,
  serviceId: services.pickup.id,
  businessDay: DAY,
  bookedAt: `2026-05-20T${at}:00.000Z`,
  status: 'confirmed',
  subject,
  visitId: null,
});

export const reservations = [
  reservation(1, 'Keller', 'Anna', '08:30', 'VW Golf, ZH 482 113'),
  reservation(2, 'Dubois', 'Marc', '08:30', 'Skoda Octavia, ZH 117 904'),
  reservation(3, 'Bernasconi', 'Giulia', '08:45', 'Fiat 500, ZH 730 218'),
  reservation(4, 'Brunner AG', '', '09:00', 'VW Transporter, ZH 655 021'),
  reservation(5, 'Nguyen', 'Thi Minh', '09:15', 'Tesla Model 3, ZH 301 447'),
  reservation(6, 'Schneider', 'Ruth', '07:45', 'Opel Corsa, ZH 992 310'),
] as const;
