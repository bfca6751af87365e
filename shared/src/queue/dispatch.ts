// No zod in this file: the wall and the kiosk load it.

/** Somebody in the line, in the order of calls. */
export interface Waiter {
  readonly serviceId: string;
  /** The one counter that may call them; null for any counter of the service. */
  readonly reserved: string | null;
  /** Not called before so many minutes from now. */
  readonly gateMin: number;
  /** How long they will keep a counter; 0 for somebody who only asks how long it would take. */
  readonly keepsMin: number;
}

export interface OpenCounter {
  readonly id: string;
  readonly serviceIds: readonly string[];
  /** Minutes until it can call. */
  readonly freeInMin: number;
}

/** Customers who can be called by the same counters, in order: a queue with a head. */
interface Lane {
  readonly waiters: number[];
  head: number;
}

interface Desk {
  freeInMin: number;
  readonly lanes: readonly Lane[];
  readonly gated: readonly number[];
}

const laneKey = ({ serviceId, reserved }: Waiter): string =>
  reserved === null ? serviceId : `${serviceId} ${reserved}`;

function desksOf(counters: readonly OpenCounter[], line: readonly Waiter[]): Desk[] {
  const lanes = new Map<string, Lane>();
  const gated: number[] = [];
  line.forEach((waiter, i) => {
    if (waiter.gateMin > 0) return void gated.push(i);
    const lane = lanes.get(laneKey(waiter));
    if (lane === undefined) lanes.set(laneKey(waiter), { waiters: [i], head: 0 });
    else lane.waiters.push(i);
  });
  return counters.map(({ id, serviceIds, freeInMin }) => ({
    freeInMin,
    lanes: serviceIds.flatMap((s) =>
      [lanes.get(s), lanes.get(`${s} ${id}`)].filter((lane) => lane !== undefined),
    ),
    gated: gated.filter((i) => {
      const waiter = line[i];
      if (waiter === undefined || !serviceIds.includes(waiter.serviceId)) return false;
      return waiter.reserved === null || waiter.reserved === id;
    }),
  }));
}

interface Pick {
  readonly waiter: number;
  readonly lane: Lane | null;
}

/** The first in line that a desk may call at its time. */
function pickFor(desk: Desk, line: readonly Waiter[], turns: Float64Array): Pick | null {
  let best: Pick | null = null;
  for (const lane of desk.lanes) {
    const waiter = lane.waiters[lane.head];
    if (waiter !== undefined && (best === null || waiter < best.waiter)) best = { waiter, lane };
  }
  for (const waiter of desk.gated) {
    const gateMin = line[waiter]?.gateMin ?? Infinity;
    if (turns[waiter] === Infinity && gateMin <= desk.freeInMin && (best === null || waiter < best.waiter)) {
      best = { waiter, lane: null };
    }
  }
  return best;
}

/** When the next gate opens for a desk that has nobody to call; Infinity where none is left. */
function nextGateMin(desk: Desk, line: readonly Waiter[], turns: Float64Array): number {
  let next = Infinity;
  for (const waiter of desk.gated) {
    if (turns[waiter] === Infinity) next = Math.min(next, line[waiter]?.gateMin ?? Infinity);
  }
  return next;
}

/**
 * Lets the counters call the line as `callNext` would: whenever one is free, it takes the first that it may.
 * Gives the minutes until each is called, Infinity where no open counter can.
 */
export function turnsOf(counters: readonly OpenCounter[], line: readonly Waiter[]): Float64Array {
  const turns = new Float64Array(line.length).fill(Infinity);
  let desks = desksOf(counters, line);
  while (desks.length > 0) {
    const desk = desks.reduce((first, other) => (other.freeInMin < first.freeInMin ? other : first));
    const pick = pickFor(desk, line, turns);
    if (pick !== null) {
      turns[pick.waiter] = desk.freeInMin;
      desk.freeInMin += line[pick.waiter]?.keepsMin ?? 0;
      if (pick.lane !== null) pick.lane.head += 1;
      continue;
    }
    const gateMin = nextGateMin(desk, line, turns);
    if (gateMin === Infinity) desks = desks.filter((d) => d !== desk);
    else desk.freeInMin = gateMin;
  }
  return turns;
}
