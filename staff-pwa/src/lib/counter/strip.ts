import { overview, ticketLabel, type CounterOverview } from '@schalter/shared/queue/select.ts';
import { keptForAway } from '@schalter/shared/queue/shares.ts';
import type { Call } from '@schalter/shared/queue/rows.ts';
import type { AllLive } from '@schalter/shared/registry.ts';
import { stopwatch } from '../format.ts';
import { firstName } from '../session/profile.ts';
import { t, time } from '../texts.svelte.ts';
import { deliveryOf } from './delivery.ts';
import type { Desk } from './desk.ts';

/** The other counters that are open: who is there, and what they are at. */
export function othersOf(live: AllLive, counterId: string, now: string): readonly CounterOverview[] {
  return overview(live, now).counters.filter((c) => c.counter.id !== counterId && c.state !== 'closed');
}

const numberOf = ({ customer }: CounterOverview): string => {
  if (customer === null) return '';
  const { letter, digits } = ticketLabel(customer.visit.series, customer.visit.number);
  return `${letter} ${digits}`;
};

/** Customers that only this counter calls, because it is without the server. */
export function keptCount(live: AllLive, { counter }: CounterOverview, now: string): number {
  let kept = 0;
  for (const stage of live.rows.stages.values())
    if (stage.status === 'waiting' && keptForAway(live, stage, now) === counter.id) kept++;
  return kept;
}

/** "M 017 in Bedienung, 06:40" */
export function counterText(of: CounterOverview, now: string, timeZone: string): string {
  const away = of.presence?.away ?? null;
  if (away !== null) return t('stripAway', { since: time(away.since, timeZone) });
  switch (of.state) {
    case 'closed':
      return t('counterClosed');
    case 'break':
      return of.since === null ? t('stateBreak') : t('stripBreak', { since: time(of.since, timeZone) });
    case 'free':
      return t('stateFree');
    case 'called':
      return t('stripCalled', { number: numberOf(of), clock: stopwatch(of.since ?? now, now) });
    case 'serving':
      return t('stripServing', { number: numberOf(of), clock: stopwatch(of.since ?? now, now) });
  }
}

export const counterTitle = ({ counter, presence }: CounterOverview): string =>
  presence === null || presence.personName === ''
    ? t('counterNamed', { name: counter.name })
    : `${t('counterNamed', { name: counter.name })}, ${firstName(presence.personName)}`;

/** What the walls did with the call; null where nobody is called, or has come in spite of a silent wall. */
export function deliveryText(
  desk: Desk,
  call: Call | null,
  came: boolean,
): { text: string; warn: boolean } | null {
  if (call === null) return null;
  const delivery = deliveryOf(desk.live, call, desk.now, desk.online);
  if (came && delivery.kind !== 'delivered') return null;
  switch (delivery.kind) {
    case 'notOnTheWall':
      return { text: t('deliveryNotYet'), warn: true };
    case 'noDisplay':
      return { text: t('deliveryNone'), warn: true };
    case 'onItsWay':
      return { text: t('deliveryOnItsWay'), warn: false };
    case 'delivered':
      return { text: t('deliveryDone', { n: delivery.displays }), warn: false };
    case 'silent':
      return { text: t('deliverySilent', { shown: delivery.shown, n: delivery.displays }), warn: true };
  }
}
