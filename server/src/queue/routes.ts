import { z } from 'zod';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { LIMITS, Text } from '@schalter/shared/kernel/text.ts';
import { Day } from '@schalter/shared/kernel/time-schemas.ts';
import { worksAt } from '@schalter/shared/platform/access.ts';
import { LocationInput } from '@schalter/shared/platform/rows.ts';
import { estimateWaits } from '@schalter/shared/queue/estimate.ts';
import { serviceState } from '@schalter/shared/queue/select.ts';
import type { AllLive } from '@schalter/shared/registry.ts';
import { recordRead } from '../platform/security-events.ts';
import { parse, type Parts } from '../transport/caller.ts';
import { Routes } from '../transport/routes.ts';
import type { QueueQueries } from './queries.ts';

const HISTORY_PAGE_MAX = 200;
const HistoryQuery = z.strictObject({
  day: Day.optional(),
  q: Text(LIMITS.name).optional(),
  sort: z.enum(['arrivedAt', '-arrivedAt']).default('-arrivedAt'),
  cursor: Id.optional(),
  limit: z.coerce.number().int().min(1).max(HISTORY_PAGE_MAX).default(50),
});

const LocationCode = LocationInput.shape.code;

export function queueRoutes(parts: Parts, history: QueueQueries): Routes {
  const routes = new Routes(parts);

  routes.anyone('get', '/join/:code', async (request, response) => {
    const code = LocationCode.safeParse(request.params['code']);
    const location = code.success ? await parts.queries.locationByCode(code.data) : null;
    if (location === null) return reject('unknownLocation');
    const view = await parts.engine.read(location.id, ({ live }) =>
      joinView(live, location.id, parts.clock.now()),
    );
    if (view === null) return reject('unknownLocation');
    response.json(view);
    return undefined;
  });

  routes.person('get', '/locations', async (person, _request, response) => {
    const all = await parts.queries.locations(person.organisationId);
    response.json({
      items: all.filter((l) => worksAt(person, { organisationId: l.organisationId, locationId: l.id })),
      nextCursor: null,
    });
    return undefined;
  });

  routes.atLocation(
    'get',
    '/locations/:locationId/tickets',
    'ticket.manage',
    async (person, request, response, scope) => {
      const query = parse(HistoryQuery, request.query);
      if (!query.ok) return query;
      const { day = null, q = '', cursor = null, sort, limit } = query.data;
      const text = q === '' ? null : q;
      const refused = text === null ? null : await recordRead(parts, person, scope, 'tickets.search');
      if (refused !== null) return refused;
      response.json(await history.tickets({ ...scope, day, text, cursor, sort, limit }));
      return undefined;
    },
  );

  routes.person('get', '/organisation', async (person, _request, response) => {
    const row = await parts.engine.read(person.organisationId, ({ live }) =>
      live.rows.organisations.get(person.organisationId),
    );
    if (!row) return reject('unknownStream');
    response.json({ id: row.id, name: row.name, language: row.language, currency: row.currency });
    return undefined;
  });
  return routes;
}

function joinView(live: AllLive, locationId: string, now: string) {
  const location = live.rows.locations.get(locationId);
  if (location === undefined) return null;
  const estimates = new Map(estimateWaits(live, now).services.map((e) => [e.serviceId, e]));
  const { name, code, timeZone, languages, joinByPhone, smsCountries } = location;
  const services = [...live.rows.services.values()]
    .filter((service) => service.active && service.selfService)
    .sort((a, b) => a.position - b.position)
    .map((service) => ({
      id: service.id,
      letter: service.letter,
      colour: service.colour,
      name: service.name,
      hint: service.hint,
      kind: service.kind,
      state: serviceState(live, service, now),
      ahead: estimates.get(service.id)?.ahead ?? 0,
      range: estimates.get(service.id)?.range ?? null,
    }));
  return { locationId, name, code, timeZone, languages, joinByPhone, smsCountries, services };
}
