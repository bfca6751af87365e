import type { Stage } from '@schalter/shared/queue/rows.ts';
import type { ServerClock } from '../lib/server-clock.ts';
import type { Day } from './play.ts';
import type { Plan } from './plan.ts';
import type { Played } from './report.ts';
import type { House } from './set-up.ts';

const LEFT: readonly Stage['status'][] = ['left', 'cancelled', 'no_show', 'closed', 'voided'];
const SECONDS_PER_MIN = 60;

/** What became of everybody, from the server's own rows. Who got no ticket is an error elsewhere. */
export function outcomes(
  plan: Plan,
  day: Day,
  stages: ReadonlyMap<string, Stage>,
  { clock, house }: { clock: ServerClock; house: House },
): Played[] {
  const agentOf = new Map([...house.counterIds].map(([agent, counterId]) => [counterId, agent]));
  return plan.customers.flatMap((customer): Played[] => {
    const ticket = day.tickets.get(customer);
    const stage = ticket && stages.get(ticket.stageId);
    if (ticket === undefined || stage === undefined) return [];
    const { range } = ticket;
    return [
      {
        row: customer.row,
        serviceKey: customer.serviceKey,
        promise: range && { lowS: range.lowMin * SECONDS_PER_MIN, highS: range.highMin * SECONDS_PER_MIN },
        ahead: ticket.ahead,
        arrivedS: clock.toLogS(stage.arrivedAt),
        effectiveS: clock.toLogS(stage.effectiveAt),
        calledS: stage.calledAt === null ? null : clock.toLogS(stage.calledAt),
        calledBy: stage.counterId === null ? null : (agentOf.get(stage.counterId) ?? null),
        outcome: LEFT.includes(stage.status) ? 'left' : stage.calledAt === null ? 'waiting' : 'served',
        endedS: stage.endedAt === null ? plan.lastS : clock.toLogS(stage.endedAt),
      },
    ];
  });
}
