import type { Signals } from '@schalter/shared/client/connection-state.ts';
import type { Service } from '@schalter/shared/directory/rows.ts';
import type { DeviceSettings } from '@schalter/shared/platform/rows.ts';
import { openingOf } from '@schalter/shared/queue/opening.ts';
import type { QueueLive } from '@schalter/shared/queue/rows.ts';
import { serviceState } from '@schalter/shared/queue/select.ts';
import { TILES_MAX, type Tile, type TileState } from './tiles.ts';

type Estimate = NonNullable<Signals['estimates']>['services'][number];

function stateOf(live: QueueLive, service: Service, estimate: Estimate | null, now: string): TileState {
  const range = estimate?.range ?? null;
  const state = serviceState(live, service, now, range);
  const open: TileState = { kind: 'open', ahead: estimate?.ahead ?? 0, range };
  if (state.open) return open;
  switch (state.code) {
    case 'locationClosed':
    case 'serviceClosed':
      return { kind: 'closed', opensAt: state.opensAt };
    // A booking has its place, however many wait (B6): only closed hours refuse it.
    case 'queueFull':
      return service.kind === 'appointment' ? open : { kind: 'full' };
    case 'closesBeforeTurn': {
      if (service.kind === 'appointment') return open;
      const location = live.rows.locations.get(service.locationId);
      const opening = location === undefined ? null : openingOf(location, service, now);
      return opening?.open === true ? { kind: 'lastCall', closesAt: opening.closesAt } : { kind: 'full' };
    }
  }
}

const offered = (live: QueueLive, settings: DeviceSettings | null): Service[] =>
  [...live.rows.services.values()]
    .filter((service) => service.active && service.selfService)
    .filter(
      ({ id }) => settings === null || settings.serviceIds.length === 0 || settings.serviceIds.includes(id),
    )
    .sort((a, b) => a.position - b.position)
    .slice(0, TILES_MAX);

/** The services of the first screen, in their order. */
export function tilesOf(
  live: QueueLive,
  settings: DeviceSettings | null,
  estimates: Signals['estimates'],
  now: string,
): Tile[] {
  const byService = new Map(estimates?.services.map((estimate) => [estimate.serviceId, estimate]));
  return offered(live, settings).map((service) => ({
    serviceId: service.id,
    letter: service.letter,
    colour: service.colour,
    name: service.name,
    hint: service.hint,
    booked: service.kind === 'appointment',
    state: stateOf(live, service, byService.get(service.id) ?? null, now),
  }));
}

/** The service for somebody who has booked but not the number at hand; null where it gives no numbers now. */
export function withoutBooking(live: QueueLive, settings: DeviceSettings | null, now: string): string | null {
  const service = offered(live, settings).find(({ kind }) => kind === 'appointment');
  return service !== undefined && serviceState(live, service, now).open ? service.id : null;
}
