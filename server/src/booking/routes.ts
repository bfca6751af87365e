import { mayPass } from '@schalter/shared/booking/may-pass.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { openStageOf } from '@schalter/shared/queue/found.ts';
import type { AllLive } from '@schalter/shared/registry.ts';
import type { Parts } from '../transport/caller.ts';
import { Routes } from '../transport/routes.ts';

/** The customer's own ticket, with what only bookings know: how many of them may still go before. */
export function bookingRoutes(parts: Parts): Routes {
  const routes = new Routes(parts);

  routes.customer('get', '/ticket', async (actor, _request, response) => {
    const ticket = await parts.engine.read(actor.locationId, ({ live }) =>
      ticketView(live, actor.visitId, parts.clock.now()),
    );
    if (ticket === null) return reject('visitUnknown');
    response.setHeader('Cache-Control', 'no-store').json(ticket);
    return undefined;
  });
  return routes;
}

/** What the customer's own page needs beyond the public rows of the stream. */
function ticketView(live: AllLive, visitId: string, now: string) {
  const visit = live.rows.visits.get(visitId);
  const location = visit === undefined ? undefined : live.rows.locations.get(visit.locationId);
  if (visit === undefined || location === undefined) return null;
  const { locationId, series, number, language, name, reservationReference, endedAt } = visit;
  const stage = openStageOf(live, visitId);
  const { timeZone, languages, joinByPhone, code, houseMessage, waitingArea } = location;
  return {
    visitId,
    locationId,
    location: { name: location.name, code, timeZone, languages, joinByPhone, houseMessage, waitingArea },
    series,
    number,
    language,
    name,
    reservationReference,
    smsOptIn: visit.smsOptIn,
    pushOptIn: visit.pushOptIn,
    endedAt,
    mayPass: stage?.status === 'waiting' ? mayPass(live, stage, now) : 0,
  };
}
