import type { Location } from '@schalter/shared/platform/rows.ts';
import { nothing } from './service-draft.ts';
import { usualHours } from './hours.ts';

type Kept = 'id' | 'organisationId' | 'locationId' | 'archivedAt' | 'smsMonth' | 'smsMonthSent';
type Settings = Omit<Location, Kept>;
export type LocationDraft = {
  -readonly [K in keyof Settings]: Settings[K] extends number ? number | null : Settings[K];
};

export function draftOfLocation(location: Location): LocationDraft {
  const { id: _id, organisationId: _o, locationId: _l, archivedAt: _a, ...rest } = location;
  const { smsMonth: _m, smsMonthSent: _s, ...draft } = rest;
  return draft;
}

/** Where a house in Switzerland starts; everything can be changed. */
export const newLocation = (timeZone: string): LocationDraft => ({
  code: '',
  name: '',
  kind: 'downtown',
  address: '',
  phone: '',
  timeZone,
  hours: usualHours(),
  dayStart: '04:00',
  endOfDay: 'close',
  languages: ['de', 'fr', 'it', 'en'],
  waitingArea: nothing(),
  houseMessage: nothing(),
  joinByPhone: true,
  smsCountries: ['CH', 'LI'],
  approachingPlace: 2,
  approachingMin: 5,
  smsPerDay: 1_000,
  smsPerMonth: 15_000,
  noShowAfterCalls: 2,
  noShowAfterS: 90,
  isPickup: true,
  isReturn: true,
  capacity: null,
  latitude: null,
  longitude: null,
});

/** "CH, li de" → ["CH", "LI", "DE"] */
export const readCountries = (typed: string): string[] =>
  [...new Set(typed.toUpperCase().split(/[\s,;]+/u))].filter((code) => code !== '');
