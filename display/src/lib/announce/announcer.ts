import type { Call } from '@schalter/shared/queue/rows.ts';

/**
 * Which call fills the wall now, and which wait for it. Pure; times are milliseconds by the server's clock.
 * Rules D1 to D9 in docs/spec/display.md.
 */
export interface Announcer {
  /** Nothing up to here is announced: it was, before this page was loaded. */
  readonly floor: Position | null;
  /** The furthest that was announced; kept on the device, and the floor after a reload. */
  readonly reached: Position | null;
  /** Announced or passed over since then. */
  readonly done: ReadonlySet<string>;
  readonly queue: readonly Call[];
  readonly current: Current | null;
}

export interface Position {
  readonly businessDay: string;
  readonly order: number;
}

export interface Current {
  readonly call: Call;
  readonly startedAtMs: number;
  /** Chime and voice have ended, or there are none. */
  readonly soundOver: boolean;
}

/** Later than this a customer has come, or has been called again: the list shows it, nothing rings. */
export const FRESH_MS = 60_000;
/** Chime and one sentence take about five seconds; while several wait, a call stays no longer than it is read. */
export const SHORT_TAKEOVER_MS = 4_000;
/** Calls that have to wait before the wall hurries. */
const HURRY_FROM = 2;
/** A voice that never ends must not hold up the calls behind it. */
export const SOUND_MS_MAX = 15_000;

const NONE: ReadonlySet<string> = new Set();

export const startAnnouncer = (floor: Position | null): Announcer => ({
  floor,
  reached: floor,
  done: new Set(),
  queue: [],
  current: null,
});

const positionOf = ({ businessDay, order }: Call): Position => ({ businessDay, order });

const isAfter = (a: Position, b: Position | null): boolean =>
  b === null || (a.businessDay === b.businessDay ? a.order > b.order : a.businessDay > b.businessDay);

/**
 * The calls as they are now, of the services that this display shows. A withdrawn one leaves at once, in the
 * middle of its announcement too; a new one joins the queue in its order; an old one is passed over, and one that
 * this display has reported before its memory was lost.
 */
export function receiveCalls(
  announcer: Announcer,
  calls: readonly Call[],
  nowMs: number,
  reported: ReadonlySet<string> = NONE,
): Announcer {
  const { floor, current } = announcer;
  const standing = calls.filter((call) => call.withdrawnAt === null);
  const ids = new Set(calls.map((call) => call.id));
  const done = new Set([...announcer.done, ...reported].filter((id) => ids.has(id)));
  const admitted = new Set(announcer.queue.map((call) => call.id));
  const queue: Call[] = [];
  for (const call of standing) {
    if (call.id === current?.call.id || done.has(call.id) || !isAfter(call, floor)) continue;
    // Whether it is old is asked once, when it arrives: waiting behind others makes no call old.
    if (admitted.has(call.id) || nowMs - Date.parse(call.calledAt) <= FRESH_MS) queue.push(call);
    else done.add(call.id);
  }
  queue.sort((a, b) => (isAfter(a, b) ? 1 : -1));
  const still = standing.find((call) => call.id === current?.call.id);
  return {
    ...announcer,
    done,
    queue,
    current: current !== null && still ? { ...current, call: still } : null,
  };
}

/** How long the current call stays at least. */
export const takeoverMsOf = (waiting: number, takeoverMs: number): number =>
  waiting >= HURRY_FROM ? Math.min(takeoverMs, SHORT_TAKEOVER_MS) : takeoverMs;

/** Ends what has been seen and heard, and begins the next. */
export function advance(announcer: Announcer, nowMs: number, takeoverMs: number): Announcer {
  const { current, queue, done, reached } = announcer;
  if (current !== null) {
    if (endsAtMs(current, queue.length, takeoverMs) > nowMs) return announcer;
    return advance(
      { ...announcer, current: null, done: new Set([...done, current.call.id]) },
      nowMs,
      takeoverMs,
    );
  }
  const [call, ...rest] = queue;
  if (call === undefined) return announcer;
  return {
    ...announcer,
    queue: rest,
    reached: isAfter(call, reached) ? positionOf(call) : reached,
    current: { call, startedAtMs: nowMs, soundOver: false },
  };
}

/** While it sounds, its end is not known before the longest sound. */
function endsAtMs(current: Current, waiting: number, takeoverMs: number): number {
  const shown = takeoverMsOf(waiting, takeoverMs);
  return current.startedAtMs + (current.soundOver ? shown : Math.max(shown, SOUND_MS_MAX));
}

export const endSound = (announcer: Announcer, callId: string): Announcer =>
  announcer.current?.call.id === callId
    ? { ...announcer, current: { ...announcer.current, soundOver: true } }
    : announcer;

/** When `advance` has something to do; null where it waits for a call. */
export function nextAtMs(announcer: Announcer, takeoverMs: number): number | null {
  const { current, queue } = announcer;
  return current === null ? null : endsAtMs(current, queue.length, takeoverMs);
}
