import type { z } from 'zod';
import type { directoryCommands } from '@schalter/shared/directory/commands.ts';
import type { Language, Localised } from '@schalter/shared/kernel/text.ts';
import type { platformCommands } from '@schalter/shared/platform/commands.ts';
import { seedId } from './ids.ts';

type Input<Spec extends { input: z.ZodType }> = z.input<Spec['input']>;
type Platform = typeof platformCommands;
type ServiceInput = Input<(typeof directoryCommands)['directory.setService']>;
type CounterInput = Input<(typeof directoryCommands)['directory.setCounter']>;

export const DEMO_ORGANISATION_ID = seedId('stream', 1);
export const DEMO_LOCATION_ID = seedId('stream', 2);
export const DEMO_TIME_ZONE = 'Europe/Zurich';
export const DEMO_DAY_START = '04:00';

export const organisation: Input<Platform['platform.createOrganisation']> = {
  name: 'Limmat Autovermietung',
  language: 'de',
  currency: 'CHF',
};

const text = (de: string, fr: string, it: string, en: string): Localised => ({ de, fr, it, en });

/** A visitor may try the demo at any hour of any day. */
const ALL_DAY = [{ from: '00:00', to: '24:00' }];
const ALWAYS = {
  week: { 1: ALL_DAY, 2: ALL_DAY, 3: ALL_DAY, 4: ALL_DAY, 5: ALL_DAY, 6: ALL_DAY, 7: ALL_DAY },
  exceptions: [],
};

export const location: Input<Platform['platform.openLocation']> = {
  code: 'zrh',
  name: 'Zürich Flughafen',
  kind: 'airport',
  address: 'Parkhaus 3, Ebene 1, 8058 Zürich',
  phone: '+41 43 555 01 20',
  timeZone: DEMO_TIME_ZONE,
  hours: ALWAYS,
  dayStart: DEMO_DAY_START,
  endOfDay: 'close',
  languages: ['de', 'fr', 'it', 'en'],
  waitingArea: text(
    'Bitte warten Sie bei den Schaltern, Ebene 1.',
    'Veuillez patienter près des guichets, niveau 1.',
    'Attenda presso gli sportelli, livello 1.',
    'Please wait by the counters on level 1.',
  ),
  houseMessage: text(
    'Bitte halten Sie Führerausweis und Kreditkarte bereit.',
    'Préparez votre permis de conduire et votre carte de crédit.',
    'Tenga pronti la licenza di condurre e la carta di credito.',
    'Please have your driving licence and credit card ready.',
  ),
  joinByPhone: true,
  smsCountries: ['CH', 'LI', 'DE', 'AT', 'FR', 'IT', 'GB'],
  approachingPlace: 2,
  approachingMin: 5,
  smsPerDay: 1_000,
  smsPerMonth: 15_000,
  noShowAfterCalls: 2,
  noShowAfterS: 90,
  isPickup: true,
  isReturn: true,
  capacity: 140,
  latitude: 47.4515,
  longitude: 8.5646,
};

const usual = {
  active: true,
  hours: null,
  earlyMin: 15,
  lateMin: 30,
  creditMin: 0,
  maxWaiting: 60,
  selfService: true,
} as const;

export const services: readonly ServiceInput[] = [
  {
    serviceId: seedId('service', 1),
    service: {
      ...usual,
      kind: 'appointment',
      letter: 'B',
      colour: 1,
      name: text(
        'Reservierung abholen',
        'Retirer une réservation',
        'Ritirare una prenotazione',
        'Collect a booking',
      ),
      hint: text(
        'Code scannen oder Nummer tippen',
        'Scanner le code ou saisir le numéro',
        'Scansionare il codice o digitare il numero',
        'Scan the code or type the number',
      ),
      position: 1,
      serviceMin: 7,
    },
  },
  {
    serviceId: seedId('service', 2),
    service: {
      ...usual,
      kind: 'walk_in',
      letter: 'M',
      colour: 2,
      name: text('Fahrzeug mieten', 'Louer un véhicule', 'Noleggiare un veicolo', 'Rent a vehicle'),
      hint: text('ohne Reservierung', 'sans réservation', 'senza prenotazione', 'without a booking'),
      position: 2,
      serviceMin: 12,
    },
  },
  {
    serviceId: seedId('service', 3),
    service: {
      ...usual,
      kind: 'return',
      letter: 'R',
      colour: 3,
      name: text('Fahrzeug zurückgeben', 'Rendre un véhicule', 'Riconsegnare un veicolo', 'Return a vehicle'),
      hint: text('Schlüssel bereithalten', 'Préparez la clé', 'Tenga pronta la chiave', 'Have the key ready'),
      position: 3,
      serviceMin: 5,
      // A car that comes back is often the next customer's.
      creditMin: 5,
    },
  },
  {
    serviceId: seedId('service', 4),
    service: {
      ...usual,
      kind: 'inquiry',
      letter: 'I',
      colour: 4,
      name: text('Auskunft', 'Renseignements', 'Informazioni', 'Information'),
      hint: text(
        'Fragen, Rechnung, Fundsachen',
        'Questions, facture, objets trouvés',
        'Domande, fattura, oggetti smarriti',
        'Questions, invoices, lost property',
      ),
      position: 4,
      serviceMin: 4,
    },
  },
];

const serviceIds = (letters: string): string[] =>
  services.filter(({ service }) => letters.includes(service.letter)).map(({ serviceId }) => serviceId);

/** Every service has two counters at least, so that one break does not stop it. */
export const counters: readonly CounterInput[] = [
  {
    counterId: seedId('counter', 1),
    counter: { name: '1', position: 1, serviceIds: serviceIds('BMRI'), active: true },
  },
  {
    counterId: seedId('counter', 2),
    counter: { name: '2', position: 2, serviceIds: serviceIds('RI'), active: true },
  },
  {
    counterId: seedId('counter', 3),
    counter: { name: '3', position: 3, serviceIds: serviceIds('BM'), active: true },
  },
];

export interface DemoPerson {
  readonly personId: string;
  readonly name: string;
  readonly email: string;
  readonly role: 'admin' | 'manager' | 'clerk';
  readonly language: Language;
  readonly password: string;
  readonly pin: string;
}

/** Known to everybody who reads this file; that is why they exist in the demo alone. */
const DEMO_PASSWORD = 'Sieben-Zimt-Turm';

const person = (
  n: number,
  name: string,
  role: DemoPerson['role'],
  language: Language,
  pin: string,
): DemoPerson => ({
  personId: seedId('person', n),
  name,
  email: `${name.split(' ')[0]?.toLowerCase()}@limmat.example`,
  role,
  language,
  password: DEMO_PASSWORD,
  pin,
});

export const people: readonly DemoPerson[] = [
  person(1, 'Regula Amstad', 'admin', 'de', '507284'),
  person(2, 'Daniel Rochat', 'manager', 'fr', '618302'),
  person(3, 'Lea Kunz', 'clerk', 'de', '294716'),
  person(4, 'Marco Gianotti', 'clerk', 'it', '381590'),
  person(5, 'Nadia Hofer', 'clerk', 'de', '740263'),
];
