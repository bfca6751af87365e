import type { DirectoryLive } from './rows.ts';

/**
 * What the directory must know of the work above it: that somebody stands at a counter, or still waits for a
 * service. The queue lies above the directory, so its rows can't be imported here; this is the part of a
 * stage that counts, and in a live set without a queue there is none.
 */
interface OpenWork {
  readonly serviceId: string;
  readonly counterId: string | null;
  readonly status: string;
}

const AT_COUNTER: readonly string[] = ['called', 'serving'];
const OPEN: readonly string[] = ['waiting', 'held', ...AT_COUNTER];

const work = (live: DirectoryLive): Iterable<OpenWork> =>
  (live.rows as { readonly stages?: ReadonlyMap<string, OpenWork> }).stages?.values() ?? [];

/** True where a called or served customer belongs to the counter. */
export function counterIsBusy(live: DirectoryLive, counterId: string): boolean {
  for (const item of work(live)) {
    if (item.counterId === counterId && AT_COUNTER.includes(item.status)) return true;
  }
  return false;
}

/** How many tickets of the service are still open. */
export function openTickets(live: DirectoryLive, serviceId: string): number {
  let open = 0;
  for (const item of work(live)) if (item.serviceId === serviceId && OPEN.includes(item.status)) open++;
  return open;
}
