import { Router, type RequestHandler } from 'express';
import { z } from 'zod';
import { ACTOR_KINDS } from '@schalter/shared/audit.ts';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { LIMITS, Text } from '@schalter/shared/kernel/text.ts';
import { Instant } from '@schalter/shared/kernel/time-schemas.ts';
import { can, type Scope } from '@schalter/shared/platform/access.ts';
import { commands } from '@schalter/shared/registry.ts';
import { forPerson, parse, type Parts, type Person } from '../transport/caller.ts';
import { languageOf } from '../transport/problem.ts';
import type { AuditQueries } from './queries-audit.ts';

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

export function auditRoutes(parts: Parts, audit: AuditQueries): Router {
  const router = Router();

  const list = (scopeOf: ScopeOf): RequestHandler =>
    forPerson(parts, async (person, request, response) => {
      const scope = readable(person, scopeOf(person, request.params));
      if (!scope.ok) return scope;
      const query = parse(AuditFilter, request.query);
      if (!query.ok) return query;
      const { from = null, until = null, actor = null, personId = null } = query.data;
      const { deviceId = null, type = null, q = '', cursor = null, limit } = query.data;
      const filter = { from, until, actor, personId, deviceId, type, text: q === '' ? null : q };
      response.json(await audit.page({ scope: scope.data, filter, cursor, limit }));
      return undefined;
    });

  const entry = (scopeOf: ScopeOf): RequestHandler =>
    forPerson(parts, async (person, request, response) => {
      const scope = readable(person, scopeOf(person, request.params));
      if (!scope.ok) return scope;
      const seq = parse(Sequence, request.params['seq']);
      if (!seq.ok) return seq;
      const found = await audit.entry(scope.data, seq.data, languageOf(request));
      if (found === null) return reject('notFound');
      response.json(found);
      return undefined;
    });

  router.get('/locations/:locationId/audit', list(ofLocation));
  router.get('/locations/:locationId/audit/:seq', entry(ofLocation));
  router.get('/organisation/audit', list(ofOrganisation));
  router.get('/organisation/audit/:seq', entry(ofOrganisation));
  return router;
}

type ScopeOf = (
  person: Person,
  params: Readonly<Record<string, unknown>>,
) => { readonly ok: true; readonly data: Scope } | Rejection;

const ofLocation: ScopeOf = ({ organisationId }, params) => {
  const id = parse(Id, params['locationId']);
  return id.ok ? { ok: true, data: { organisationId, locationId: id.data } } : id;
};
const ofOrganisation: ScopeOf = ({ organisationId }) => ({
  ok: true,
  data: { organisationId, locationId: null },
});

const readable = (person: Person, scope: ReturnType<ScopeOf>): ReturnType<ScopeOf> =>
  scope.ok && !can(person, 'audit.read', scope.data) ? reject('notPermitted') : scope;
