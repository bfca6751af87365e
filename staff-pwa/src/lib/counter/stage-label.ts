import { ticketLabel } from '@schalter/shared/queue/select.ts';
import type { Stage } from '@schalter/shared/queue/rows.ts';
import type { AllLive } from '@schalter/shared/registry.ts';

/** "B042" */
export function numberOf(live: AllLive, stage: Pick<Stage, 'visitId'>): string {
  const visit = live.rows.visits.get(stage.visitId);
  if (visit === undefined) return '';
  const { letter, digits } = ticketLabel(visit.series, visit.number);
  return `${letter}${digits}`;
}
