import type { WaitRange } from '../kernel/protocol.ts';
import type { QueueLive } from './rows.ts';

export interface ServiceEstimate {
  readonly serviceId: string;
  /** Waiting now, remote customers included. */
  readonly waiting: number;
  readonly countersOpen: number;
  /** For somebody who joined now; null where no counter is open. */
  readonly range: WaitRange | null;
}
export interface TicketEstimate {
  readonly stageId: string;
  readonly visitId: string;
  readonly ahead: number;
  readonly range: WaitRange | null;
}
export interface Estimates {
  readonly services: readonly ServiceEstimate[];
  readonly tickets: readonly TicketEstimate[];
}

/** The estimator, behind one type, because a better one will replace it. */
export type Estimator = (live: QueueLive, now: string) => Estimates;
