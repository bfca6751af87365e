import type { LogRow } from './log.ts';
import { mean } from '../lib/stats.ts';

/** A kind of service, and the class of its customers: a credit of waiting belongs to a service of its own. */
export interface PlannedService {
  /** "PS", or "PS+" for the customers with a credit. */
  readonly key: string;
  readonly letter: string;
  readonly creditS: number;
  /** What a manager would write into the settings: the mean of the log in whole minutes, at least one. */
  readonly serviceMin: number;
}

/** A stretch in which an agent serves one customer: whom, the system under test decides. */
export interface Slot {
  readonly atS: number;
  readonly serviceS: number;
  /** The agent stayed away between this slot and the one before, while somebody waited: a break. */
  readonly afterBreak: boolean;
}

export interface PlannedAgent {
  readonly name: string;
  readonly serviceKeys: readonly string[];
  readonly slots: readonly Slot[];
}

export interface PlannedCustomer {
  readonly row: LogRow;
  readonly serviceKey: string;
  /** Gives up at this second unless called before; null for those who stayed. */
  readonly leavesAtS: number | null;
}

export interface Plan {
  readonly day: string;
  readonly services: readonly PlannedService[];
  readonly agents: readonly PlannedAgent[];
  readonly customers: readonly PlannedCustomer[];
  readonly firstS: number;
  readonly lastS: number;
  /** Rows in which the log says less than it should, and what was made of them. */
  readonly notes: readonly string[];
}

/** Customers of this priority and above are credited with waiting on joining, as in the house of the log. */
const CREDITED_PRIORITY = 2;
const CREDIT_S = 90;
/** An agent who is idle for longer than this, while a customer of hers waits, is not at the counter. */
const BREAK_AFTER_S = 60;
/** The counter that takes those whom nobody with a name served. */
const UNNAMED = 'X';

export const keyOf = (row: Pick<LogRow, 'service' | 'priority'>): string =>
  row.priority >= CREDITED_PRIORITY ? `${row.service}+` : row.service;

/** When service began, by the log; a few rows begin a second before they join, some don't say at all. */
const startOf = (row: LogRow): number => Math.max(row.joinS, row.startS ?? row.joinS + row.waitS);

export function planDay(rows: readonly LogRow[], day: string): Plan {
  const ofDay = rows.filter((row) => row.day === day).sort((a, b) => a.joinS - b.joinS || a.line - b.line);
  const served = ofDay.filter((row) => row.outcome === 'served');
  const { byAgent, unplaced } = placeServed(served);
  const agents = [...byAgent]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, mine]): PlannedAgent => planAgent(name, mine, ofDay));
  const ends = agents.flatMap(({ slots }) => slots.map((slot) => slot.atS + slot.serviceS));
  const joins = ofDay.map((row) => row.joinS);
  return {
    day,
    services: planServices(rows, [...new Set(ofDay.map(keyOf))].sort()),
    agents,
    customers: ofDay.map((row) => ({
      row,
      serviceKey: keyOf(row),
      leavesAtS: row.outcome === 'left' ? row.joinS + row.waitS : null,
    })),
    firstS: Math.min(...joins, ...agents.map(({ slots }) => slots[0]?.atS ?? Infinity)),
    lastS: Math.max(...joins, ...ends),
    notes: notesOf(ofDay, served, unplaced),
  };
}

/** Who served whom. A row without an agent goes to somebody who was free then and served that kind that day. */
function placeServed(served: readonly LogRow[]): { byAgent: Map<string, LogRow[]>; unplaced: number } {
  const byAgent = new Map<string, LogRow[]>();
  const add = (agent: string, row: LogRow): void =>
    void byAgent.set(agent, [...(byAgent.get(agent) ?? []), row]);
  for (const row of served) if (row.agent !== null) add(row.agent, row);
  const kinds = new Map(
    [...byAgent].map(([agent, mine]) => [agent, new Set(mine.map((row) => row.service))]),
  );
  const nameless = served.filter((row) => row.agent === null);
  let unplaced = 0;
  for (const row of nameless) {
    const free = [...byAgent].find(
      ([agent, mine]) =>
        kinds.get(agent)?.has(row.service) === true && isOnDuty(mine, row) && isFree(mine, row),
    );
    if (free === undefined) unplaced += 1;
    add(free?.[0] ?? UNNAMED, row);
  }
  return { byAgent, unplaced };
}

const endOf = (row: LogRow): number => startOf(row) + (row.serviceS ?? 0);
const isFree = (mine: readonly LogRow[], row: LogRow): boolean =>
  mine.every((other) => endOf(other) <= startOf(row) || startOf(other) >= endOf(row));
const isOnDuty = (mine: readonly LogRow[], row: LogRow): boolean =>
  mine.some((other) => startOf(other) <= startOf(row)) && mine.some((other) => endOf(other) >= endOf(row));

function planAgent(name: string, mine: readonly LogRow[], all: readonly LogRow[]): PlannedAgent {
  const ordered = [...mine].sort((a, b) => startOf(a) - startOf(b) || a.line - b.line);
  const kinds = new Set(ordered.map((row) => row.service));
  const serviceKeys = [...new Set(all.filter((row) => kinds.has(row.service)).map(keyOf))].sort();
  const waited = all.filter((row) => kinds.has(row.service) && row.waitS > 0);
  let freeFromS = -Infinity;
  const slots = ordered.map((row): Slot => {
    // One customer at a time, also where the log has two at once: the second begins when the first is done.
    const atS = Math.max(startOf(row), freeFromS);
    const afterBreak = isFinite(freeFromS) && wasAway(freeFromS, atS, waited);
    freeFromS = atS + (row.serviceS ?? 0);
    return { atS, serviceS: row.serviceS ?? 0, afterBreak };
  });
  return { name, serviceKeys, slots };
}

function wasAway(fromS: number, toS: number, waited: readonly LogRow[]): boolean {
  if (toS - fromS <= BREAK_AFTER_S) return false;
  const passedOver = (row: LogRow): number =>
    Math.min(toS, row.joinS + row.waitS) - Math.max(fromS, row.joinS);
  return waited.some((row) => passedOver(row) > BREAK_AFTER_S);
}

function planServices(rows: readonly LogRow[], keys: readonly string[]): PlannedService[] {
  const letters = new Set<string>();
  return keys.map((key) => {
    const durations = rows.flatMap((row) =>
      keyOf(row) === key && row.serviceS !== null ? [row.serviceS] : [],
    );
    const minutes = durations.length === 0 ? 1 : mean(durations) / 60;
    const letter = freeLetter(key, letters);
    letters.add(letter);
    return {
      key,
      letter,
      creditS: key.endsWith('+') ? CREDIT_S : 0,
      serviceMin: Math.max(1, Math.round(minutes)),
    };
  });
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A letter of the name where one is free, otherwise the first free one of the alphabet. */
function freeLetter(key: string, taken: ReadonlySet<string>): string {
  const wanted = key.toUpperCase().replace(/[^A-Z]/g, '') + ALPHABET;
  const letter = [...wanted].find((candidate) => !taken.has(candidate));
  if (letter === undefined)
    throw new Error('a day with more than 26 kinds of service has no letter for each');
  return letter;
}

function notesOf(ofDay: readonly LogRow[], served: readonly LogRow[], unplaced: number): string[] {
  const nameless = served.filter((row) => row.agent === null).length;
  const startless = served.filter((row) => row.startS === null).length;
  const early = served.filter((row) => row.startS !== null && row.startS < row.joinS).length;
  const leftAndStarted = ofDay.filter((row) => row.outcome === 'left' && row.startS !== null).length;
  const notes: [number, string][] = [
    [
      nameless,
      `served by nobody with a name: given to agents who were free then, ${unplaced} to a counter of their own`,
    ],
    [startless, 'served without a time: taken at join + wait'],
    [early, 'begin a second or more before they join: taken at the join'],
    [leftAndStarted, 'left, but have a start: taken as left'],
  ];
  return notes.filter(([count]) => count > 0).map(([count, text]) => `${count} rows ${text}`);
}
