import { chanceOf, exponential, lognormal, pick, type Chance } from '../lib/chance.ts';
import type { LogRow } from './log.ts';

export interface GenerateOptions {
  readonly seed: number;
  readonly day: string;
  readonly hours: number;
}

type GeneratedRow = Omit<LogRow, 'line'>;

/** Kinds of service: share of the customers, mean and spread of the service, and who serves them. */
const KINDS = [
  { service: 'PS', share: 0.66, meanS: 175, team: 'all' },
  { service: 'NW', share: 0.2, meanS: 95, team: 'all' },
  { service: 'NE', share: 0.08, meanS: 240, team: 'desk' },
  { service: 'IN', share: 0.06, meanS: 290, team: 'web' },
] as const;
type Kind = (typeof KINDS)[number];

const OPENS_S = 7 * 3_600;
/** Coefficient of variation of a service; lognormal, as service times at counters are. */
const SERVICE_CV = 0.9;
const PRIORITY_SHARE = 0.3;
const CREDIT_S = 90;
const CREDITED_PRIORITY = 2;
/** Mean patience of a person who waits; exponential. */
const PATIENCE_S = 420;
const LOAD = 0.86;
/** Every so often many come within a few minutes: a bus, an advertisement, a failure elsewhere. */
const BURST_EVERY_S = 5_400;
const BURST_LASTS_S = 420;
const BURST_FACTOR = 2.4;

interface Customer {
  readonly joinS: number;
  readonly kind: Kind;
  readonly priority: number;
  readonly effectiveS: number;
  readonly leavesAtS: number;
  readonly serviceS: number;
}

interface Agent {
  readonly name: string;
  readonly teams: readonly Kind['team'][];
  readonly fromS: number;
  readonly toS: number;
  readonly breakAtS: number;
  readonly breakS: number;
}

/**
 * A day of a counter hall in the form of a queue log: bursts and quiet hours, two classes, people who give up,
 * agents who come and go. Served first come, first served, with the credit of the class.
 */
export function generateLog({ seed, day, hours }: GenerateOptions): GeneratedRow[] {
  const chance = chanceOf(seed);
  const closesS = OPENS_S + Math.round(hours * 3_600);
  const agents = agentsOf(chance, closesS);
  const customers = customersOf(chance, closesS, agents);
  return serve(customers, agents).map((row) => ({ day, ...row }));
}

/** Two shifts that overlap at noon; one agent has a team of her own. */
function agentsOf(chance: Chance, closesS: number): Agent[] {
  const middleS = (OPENS_S + closesS) / 2;
  const overlapS = (closesS - OPENS_S) * 0.1;
  const shift = (n: number): { fromS: number; toS: number } => {
    const late = Math.round(chance() * 300);
    if (n === 0) return { fromS: OPENS_S, toS: closesS };
    return n % 2 === 1
      ? { fromS: OPENS_S + late, toS: Math.round(middleS + overlapS) }
      : { fromS: Math.round(middleS - overlapS) + late, toS: closesS };
  };
  return Array.from({ length: 7 }, (_, n) => {
    const { fromS, toS } = shift(n);
    const teams: Kind['team'][] = n === 0 ? ['web', 'all'] : n < 3 ? ['all', 'desk'] : ['all'];
    const breakAtS = Math.round(fromS + (toS - fromS) * (0.35 + 0.3 * chance()));
    return { name: `A0${n + 1}`, teams, fromS, toS, breakAtS, breakS: Math.round((toS - fromS) * 0.06) };
  });
}

function customersOf(chance: Chance, closesS: number, agents: readonly Agent[]): Customer[] {
  const meanS = KINDS.reduce((sum, kind) => sum + kind.share * kind.meanS, 0);
  const bursts: number[] = [];
  for (let at = OPENS_S; at < closesS; at += exponential(chance, BURST_EVERY_S))
    if (at > OPENS_S) bursts.push(at);
  const onDuty = (s: number): number => agents.filter((a) => a.fromS <= s && s < a.toS).length;
  const rate = (s: number): number => {
    const busy = bursts.some((at) => s >= at && s < at + BURST_LASTS_S) ? BURST_FACTOR : 1;
    const hour = 0.75 + 0.4 * Math.sin(((s - OPENS_S) / (closesS - OPENS_S)) * Math.PI * 3) ** 2;
    return (onDuty(s) / meanS) * LOAD * hour * busy;
  };
  const rateMax = (agents.length / meanS) * LOAD * 1.15 * BURST_FACTOR;
  const customers: Customer[] = [];
  // Thinning: candidates at the highest rate, kept with the share that is due at their time.
  for (
    let s = OPENS_S + exponential(chance, 1 / rateMax);
    s < closesS;
    s += exponential(chance, 1 / rateMax)
  ) {
    if (chance() * rateMax < rate(s)) customers.push(customerOf(chance, Math.floor(s)));
  }
  return customers;
}

function customerOf(chance: Chance, joinS: number): Customer {
  const kind = pick(
    chance,
    KINDS.map((candidate) => [candidate, candidate.share] as const),
  );
  const credited = kind.service !== 'IN' && chance() < PRIORITY_SHARE;
  const priority = credited ? CREDITED_PRIORITY : chance() < 0.3 ? 1 : 0;
  return {
    joinS,
    kind,
    priority,
    effectiveS: joinS - (credited ? CREDIT_S : 0),
    leavesAtS: joinS + Math.max(1, Math.round(exponential(chance, PATIENCE_S))),
    serviceS: Math.max(3, Math.round(lognormal(chance, kind.meanS, SERVICE_CV))),
  };
}

const canServe = (agent: Agent, customer: Customer): boolean => agent.teams.includes(customer.kind.team);
const atCounter = (agent: Agent, s: number): boolean =>
  s >= agent.fromS && s < agent.toS && !(s >= agent.breakAtS && s < agent.breakAtS + agent.breakS);

/** Second by second: who gives up leaves, who is free takes the one that has waited longest by effective time. */
function serve(customers: readonly Customer[], agents: readonly Agent[]): Omit<GeneratedRow, 'day'>[] {
  const rows: Omit<GeneratedRow, 'day'>[] = [];
  const busyUntil = new Map<string, number>();
  const coming = [...customers];
  let waiting: Customer[] = [];
  const base = (c: Customer) => ({ joinS: c.joinS, service: c.kind.service, priority: c.priority });
  for (let s = coming[0]?.joinS ?? 0; coming.length > 0 || waiting.length > 0; s += 1) {
    while (coming[0] !== undefined && coming[0].joinS <= s) waiting.push(coming.shift() as Customer);
    waiting.sort((a, b) => a.effectiveS - b.effectiveS || a.joinS - b.joinS);
    for (const agent of agents) {
      if (!atCounter(agent, s) || (busyUntil.get(agent.name) ?? 0) > s) continue;
      const next = waiting.find((customer) => canServe(agent, customer) && customer.leavesAtS > s);
      if (next === undefined) continue;
      waiting = waiting.filter((customer) => customer !== next);
      busyUntil.set(agent.name, s + next.serviceS);
      const { serviceS } = next;
      rows.push({
        ...base(next),
        waitS: s - next.joinS,
        outcome: 'served',
        startS: s,
        serviceS,
        agent: agent.name,
      });
    }
    for (const gone of waiting.filter((customer) => customer.leavesAtS <= s)) {
      rows.push({
        ...base(gone),
        waitS: s - gone.joinS,
        outcome: 'left',
        startS: null,
        serviceS: null,
        agent: null,
      });
    }
    waiting = waiting.filter((customer) => customer.leavesAtS > s);
  }
  return rows.sort((a, b) => a.joinS - b.joinS);
}
