import type { StageStatus } from '@schalter/shared/queue/rows.ts';
import type { AllLive } from '@schalter/shared/registry.ts';

/** What happened to a visit, as far as the rows of today tell; the whole of it is in the journal. */
export type Happening =
  | { readonly at: string; readonly kind: 'arrived'; readonly source: 'kiosk' | 'phone' | 'staff' | 'api' }
  | { readonly at: string; readonly kind: 'called'; readonly counter: string; readonly callNo: number }
  | { readonly at: string; readonly kind: 'withdrawn' }
  | { readonly at: string; readonly kind: 'coming' }
  | { readonly at: string; readonly kind: 'started'; readonly person: string | null }
  | { readonly at: string; readonly kind: 'held'; readonly reason: string | null }
  | { readonly at: string; readonly kind: 'message'; readonly template: 'approaching' | 'called' }
  | {
      readonly at: string;
      readonly kind: 'ended';
      readonly status: StageStatus;
      readonly reason: string | null;
    };

/** The call was taken back, not answered: its customer was not served from it. */
const ENDS_CALL: readonly StageStatus[] = ['waiting', 'cancelled', 'left'];

export function historyOf(live: AllLive, visitId: string): readonly Happening[] {
  const visit = live.rows.visits.get(visitId);
  if (visit === undefined) return [];
  const found: Happening[] = [{ at: visit.arrivedAt, kind: 'arrived', source: visit.source }];
  for (const call of live.rows.calls.values()) {
    if (call.visitId !== visitId) continue;
    found.push({ at: call.calledAt, kind: 'called', counter: call.counterName, callNo: call.callNo });
    const stage = live.rows.stages.get(call.stageId);
    if (call.withdrawnAt !== null && stage !== undefined && ENDS_CALL.includes(stage.status)) {
      found.push({ at: call.withdrawnAt, kind: 'withdrawn' });
    }
  }
  if (visit.comingAt !== null) found.push({ at: visit.comingAt, kind: 'coming' });
  for (const stage of live.rows.stages.values()) {
    if (stage.visitId !== visitId) continue;
    const person = stage.personId === null ? null : nameOf(live, stage.personId);
    if (stage.startedAt !== null) found.push({ at: stage.startedAt, kind: 'started', person });
    if (stage.heldAt !== null) found.push({ at: stage.heldAt, kind: 'held', reason: stage.holdReason });
    if (stage.endedAt !== null) {
      found.push({ at: stage.endedAt, kind: 'ended', status: stage.status, reason: stage.endReason });
    }
  }
  for (const message of live.rows.messages.values()) {
    if (message.visitId === visitId && message.sentAt !== null) {
      found.push({ at: message.sentAt, kind: 'message', template: message.template });
    }
  }
  return found.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Clerks know each other from who stands at a counter; the list of people is the managers'. */
function nameOf(live: AllLive, personId: string): string | null {
  for (const presence of live.rows.presences.values())
    if (presence.personId === personId) return presence.personName;
  return live.rows.people.get(personId)?.name ?? null;
}
