import { isOpen } from '@schalter/shared/queue/moves.ts';
import { search, ticketOf, type StageView } from '@schalter/shared/queue/select.ts';
import type { Reservation } from '@schalter/shared/booking/rows.ts';
import type { AllLive } from '@schalter/shared/registry.ts';

export const FILTERS = ['open', 'ended', 'all'] as const;
export type Filter = (typeof FILTERS)[number];

/** More rows than anybody reads; the search finds the rest. */
const SHOWN_MAX = 200;

/** Today's tickets, the newest first; a search looks through all of them, whatever the filter. */
export function ticketsOf(live: AllLive, filter: Filter, text: string): readonly StageView[] {
  if (text.trim() !== '') return search(live, text);
  const found: StageView[] = [];
  for (const visit of live.rows.visits.values()) {
    const ticket = ticketOf(live, visit.id);
    if (ticket === null) continue;
    if (filter === 'all' || isOpen(ticket.stage) === (filter === 'open')) found.push(ticket);
  }
  found.sort((a, b) => (a.visit.arrivedAt < b.visit.arrivedAt ? 1 : -1));
  return found.slice(0, SHOWN_MAX);
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Today's reservations by their time; a search narrows them by name or reference. */
export function reservationsOf(live: AllLive, text: string): readonly Reservation[] {
  const wanted = fold(text.trim());
  return [...live.rows.reservations.values()]
    .filter(
      (r) =>
        wanted === '' || fold(`${r.reference} ${r.lastName} ${r.firstName} ${r.lastName}`).includes(wanted),
    )
    .sort((a, b) =>
      a.bookedAt === b.bookedAt ? (a.lastName < b.lastName ? -1 : 1) : a.bookedAt < b.bookedAt ? -1 : 1,
    );
}
