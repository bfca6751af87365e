import type { AuditField, AuditTable } from '@schalter/shared/audit.ts';
import type { CommandType } from '@schalter/shared/registry.ts';

/** The audit in plain words: what was done, what it changed, and where; a missing one does not compile. */
export interface AuditWords {
  readonly did: Readonly<Record<CommandType, string>>;
  readonly field: Readonly<Record<AuditField, string>>;
  readonly table: Readonly<Record<AuditTable, string>>;
}
