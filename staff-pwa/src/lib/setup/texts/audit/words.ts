import type { AuditField, AuditTable } from '@schalter/shared/audit-fields.ts';
import type { SecurityEventName } from '@schalter/shared/platform/security.ts';
import type { CommandType, Fact } from '@schalter/shared/registry.ts';

type TellingFact = Extract<
  Fact['type'],
  'directory.lineLost' | 'directory.lineBack' | 'directory.breakBegun' | 'directory.breakEnded'
>;

/** The audit in plain words: what was done, what it changed, and where; a missing one does not compile. */
export interface AuditWords {
  readonly did: Readonly<Record<CommandType, string>>;
  /** What one command does or undoes is called by its fact (docs/spec/audit.md AU21). */
  readonly happened: Readonly<Record<TellingFact, string>>;
  readonly event: Readonly<Record<SecurityEventName, string>>;
  /** How somebody signed in, what was read; of what was refused the permission's own name stands as it is. */
  readonly what: Readonly<Record<string, string>>;
  readonly field: Readonly<Record<AuditField, string>>;
  readonly table: Readonly<Record<AuditTable, string>>;
}
