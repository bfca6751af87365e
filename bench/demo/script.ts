import { exponential, lognormal, pick, type Chance } from '../lib/chance.ts';
import type { Language } from '@schalter/shared/kernel/text.ts';
import type { Service } from '@schalter/shared/directory/rows.ts';

/** What one customer of the morning will do. Minutes count from the begin. */
export interface Visitor {
  readonly atMin: number;
  readonly serviceKind: Service['kind'];
  readonly language: Language;
  readonly comes: 'kiosk' | 'reservation' | 'phone';
  /** Asks once for five more minutes, goes away after so long, doesn't come when called, or just waits. */
  readonly temper: 'patient' | 'late' | 'absent' | 'leaves';
  readonly leavesAfterMin: number;
  readonly rating: number | null;
}

/** A visitor every so many minutes, and more of them when a plane has landed. */
const EVERY_MIN = 4;
const LANDS_EVERY_MIN = 25;
const LANDING_LASTS_MIN = 6;
const LANDING_FACTOR = 3;

const LANGUAGES: readonly (readonly [Language, number])[] = [
  ['de', 50],
  ['en', 28],
  ['fr', 14],
  ['it', 8],
];
const KINDS: readonly (readonly [Service['kind'], number])[] = [
  ['appointment', 42],
  ['walk_in', 24],
  ['return', 26],
  ['inquiry', 8],
];
const TEMPERS: readonly (readonly [Visitor['temper'], number])[] = [
  ['patient', 82],
  ['late', 6],
  ['absent', 6],
  ['leaves', 6],
];
/** Most people don't answer the question afterwards. */
const RATINGS: readonly (readonly [number | null, number])[] = [
  [null, 60],
  [5, 24],
  [4, 10],
  [3, 4],
  [1, 2],
];
/** Joining by phone is limited per address, so a script on one machine can't do much of it. */
const BY_PHONE_SHARE = 0.08;

export function morning(chance: Chance, minutes: number): Visitor[] {
  const visitors: Visitor[] = [];
  let atMin = 0.2;
  while (atMin < minutes) {
    visitors.push(visitor(chance, atMin));
    const landed = atMin % LANDS_EVERY_MIN < LANDING_LASTS_MIN;
    atMin += exponential(chance, landed ? EVERY_MIN / LANDING_FACTOR : EVERY_MIN * 1.3);
  }
  return visitors;
}

function visitor(chance: Chance, atMin: number): Visitor {
  const serviceKind = pick(chance, KINDS);
  const byPhone = serviceKind !== 'appointment' && chance() < BY_PHONE_SHARE;
  return {
    atMin,
    serviceKind,
    language: pick(chance, LANGUAGES),
    comes: serviceKind === 'appointment' ? 'reservation' : byPhone ? 'phone' : 'kiosk',
    temper: pick(chance, TEMPERS),
    leavesAfterMin: 3 + exponential(chance, 6),
    rating: pick(chance, RATINGS),
  };
}

/** What a clerk does with the customer at the counter. */
export interface Handling {
  /** From the call until the customer stands there. */
  readonly walkMin: number;
  readonly serviceMin: number;
  readonly ends: 'complete' | 'hold' | 'transfer';
}

const SPREAD = 0.6;
const ENDS: readonly (readonly [Handling['ends'], number])[] = [
  ['complete', 86],
  ['hold', 7],
  ['transfer', 7],
];

export const handling = (chance: Chance, serviceMin: number): Handling => ({
  walkMin: 0.15 + exponential(chance, 0.25),
  serviceMin: Math.max(0.5, lognormal(chance, serviceMin, SPREAD)),
  ends: pick(chance, ENDS),
});
