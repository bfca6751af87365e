import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { ACTOR_KINDS, AuditEntry, AuditIntegrity, AuditItem } from '@schalter/shared/audit.ts';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { Instant } from '@schalter/shared/kernel/time-schemas.ts';
import { SECURITY_EVENTS } from '@schalter/shared/platform/security.ts';
import { json, reads } from './openapi-parts.ts';

const filter = z.object({
  from: Instant.optional(),
  until: Instant.optional().meta({ description: 'Before this instant' }),
  actor: z.enum(ACTOR_KINDS).optional(),
  personId: Id.optional(),
  deviceId: Id.optional(),
  type: z.string().optional().meta({ description: 'The type of a command' }),
  report: z.enum(['security']).optional().meta({ description: 'What concerns security alone' }),
  event: z.enum(SECURITY_EVENTS).optional(),
  recordId: Id.optional().meta({
    description: 'Everything about one ticket, person, device or other record',
  }),
  q: z.string().max(80).optional(),
});
const query = filter.extend({
  cursor: z.number().int().min(1).optional(),
  limit: z.number().int().min(1).max(100).optional(),
});
const page = json(z.object({ items: z.array(AuditItem), nextCursor: z.number().int().nullable() }));
const seq = z.number().int().min(1);
const location = { locationId: Id };

const csv = {
  description: 'CSV (RFC 4180) with one line per entry and the hash of its seal, 50,000 at most',
  content: { 'text/csv': { schema: z.string() } },
};

/** Who did what, when and where: the journal, for those who may read it. */
export const auditPaths: ZodOpenApiPathsObject = {
  '/api/v1/locations/{locationId}/audit': {
    get: reads({
      operationId: 'locationAudit',
      summary: "What happened at a location, the newest first; `q` is a ticket's number or a name",
      requestParams: { path: z.object(location), query },
      answer: page,
      refused: [401, 403],
    }),
  },
  '/api/v1/locations/{locationId}/audit/export': {
    get: reads({
      operationId: 'exportLocationAudit',
      summary: 'What happened at a location, as CSV; the export itself is recorded',
      requestParams: { path: z.object(location), query: filter },
      answer: csv,
      refused: [401, 403, 429],
    }),
  },
  '/api/v1/locations/{locationId}/audit/integrity': {
    get: reads({
      operationId: 'locationAuditIntegrity',
      summary:
        "How far the location's journal is sealed, and whether its chain held when it was last checked",
      requestParams: { path: z.object(location) },
      answer: json(AuditIntegrity),
      refused: [401, 403],
    }),
  },
  '/api/v1/locations/{locationId}/audit/{seq}': {
    get: reads({
      operationId: 'locationAuditEntry',
      summary: 'One entry of the audit, with what it changed',
      requestParams: { path: z.object({ ...location, seq }) },
      answer: json(AuditEntry),
      refused: [401, 403, 404],
    }),
  },
  '/api/v1/organisation/audit': {
    get: reads({
      operationId: 'organisationAudit',
      summary: 'What happened to the organisation and its people, the newest first',
      requestParams: { query },
      answer: page,
      refused: [401, 403],
    }),
  },
  '/api/v1/organisation/audit/export': {
    get: reads({
      operationId: 'exportOrganisationAudit',
      summary: 'What happened to the organisation and its people, as CSV; the export itself is recorded',
      requestParams: { query: filter },
      answer: csv,
      refused: [401, 403, 429],
    }),
  },
  '/api/v1/organisation/audit/integrity': {
    get: reads({
      operationId: 'organisationAuditIntegrity',
      summary:
        "How far the organisation's journal is sealed, and whether its chain held when it was last checked",
      answer: json(AuditIntegrity),
      refused: [401, 403],
    }),
  },
  '/api/v1/organisation/audit/{seq}': {
    get: reads({
      operationId: 'organisationAuditEntry',
      summary: "One entry of the organisation's audit, with what it changed",
      requestParams: { path: z.object({ seq }) },
      answer: json(AuditEntry),
      refused: [401, 403, 404],
    }),
  },
};
