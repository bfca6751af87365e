// No zod in this file: the wall and the kiosk load it.
import type { Service } from '../directory/rows.ts';
import { openState, type Instant, type OpenState } from '../kernel/time.ts';
import type { Location } from '../platform/rows.ts';

/** Turns of looking for a moment at which house and service are both open; two lists rarely miss each other more often. */
const TURNS = 20;

export type Opening =
  | { readonly open: true; readonly closesAt: Instant }
  | {
      readonly open: false;
      readonly code: 'locationClosed' | 'serviceClosed';
      readonly opensAt: Instant | null;
    };

const later = (a: Instant, b: Instant): Instant => (a > b ? a : b);

/** The next instant at which both are open; null where there is none within sight. */
function bothOpenAt(location: Location, service: Service, from: Instant): Instant | null {
  let at = from;
  for (let turn = 0; turn < TURNS; turn++) {
    const house = openState(location.hours, at, location.timeZone);
    const own = service.hours === null ? house : openState(service.hours, at, location.timeZone);
    if (house.open && own.open) return at;
    const houseOpensAt = house.open ? at : house.opensAt;
    const ownOpensAt = own.open ? at : own.opensAt;
    if (houseOpensAt === null || ownOpensAt === null) return null;
    at = later(houseOpensAt, ownOpensAt);
  }
  return null;
}

/** Q12: a service is open where it is active, the location is open, and its own hours, if any, are too. */
export function openingOf(location: Location, service: Service, now: Instant): Opening {
  if (!service.active) return { open: false, code: 'serviceClosed', opensAt: null };
  const house = openState(location.hours, now, location.timeZone);
  const own: OpenState = service.hours === null ? house : openState(service.hours, now, location.timeZone);
  if (house.open && own.open) {
    return { open: true, closesAt: house.closesAt < own.closesAt ? house.closesAt : own.closesAt };
  }
  return {
    open: false,
    code: house.open ? 'serviceClosed' : 'locationClosed',
    opensAt: bothOpenAt(location, service, now),
  };
}
