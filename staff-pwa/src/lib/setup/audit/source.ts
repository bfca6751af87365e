import type { AuditEntry, AuditIntegrity, AuditItem } from '@schalter/shared/audit.ts';
import { download, request, type Result } from '../../device/api.ts';

export interface AuditPageOf {
  readonly items: readonly AuditItem[];
  readonly nextCursor: number | null;
}

/** What is asked for; what is undefined does not narrow. */
export interface AuditAsked {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly actor?: string | undefined;
  readonly personId?: string | undefined;
  readonly type?: string | undefined;
  readonly report?: 'security' | undefined;
  readonly event?: string | undefined;
  readonly recordId?: string | undefined;
  readonly q?: string | undefined;
  readonly cursor?: number | undefined;
}

/** The audit lies on the server alone: every look is a question. */
export interface AuditSource {
  readonly list: (asked: AuditAsked) => Promise<Result<AuditPageOf>>;
  readonly entry: (seq: number) => Promise<Result<AuditEntry>>;
  readonly integrity: () => Promise<Result<AuditIntegrity>>;
  /** All of what is asked for, as a file. */
  readonly exported: (asked: AuditAsked) => Promise<Result<Blob>>;
}

/** A location's, or with null the organisation's own. */
export function auditSource(locationId: string | null): AuditSource {
  const path = locationId === null ? '/organisation/audit' : `/locations/${locationId}/audit`;
  return {
    list: (asked) => request('GET', `${path}?${queryOf(asked)}`),
    entry: (seq) => request('GET', `${path}/${seq}`),
    integrity: () => request('GET', `${path}/integrity`),
    exported: (asked) => download(`${path}/export?${queryOf(asked)}`),
  };
}

function queryOf(asked: AuditAsked): URLSearchParams {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
}
