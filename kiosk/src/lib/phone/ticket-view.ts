import type { Signals } from '@schalter/shared/client/connection-state.ts';
import type { WaitRange } from '@schalter/shared/kernel/protocol.ts';
import type { Localised } from '@schalter/shared/kernel/text.ts';
import { MOST_DELAYS } from '@schalter/shared/queue/guards.ts';
import type { QueueLive } from '@schalter/shared/queue/rows.ts';
import { delayedRange, ticketLabel, ticketOf, type StageView } from '@schalter/shared/queue/select.ts';

/** What the page's own request says (docs/api.md, `GET /api/v1/ticket`). */
export interface OwnTicket {
  readonly visitId: string;
  readonly locationId: string;
  readonly location: {
    readonly name: string;
    readonly code: string;
    readonly timeZone: string;
    readonly languages: readonly ('de' | 'fr' | 'it' | 'en')[];
    readonly joinByPhone: boolean;
    readonly waitingArea: Localised;
  };
  readonly series: string;
  readonly number: number;
  readonly language: 'de' | 'fr' | 'it' | 'en';
  readonly reservationReference: string | null;
  readonly smsOptIn: boolean;
  readonly pushOptIn: boolean;
  readonly endedAt: string | null;
  /** Bookings that may still go before. */
  readonly mayPass: number;
}

export interface Waiting {
  readonly kind: 'waiting';
  /** null until the first estimate, or where the screen is not live. */
  readonly ahead: number | null;
  readonly range: WaitRange | null;
  /** Places of the track that are behind: of its five. */
  readonly passed: number;
  readonly mayPass: number;
  /** Asked for time: not called before. */
  readonly notBefore: string | null;
  readonly remote: boolean;
  readonly canDelay: boolean;
  /** What the wait becomes with five more minutes. */
  readonly delayed: WaitRange | null;
}

export type Place =
  | Waiting
  | {
      readonly kind: 'called';
      readonly counter: string;
      readonly coming: boolean;
      readonly canDelay: boolean;
      readonly callNo: number;
    }
  | { readonly kind: 'serving'; readonly counter: string }
  | { readonly kind: 'held' | 'noShow' | 'left' | 'cancelled' | 'closed' }
  | { readonly kind: 'done'; readonly rated: boolean };

/** The ticket as the page shows it. */
export interface TicketPage {
  readonly letter: string;
  readonly digits: string;
  readonly colour: number | null;
  readonly serviceName: Localised | null;
  readonly reference: string | null;
  readonly bookedAt: string | null;
  readonly place: Place;
}

/** The last places before the turn are the ones that are walked through; the track shows these. */
export const TRACK = 5;

const counterOf = (live: QueueLive, { stage, call }: StageView): string =>
  call?.counterName ?? live.rows.counters.get(stage.counterId ?? '')?.name ?? '';

function waiting(own: OwnTicket, view: StageView, estimates: Signals['estimates'], now: string): Waiting {
  const estimate = estimates?.tickets.find(({ visitId }) => visitId === own.visitId);
  const ahead = estimate?.ahead ?? null;
  const range = estimate?.range ?? null;
  const { notBefore } = view.stage;
  return {
    kind: 'waiting',
    ahead,
    range,
    passed: ahead === null ? 0 : Math.max(0, TRACK - ahead),
    mayPass: own.mayPass,
    notBefore: notBefore !== null && notBefore > now ? notBefore : null,
    remote: view.visit.presence === 'remote',
    canDelay: view.visit.delays < MOST_DELAYS,
    delayed: range === null ? null : delayedRange(range),
  };
}

function placeOf(
  live: QueueLive,
  own: OwnTicket,
  view: StageView,
  rated: boolean,
  estimates: Signals['estimates'],
  now: string,
): Place {
  const { stage, visit } = view;
  switch (stage.status) {
    case 'waiting':
      return waiting(own, view, estimates, now);
    case 'called':
      return {
        kind: 'called',
        counter: counterOf(live, view),
        coming: visit.comingAt !== null,
        canDelay: visit.delays < MOST_DELAYS,
        callNo: stage.callNo,
      };
    case 'serving':
      return { kind: 'serving', counter: counterOf(live, view) };
    case 'held':
    case 'left':
    case 'cancelled':
    case 'closed':
      return { kind: stage.status };
    case 'no_show':
      return { kind: 'noShow' };
    case 'done':
      return { kind: 'done', rated };
    // Handed over without a next stage, or undone at the counter: staff know more than the page.
    case 'transferred':
    case 'voided':
      return { kind: 'cancelled' };
  }
}

/** null where the rows do not hold the ticket (yet, or no more). */
export function ticketPage(
  live: QueueLive,
  own: OwnTicket,
  context: { readonly estimates: Signals['estimates']; readonly now: string; readonly rated: boolean },
): TicketPage | null {
  const view = ticketOf(live, own.visitId);
  if (view === null) return null;
  return {
    ...ticketLabel(own.series, own.number),
    colour: view.service.colour,
    serviceName: view.service.name,
    reference: own.reservationReference,
    bookedAt: view.stage.bookedAt,
    place: placeOf(live, own, view, context.rated, context.estimates, context.now),
  };
}
