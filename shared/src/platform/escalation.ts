import { isAsWide } from './roles.ts';
import type { Right } from '../kernel/permission.ts';

/** Beyond the locations that are named: all there are and will be, and the organisation's own stream. */
const EVERYWHERE = 'everywhere';
const WHOLE = 'organisation';

/** A right at one place; what two people hold is compared place by place. */
interface RightAt {
  readonly right: Right;
  readonly place: string;
}

function placesOf({ scope, locationIds }: Right): readonly string[] {
  if (scope === 'organisation') return [WHOLE];
  return locationIds === 'all' ? [EVERYWHERE] : locationIds;
}
const byPlace = (rights: readonly Right[]): RightAt[] =>
  rights.flatMap((right) => placesOf(right).map((place) => ({ right, place })));

function spans({ scope, locationIds }: Right, place: string): boolean {
  if (scope === 'organisation') return true;
  if (place === WHOLE) return false;
  return locationIds === 'all' || locationIds.includes(place);
}

/** A denial at one location takes nothing at another, but whoever has one does not hold the right everywhere. */
const touches = (denial: Right, place: string): boolean =>
  place === WHOLE ||
  place === EVERYWHERE ||
  denial.locationIds === 'all' ||
  denial.locationIds.includes(place);

const outlasts = (a: string | null, b: string | null): boolean => a === null || (b !== null && a >= b);

function holdsAt(own: readonly Right[], { right, place }: RightAt): boolean {
  const same = own.filter(({ permission }) => permission === right.permission);
  if (same.some((mine) => mine.effect === 'deny' && touches(mine, place))) return false;
  return same.some(
    (mine) =>
      spans(mine, place) &&
      isAsWide(mine.scope, right.scope) &&
      outlasts(mine.until, right.until) &&
      (mine.condition === null || mine.condition.kind === right.condition?.kind),
  );
}

/**
 * Whoever gives or takes holds the right, and may set people where it counts: for one that reaches the whole
 * organisation, where the role stands that brings it.
 */
function maySet(own: readonly Right[], at: RightAt): boolean {
  const setting: Right = { ...at.right, permission: 'people.set', scope: 'location' };
  const places = at.place === WHOLE ? placesOf(setting) : [at.place];
  return holdsAt(own, at) && places.every((place) => holdsAt(own, { right: setting, place }));
}

/** True where `own` may decide over all of `rights`: holds each as wide, as long and without a condition more. */
export const mayDecideOver = (own: readonly Right[], rights: readonly Right[]): boolean =>
  byPlace(rights).every((at) => maySet(own, at));

/** True where whoever has `own` may turn `before` into `after`: what is given and what is taken is held. */
export function mayTurn(own: readonly Right[], before: readonly Right[], after: readonly Right[]): boolean {
  const given = byPlace(after).filter((at) => !holdsAt(before, at));
  const taken = byPlace(before).filter((at) => !holdsAt(after, at));
  return [...given, ...taken].every((at) => maySet(own, at));
}
