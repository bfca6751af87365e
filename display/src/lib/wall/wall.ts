import type { Language, Localised } from '@schalter/shared/kernel/text.ts';
import type { Signal, WaitRange } from '@schalter/shared/kernel/protocol.ts';
import { openState, type Instant } from '@schalter/shared/kernel/time.ts';
import type { Service } from '@schalter/shared/directory/rows.ts';
import type { DeviceSettings, Location } from '@schalter/shared/platform/rows.ts';
import { openingOf } from '@schalter/shared/queue/opening.ts';
import { heldBack, waitingInOrder } from '@schalter/shared/queue/order.ts';
import type { Call, QueueLive } from '@schalter/shared/queue/rows.ts';
import { ticketLabel, wallCalls, type TicketLabel } from '@schalter/shared/queue/select.ts';

/** The newest call large, and four more (DI-01). */
const ROWS = 5;
/** Two lines of numbers; who stands further back looks at the range. */
const NEXT_MAX = 6;
const SERVICES_MAX = 6;

export type Estimates = Extract<Signal, { kind: 'estimates' }>;

/** A number as the wall shows it: never a name (DI-04). */
export interface WallNumber extends TicketLabel {
  readonly id: string;
  readonly colour: number;
}

export interface WallRow extends WallNumber {
  readonly counter: string;
  /** On the way, at the counter, or an earlier call. */
  readonly state: 'expected' | 'here' | 'past';
}

export interface ServiceLine {
  readonly id: string;
  readonly letter: string;
  readonly colour: number;
  readonly name: string;
  /** null until the first estimates. */
  readonly waiting: number | null;
  readonly wait:
    | { readonly kind: 'range'; readonly range: WaitRange }
    | { readonly kind: 'noCounter' }
    | { readonly kind: 'closed'; readonly opensAt: Instant | null }
    | { readonly kind: 'unknown' };
}

export interface WallView {
  readonly language: Language;
  /** A second language in small, where exactly two are configured. */
  readonly second: Language | null;
  readonly location: Location;
  readonly rows: readonly WallRow[];
  readonly next: readonly WallNumber[];
  readonly services: readonly ServiceLine[];
  readonly houseMessage: string;
  readonly mediaText: string;
  /** The house is closed and nobody is waiting or expected: when it opens again. */
  readonly closed: { readonly opensAt: Instant | null } | null;
}

export interface WallInput {
  readonly settings: DeviceSettings;
  readonly now: Instant;
  readonly estimates: Estimates | null;
  /** Calls that wait for their announcement: not on the list before their turn on the whole wall. */
  readonly unannounced: ReadonlySet<string>;
}

export function wallLanguages(
  settings: Pick<DeviceSettings, 'languages'>,
  location: Pick<Location, 'languages'> | undefined,
): { language: Language; second: Language | null } {
  const [first, second] = settings.languages;
  return {
    language: first ?? location?.languages[0] ?? 'de',
    second: settings.languages.length === 2 && second !== undefined ? second : null,
  };
}

export const showsService = (settings: Pick<DeviceSettings, 'serviceIds'>, serviceId: string): boolean =>
  settings.serviceIds.length === 0 || settings.serviceIds.includes(serviceId);

/** Everything that the wall shows, from the rows of its stream; null until they are there. */
export function wallView(live: QueueLive, input: WallInput): WallView | null {
  const [location] = live.rows.locations.values();
  if (location === undefined) return null;
  const { settings, now, unannounced } = input;
  const { language, second } = wallLanguages(settings, location);
  const calls = wallCalls(live, settings.serviceIds, ROWS + unannounced.size)
    .filter((call) => !unannounced.has(call.id))
    .slice(0, ROWS);
  const rows = calls.map((call) => wallRow(live, call));
  const next = nextNumbers(live, settings, now);
  const house = openState(location.hours, now, location.timeZone);
  const busy = next.length > 0 || rows.some((row) => row.state !== 'past');
  return {
    language,
    second,
    location,
    rows,
    next,
    services: serviceLines(live, input, location, language),
    houseMessage: inLanguage(location.houseMessage, language),
    mediaText: settings.media === 'text' ? inLanguage(settings.mediaText, language) : '',
    closed: house.open || busy ? null : { opensAt: house.opensAt },
  };
}

/** A house that has written its text in one language only shows that one. */
const inLanguage = (text: Localised, language: Language): string =>
  text[language] || (Object.values(text).find((t) => t !== '') ?? '');

const colourOf = (live: QueueLive, serviceId: string): number =>
  live.rows.services.get(serviceId)?.colour ?? 1;

function wallRow(live: QueueLive, call: Call): WallRow {
  const stage = live.rows.stages.get(call.stageId);
  const current = stage?.callNo === call.callNo ? stage.status : undefined;
  return {
    id: call.id,
    ...ticketLabel(call.series, call.number),
    colour: colourOf(live, call.serviceId),
    counter: call.counterName,
    state: current === 'called' ? 'expected' : current === 'serving' ? 'here' : 'past',
  };
}

function nextNumbers(live: QueueLive, settings: DeviceSettings, now: Instant): WallNumber[] {
  const next: WallNumber[] = [];
  for (const stage of waitingInOrder(live, now)) {
    const visit = live.rows.visits.get(stage.visitId);
    if (
      visit === undefined ||
      !showsService(settings, stage.serviceId) ||
      heldBack(live, stage, now) !== null
    )
      continue;
    next.push({
      id: stage.id,
      ...ticketLabel(visit.series, visit.number),
      colour: colourOf(live, stage.serviceId),
    });
    if (next.length === NEXT_MAX) break;
  }
  return next;
}

function serviceLines(
  live: QueueLive,
  { settings, now, estimates }: WallInput,
  location: Location,
  language: Language,
): ServiceLine[] {
  const lineOf = (service: Service): ServiceLine => {
    const estimate = estimates?.services.find((s) => s.serviceId === service.id);
    const opening = openingOf(location, service, now);
    const wait = ((): ServiceLine['wait'] => {
      if (!opening.open) return { kind: 'closed', opensAt: opening.opensAt };
      if (estimate === undefined) return { kind: 'unknown' };
      return estimate.range === null ? { kind: 'noCounter' } : { kind: 'range', range: estimate.range };
    })();
    const { id, letter, colour, name } = service;
    return { id, letter, colour, name: inLanguage(name, language), waiting: estimate?.waiting ?? null, wait };
  };
  return [...live.rows.services.values()]
    .filter((service) => service.active && showsService(settings, service.id))
    .sort((a, b) => a.position - b.position)
    .slice(0, SERVICES_MAX)
    .map(lineOf);
}
