import type { Localised } from '@schalter/shared/kernel/text.ts';
import type { Screen, TicketView } from '../../lib/kiosk/view.ts';
import type { Tile, TileState } from '../../lib/kiosk/tiles.ts';

/** 10:32 in Zürich. */
export const NOW = '2026-05-20T08:32:00.000Z';
export const TIME_ZONE = 'Europe/Zurich';
export const PLACE = 'Zürich Flughafen';

const text = (de: string, fr: string, it: string, en: string): Localised => ({ de, fr, it, en });
const open = (ahead: number, lowMin: number, highMin: number): TileState => ({
  kind: 'open',
  ahead,
  range: { lowMin, highMin },
});
const same = (value: string): Localised => text(value, value, value, value);

function tile(letter: string, colour: number, name: Localised, hint: Localised, state: TileState): Tile {
  return { serviceId: letter, letter, colour, name, hint, booked: letter === 'B', state };
}

const collect = tile(
  'B',
  1,
  text('Reservierung abholen', 'Retirer une réservation', 'Ritirare una prenotazione', 'Collect a booking'),
  text(
    'Code scannen oder Nummer tippen',
    'Scanner le code ou saisir le numéro',
    'Scansionare il codice o digitare il numero',
    'Scan the code or type the number',
  ),
  open(2, 4, 7),
);
const rent = tile(
  'M',
  2,
  text('Fahrzeug mieten', 'Louer un véhicule', 'Noleggiare un veicolo', 'Rent a vehicle'),
  text('ohne Reservierung', 'sans réservation', 'senza prenotazione', 'without a booking'),
  open(5, 12, 18),
);
const giveBack = tile(
  'R',
  3,
  text('Fahrzeug zurückgeben', 'Rendre un véhicule', 'Riconsegnare un veicolo', 'Return a vehicle'),
  text('Schlüssel bereithalten', 'Préparez la clé', 'Tenga pronta la chiave', 'Have the key ready'),
  open(0, 0, 1),
);
const ask = tile(
  'I',
  4,
  text('Auskunft', 'Renseignements', 'Informazioni', 'Information'),
  text(
    'Fragen, Rechnung, Fundsachen',
    'Questions, facture, objets trouvés',
    'Domande, fattura, oggetti smarriti',
    'Questions, invoices, lost property',
  ),
  { kind: 'closed', opensAt: '2026-05-20T11:00:00.000Z' },
);
/** As long as the set-up allows: 40 and 60 characters. */
const longest = tile(
  'K',
  5,
  text(
    'Langzeitmiete, Umzug und Lieferfahrzeuge',
    'Location longue durée et déménagements',
    'Noleggio a lungo termine e per traslochi',
    'Long-term hire, moving and delivery vans',
  ),
  text(
    'Ausweis, Kreditkarte und Vollmacht der Firma bereithalten',
    'Pièce d’identité, carte de crédit et procuration nécessaires',
    'Documento d’identità, carta di credito e procura necessari',
    'Identity card, credit card and proxy of the company needed',
  ),
  open(14, 75, 130),
);
const damage = tile(
  'S',
  7,
  text('Schaden melden', 'Déclarer un dommage', 'Segnalare un danno', 'Report damage'),
  same(''),
  open(1, 3, 9),
);

const shut = (of: Tile, opensAt: string | null): Tile => ({ ...of, state: { kind: 'closed', opensAt } });
const withState = (of: Tile, state: TileState): Tile => ({ ...of, state });
const choice = (...tiles: Tile[]): Screen => ({ kind: 'choice', tiles, gives: true, joinByPhone: true });
const unknownWait = (of: Tile): Tile => withState(of, { kind: 'open', ahead: null, range: null });
const TOMORROW = '2026-05-21T05:30:00.000Z';

const ticket: TicketView = {
  letter: 'B',
  digits: '044',
  colour: 1,
  serviceName: 'Reservierung abholen',
  ahead: 3,
  range: { lowMin: 8, highMin: 12 },
  waitingArea: 'Bitte warten Sie bei den Schaltern, Ebene 1.',
  calledTo: null,
  smsOptIn: true,
  smsLost: false,
  paper: 'printed',
  link: 'https://schalter.example/t#0123456789abcdefghijklmnopq',
};
const ticketScreen = (change: Partial<TicketView> = {}): Screen => ({
  kind: 'ticket',
  ticket: { ...ticket, ...change },
  Qr: null,
});
const reservation = {
  kind: 'reservation',
  reference: '',
  lastName: '',
  message: null,
  canGoWithout: true,
} as const;
const contact = {
  kind: 'contact',
  countries: ['CH', 'LI', 'DE', 'AT', 'FR', 'IT', 'GB'],
  numbers: null,
  phone: '',
  message: null,
} as const;

export const kioskScreens: Readonly<Record<string, Screen>> = {
  'choice-1': choice(rent),
  'choice-2': choice(rent, giveBack),
  'choice-3': choice(collect, rent, giveBack),
  'choice-4': choice(collect, rent, giveBack, ask),
  'choice-5': choice(collect, rent, giveBack, ask, damage),
  'choice-6': choice(collect, rent, giveBack, ask, longest, damage),
  'choice-states': choice(
    withState(collect, { kind: 'open', ahead: 4, range: null }),
    withState(rent, { kind: 'full' }),
    withState(giveBack, { kind: 'lastCall', closesAt: '2026-05-20T20:00:00.000Z' }),
    shut(ask, '2026-05-25T06:00:00.000Z'),
    shut(damage, null),
  ),
  'choice-closed': choice(
    shut(collect, TOMORROW),
    shut(rent, TOMORROW),
    shut(giveBack, TOMORROW),
    shut(ask, TOMORROW),
  ),
  'choice-own': {
    kind: 'choice',
    tiles: [unknownWait(collect), unknownWait(rent), unknownWait(giveBack), shut(ask, TOMORROW)],
    gives: true,
    joinByPhone: false,
  },
  'choice-none': { kind: 'choice', tiles: [collect, rent, giveBack, ask], gives: false, joinByPhone: false },
  reservation,
  'reservation-wrong': {
    ...reservation,
    reference: 'ZRH-20958',
    lastName: 'BERNASCONI',
    message:
      'Zu Nummer und Name finden wir keine Reservierung. Bitte prüfen Sie beides, oder fragen Sie am Schalter.',
  },
  contact,
  'contact-wrong': {
    ...contact,
    message: 'An diese Nummer können wir keine SMS senden. Bitte geben Sie eine Mobilnummer ein.',
  },
  issuing: { kind: 'issuing', late: false },
  'issuing-late': { kind: 'issuing', late: true },
  ticket: ticketScreen(),
  'ticket-printing': ticketScreen({ paper: 'printing', smsOptIn: false }),
  'ticket-no-paper': ticketScreen({ paper: 'noPaper', letter: 'M', digits: '118', colour: 2 }),
  'ticket-no-printer': ticketScreen({
    paper: 'noPrinter',
    smsOptIn: false,
    range: { lowMin: 0, highMin: 1 },
    ahead: 0,
  }),
  'ticket-unknown': ticketScreen({ paper: 'unknown', range: null, ahead: null, waitingArea: '' }),
  'ticket-own': ticketScreen({ ahead: null, range: null, smsOptIn: false, smsLost: true, digits: '950' }),
  'ticket-called': ticketScreen({ calledTo: '3' }),
  refused: {
    kind: 'refused',
    sentence:
      'Es warten schon zu viele Personen. Bitte versuchen Sie es später, oder fragen Sie am Schalter.',
  },
};
