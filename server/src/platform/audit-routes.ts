import type { Request, Response } from 'express';
import { z } from 'zod';
import { ACTOR_KINDS } from '@schalter/shared/audit.ts';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { LIMITS, Text } from '@schalter/shared/kernel/text.ts';
import { Instant } from '@schalter/shared/kernel/time-schemas.ts';
import type { Scope } from '@schalter/shared/platform/access.ts';
import { commands } from '@schalter/shared/registry.ts';
import type { Islands } from '../engine/postgres-connections.ts';
import { parse, type Parts } from '../transport/caller.ts';
import { languageOf } from '../transport/problem.ts';
import { Routes, type Person } from '../transport/routes.ts';
import { AuditQueries } from './queries-audit.ts';

const PAGE_MAX = 100;
const Sequence = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
const AuditFilter = z.strictObject({
  from: Instant.optional(),
  until: Instant.optional(),
  actor: z.enum(ACTOR_KINDS).optional(),
  personId: Id.optional(),
  deviceId: Id.optional(),
  type: z.enum(Object.keys(commands)).optional(),
  q: Text(LIMITS.name).optional(),
  cursor: Sequence.optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
});

/** What was done, newest first; one entry with what it changed. Of a location, and of the organisation itself. */
export function auditRoutes(parts: Parts, islands: Islands): Routes {
  const routes = new Routes(parts);
  const reading = <T>({ organisationId }: Scope, read: (audit: AuditQueries) => Promise<T>): Promise<T> =>
    islands.within(organisationId, (db) => read(new AuditQueries(db)));

  const list = async (_person: Person, request: Request, response: Response, scope: Scope) => {
    const query = parse(AuditFilter, request.query);
    if (!query.ok) return query;
    const { from = null, until = null, actor = null, personId = null } = query.data;
    const { deviceId = null, type = null, q = '', cursor = null, limit } = query.data;
    const filter = { from, until, actor, personId, deviceId, type, text: q === '' ? null : q };
    response.json(await reading(scope, (audit) => audit.page({ scope, filter, cursor, limit })));
    return undefined;
  };

  const entry = async (_person: Person, request: Request, response: Response, scope: Scope) => {
    const seq = parse(Sequence, request.params['seq']);
    if (!seq.ok) return seq;
    const found = await reading(scope, (audit) => audit.entry(scope, seq.data, languageOf(request)));
    if (found === null) return reject('notFound');
    response.json(found);
    return undefined;
  };

  routes.atLocation('get', '/locations/:locationId/audit', 'audit.read', list);
  routes.atLocation('get', '/locations/:locationId/audit/:seq', 'audit.read', entry);
  routes.inOrganisation('get', '/organisation/audit', 'audit.read', list);
  routes.inOrganisation('get', '/organisation/audit/:seq', 'audit.read', entry);
  return routes;
}
