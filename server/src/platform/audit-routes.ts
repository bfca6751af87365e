import type { Request, Response } from 'express';
import { z } from 'zod';
import { ACTOR_KINDS } from '@schalter/shared/audit.ts';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { LIMITS, Text } from '@schalter/shared/kernel/text.ts';
import { Instant } from '@schalter/shared/kernel/time-schemas.ts';
import type { Scope } from '@schalter/shared/platform/access.ts';
import { SECURITY_EVENTS } from '@schalter/shared/platform/security.ts';
import { commands } from '@schalter/shared/registry.ts';
import type { Islands } from '../engine/postgres-connections.ts';
import { parse, type Parts } from '../transport/caller.ts';
import { languageOf } from '../transport/problem.ts';
import { Routes, type Person } from '../transport/routes.ts';
import { sendCsv } from './audit-export.ts';
import { AuditQueries, type AuditFilter } from './queries-audit.ts';
import { recordRead } from './security-events.ts';

const PAGE_MAX = 100;
const Sequence = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const Filter = z.strictObject({
  from: Instant.optional(),
  until: Instant.optional(),
  actor: z.enum(ACTOR_KINDS).optional(),
  personId: Id.optional(),
  deviceId: Id.optional(),
  type: z.enum(Object.keys(commands)).optional(),
  report: z.enum(['security']).optional(),
  event: z.enum(SECURITY_EVENTS).optional(),
  recordId: Id.optional(),
  q: Text(LIMITS.name).optional(),
});
const Page = Filter.extend({
  cursor: Sequence.optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
});

function filterOf(asked: z.output<typeof Filter>): AuditFilter {
  const { from = null, until = null, actor = null, personId = null, deviceId = null, type = null } = asked;
  const { report = null, event = null, recordId = null, q = '' } = asked;
  const text = q === '' ? null : q;
  return { from, until, actor, personId, deviceId, type, report, event, recordId, text };
}

/** What was done, newest first; one entry with what it changed. Of a location, and of the organisation itself. */
export function auditRoutes(parts: Parts, islands: Islands): Routes {
  const routes = new Routes(parts);
  const reading = <T>({ organisationId }: Scope, read: (audit: AuditQueries) => Promise<T>): Promise<T> =>
    islands.within(organisationId, (db) => read(new AuditQueries(db)));

  const list = async (person: Person, request: Request, response: Response, scope: Scope) => {
    const query = parse(Page, request.query);
    if (!query.ok) return query;
    const { cursor = null, limit, ...asked } = query.data;
    const filter = filterOf(asked);
    // The list itself is what a manager works with; looking for somebody in it is what is written down.
    if (filter.text !== null || filter.recordId !== null) {
      const refused = await recordRead(parts, person, scope, 'audit.search');
      if (refused !== null) return refused;
    }
    response.json(await reading(scope, (audit) => audit.page({ scope, filter, cursor, limit })));
    return undefined;
  };

  const entry = async (person: Person, request: Request, response: Response, scope: Scope) => {
    const seq = parse(Sequence, request.params['seq']);
    if (!seq.ok) return seq;
    const found = await reading(scope, (audit) => audit.entry(scope, seq.data, languageOf(request)));
    if (found === null) return reject('notFound');
    const refused = await recordRead(parts, person, scope, 'audit.entry', seq.data);
    if (refused !== null) return refused;
    response.json(found);
    return undefined;
  };

  const exported = async (
    person: Person,
    request: Request,
    response: Response,
    scope: Scope,
  ): Promise<Rejection | undefined> => {
    const query = parse(Filter, request.query);
    if (!query.ok) return query;
    const limited = await parts.limits.take('export', person.personId);
    if (limited !== null) return limited;
    // Written down before the first line leaves, or none does.
    const { personId, deviceId } = person;
    const isRecorded = await parts.security.record({
      event: 'auditExported',
      byPersonId: personId,
      deviceId,
      ...scope,
    });
    if (!isRecorded) return reject('unavailable');
    await sendCsv(response, (read) => reading(scope, read), { scope, filter: filterOf(query.data) });
    return undefined;
  };

  const integrity = async (_person: Person, _request: Request, response: Response, scope: Scope) => {
    response.json(await reading(scope, (audit) => audit.integrity(scope)));
    return undefined;
  };

  routes.atLocation('get', '/locations/:locationId/audit', 'audit.read', list);
  routes.atLocation('get', '/locations/:locationId/audit/export', 'audit.read', exported, {
    action: 'audit.export',
    target: 'locationId',
  });
  routes.atLocation('get', '/locations/:locationId/audit/integrity', 'audit.read', integrity);
  routes.atLocation('get', '/locations/:locationId/audit/:seq', 'audit.read', entry);
  routes.inOrganisation('get', '/organisation/audit', 'audit.read', list);
  routes.inOrganisation('get', '/organisation/audit/export', 'audit.read', exported, {
    action: 'audit.export',
    target: null,
  });
  routes.inOrganisation('get', '/organisation/audit/integrity', 'audit.read', integrity);
  routes.inOrganisation('get', '/organisation/audit/:seq', 'audit.read', entry);
  return routes;
}
