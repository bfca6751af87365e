import { z } from 'zod';
import { Id } from './kernel/ids.ts';
import { Instant } from './kernel/time-schemas.ts';
import { SECURITY_EVENTS } from './platform/security.ts';

export const ACTOR_KINDS = ['person', 'device', 'customer', 'anonymous', 'system'] as const;
/** What an entry is about, by the name that it has now; null where there is none any more. */
const Subject = z.object({
  kind: z.enum(['ticket', 'counter', 'service', 'person', 'device', 'reservation']),
  id: Id,
  name: z.string().nullable(),
});
export type AuditSubject = z.output<typeof Subject>;

/** One line of the audit: who did what, when, where, to what, and why as far as it was said. */
export const AuditItem = z
  .object({
    seq: z.number().int(),
    /** When the server took it; when the person did it. */
    at: Instant,
    occurredAt: Instant,
    type: z.string(),
    actor: z.object({
      kind: z.enum(ACTOR_KINDS),
      id: Id.nullable(),
      name: z.string().nullable(),
    }),
    device: z.object({ id: Id, name: z.string().nullable() }).nullable(),
    facts: z.array(z.string()),
    subjects: z.array(Subject),
    why: z.string().nullable(),
    /** Of an entry that concerns security and is no command of anybody's. */
    event: z
      .object({ name: z.enum(SECURITY_EVENTS), what: z.string().nullable(), count: z.number().int() })
      .nullable(),
  })
  .meta({ id: 'AuditItem' });
export type AuditItem = z.output<typeof AuditItem>;

export const AuditEntry = z
  .object({
    item: AuditItem,
    rows: z.array(
      z.object({
        table: z.string(),
        id: Id,
        name: z.string().nullable(),
        /** `unknown`: what it was before lies further back than anybody looks. */
        state: z.enum(['new', 'changed', 'unknown']),
        fields: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
      }),
    ),
    /** How many more rows the entry changed. */
    moreRows: z.number().int(),
    /** What the ids among the values are called now. */
    names: z.record(z.string(), z.string()),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.output<typeof AuditEntry>;

/** How far the journal's chain of hashes reaches, and whether it held when it was last looked at. */
export const AuditIntegrity = z
  .object({
    /** The last entry that there is. */
    seq: z.number().int(),
    /** The last that is sealed: with its hash, which anchors all before it. */
    sealed: z.object({ seq: z.number().int(), at: Instant, hash: z.string() }).nullable(),
    /** Of the whole organisation. */
    checked: z.object({ at: Instant, damages: z.number().int() }).nullable(),
  })
  .meta({ id: 'AuditIntegrity' });
export type AuditIntegrity = z.output<typeof AuditIntegrity>;
