import type { Service } from '@schalter/shared/directory/rows.ts';
import { canHonour } from '@schalter/shared/queue/order.ts';
import type { Stage } from '@schalter/shared/queue/rows.ts';
import type { AllLive } from '@schalter/shared/registry.ts';

export interface Target {
  readonly kind: 'service' | 'counter' | 'person';
  readonly id: string;
  /** What the customer gets there: the service of before where that place offers it, else its first. */
  readonly serviceId: string;
  readonly counterName: string | null;
  readonly personName: string | null;
  readonly onBreak: boolean;
}

const byPosition = <T extends { position: number }>(a: T, b: T): number => a.position - b.position;

/** Services somebody could be handed to: any counter offers them, and it is not the one they stand in. */
export function serviceTargets(live: AllLive, stage: Stage): readonly Service[] {
  const offered = new Set(
    [...live.rows.counters.values()].filter((c) => c.active).flatMap((c) => c.serviceIds),
  );
  return [...live.rows.services.values()]
    .filter((s) => s.active && s.id !== stage.serviceId && offered.has(s.id))
    .sort(byPosition);
}

/** Counters and people that are there now, except one's own. */
export function placeTargets(live: AllLive, stage: Stage, ownCounterId: string | null): readonly Target[] {
  return [...live.rows.counters.values()].sort(byPosition).flatMap((counter): Target[] => {
    const presence = live.rows.presences.get(counter.id);
    const first = counter.serviceIds[0];
    if (counter.id === ownCounterId || presence === undefined || first === undefined) return [];
    const serviceId = counter.serviceIds.includes(stage.serviceId) ? stage.serviceId : first;
    if (!canHonour(live, counter.id, serviceId)) return [];
    const common = {
      serviceId,
      counterName: counter.name,
      personName: presence.personName,
      onBreak: presence.state === 'break',
    };
    return [
      { kind: 'counter', id: counter.id, ...common },
      { kind: 'person', id: presence.personId, ...common },
    ];
  });
}
