import type { z } from 'zod';
import type { bookingCommands } from '@schalter/shared/booking/commands.ts';
import { addDays, instantOf } from '@schalter/shared/kernel/time.ts';
import { seedId } from './ids.ts';
import { DEMO_DAY_START, DEMO_TIME_ZONE, services } from './station.ts';

type ReservationInput = z.input<(typeof bookingCommands)['booking.recordReservation']['input']>;

/** One every half hour around the clock: whoever opens the demo finds some in the coming hour. */
export const RESERVATIONS_A_DAY = 48;
const EVERY_MIN = 30;

/** Last name, first name; invented. A company has no first name. */
const NAMES =
  'Keller Anna|Dubois Marc|Bernasconi Giulia|Brunner AG|Zgraggen Urs|Favre Sophie|Okafor Daniel|Lindqvist Maja|' +
  'Meier Thomas|Nguyen Linh|Caduff Gian|Rossi Elena|Huber Beat|Perret Yvonne|Schmid Noah|Alpen Solar GmbH|' +
  'Tanner Ruth|Morand Luc|Vogel Petra|Yilmaz Deniz|Frei Simon|Girard Camille|Poretti Sandro|Walker James|' +
  'Steiner Eva|Kovač Ivana|Bühler Reto|Monnier Chloé|Ackermann Nina|de Groot Pieter|Imboden Silvan|Santos Rita|' +
  'Gerber Hans|Fontana Paolo|Wyss Carla|Treuhand Seefeld AG|Odermatt Jonas|Blanc Mireille|Kaya Selin|Zürcher Lukas|' +
  'Novak Tereza|Ferrari Chiara|Egli Marianne|O’Brien Sean|Lachat Pauline|Suter Florian|Jäggi Barbara|Tschudi Anton';
const MODELS = [
  'VW Golf',
  'Škoda Octavia Combi',
  'Fiat 500e',
  'BMW 320d',
  'Renault Clio',
  'VW ID.4',
  'Ford Transit',
  'Toyota Yaris',
];

const COMPANY = / (AG|GmbH)$/;
const names = NAMES.split('|').map((entry) => {
  if (COMPANY.test(entry)) return { lastName: entry, firstName: '' };
  const gap = entry.lastIndexOf(' ');
  return { lastName: entry.slice(0, gap), firstName: entry.slice(gap + 1) };
});

/** References go on from day to day and never repeat within five years. */
const FIRST_DAY = Date.parse('2026-01-01T00:00:00Z');
const FIRST_REFERENCE = 20_931;
const LOWEST_REFERENCE = 10_000;
const REFERENCES = 1_874 * RESERVATIONS_A_DAY;
const DAY_MS = 86_400_000;

const modulo = (n: number, by: number): number => ((n % by) + by) % by;

function referenceOf(dayNumber: number, place: number): string {
  const n = FIRST_REFERENCE - LOWEST_REFERENCE + dayNumber * RESERVATIONS_A_DAY + place;
  return `ZRH-${LOWEST_REFERENCE + modulo(n, REFERENCES)}`;
}

/** Swiss plates: the canton and up to six digits, in groups of three. */
function plateOf(n: number): string {
  const digits = String(100_000 + modulo(n * 7_919, 899_999));
  return `${n % 5 === 0 ? 'ZG' : 'ZH'} ${digits.slice(0, 3)} ${digits.slice(3)}`;
}

const timeOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

export interface DemoReservation {
  /** The command that records it; each day has its own. */
  readonly commandId: string;
  readonly input: ReservationInput;
}

/** The bookings of one business day, "2026-05-20", in the order of their times. */
export function demoReservations(day: string): DemoReservation[] {
  const dayNumber = Math.round((Date.parse(`${day}T00:00:00Z`) - FIRST_DAY) / DAY_MS);
  const dayStartMin = Number(DEMO_DAY_START.slice(0, 2)) * 60;
  const service = services.find((s) => s.service.kind === 'appointment');
  if (service === undefined) throw new Error('the demo station has no service for reservations');
  return names.map((name, place) => {
    const minutes = dayStartMin + place * EVERY_MIN;
    const localDay = minutes < 24 * 60 ? day : addDays(day, 1);
    const n = modulo(dayNumber, 1 << 16) * 64 + place;
    return {
      commandId: seedId('recording', n),
      input: {
        reservationId: seedId('reservation', n),
        reference: referenceOf(dayNumber, place),
        ...name,
        serviceId: service.serviceId,
        bookedAt: instantOf(localDay, timeOf(minutes % (24 * 60)), DEMO_TIME_ZONE),
        subject: `${MODELS[modulo(dayNumber + place, MODELS.length)]}, ${plateOf(dayNumber * 64 + place)}`,
      },
    };
  });
}
