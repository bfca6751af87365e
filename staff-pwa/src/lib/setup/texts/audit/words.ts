import type { AuditField, AuditTable } from '@schalter/shared/audit.ts';
import type { SecurityEventName } from '@schalter/shared/platform/security.ts';
import type { CommandType } from '@schalter/shared/registry.ts';

/** The audit in plain words: what was done, what it changed, and where; a missing one does not compile. */
export interface AuditWords {
  readonly did: Readonly<Record<CommandType, string>>;
  readonly event: Readonly<Record<SecurityEventName, string>>;
  /** How somebody signed in, what was read; of what was refused the permission's own name stands as it is. */
  readonly what: Readonly<Record<string, string>>;
  readonly field: Readonly<Record<AuditField, string>>;
  readonly table: Readonly<Record<AuditTable, string>>;
}
