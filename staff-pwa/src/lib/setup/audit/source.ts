import type { AuditEntry, AuditItem } from '@schalter/shared/audit.ts';
import { request, type Result } from '../../device/api.ts';

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
  readonly q?: string | undefined;
  readonly cursor?: number | undefined;
}

/** The audit lies on the server alone: every look is a question. */
export interface AuditSource {
  readonly list: (asked: AuditAsked) => Promise<Result<AuditPageOf>>;
  readonly entry: (seq: number) => Promise<Result<AuditEntry>>;
}

/** A location's, or with null the organisation's own. */
export function auditSource(locationId: string | null): AuditSource {
  const path = locationId === null ? '/organisation/audit' : `/locations/${locationId}/audit`;
  return {
    list: (asked) => {
      const given = Object.entries(asked).filter(([, value]) => value !== undefined && value !== '');
      const query = new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
      return request('GET', `${path}?${query}`);
    },
    entry: (seq) => request('GET', `${path}/${seq}`),
  };
}
