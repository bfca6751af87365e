import type { Sent } from '@schalter/shared/client/sender.ts';
import type { QueueLive } from '@schalter/shared/queue/rows.ts';
import type { NumberStock } from './number-stock.ts';
import { type HeldBlock } from './number-stock.ts';

/** After a refusal to lease numbers: nothing is gained by asking each second. */
const AGAIN_MS = 60_000;

interface House {
  readonly live: QueueLive;
  readonly seq: number;
  readonly today: string;
  readonly nowMs: number;
}

/** While there is a server: fetches numbers for the time when there is none. */
export class NumberDesk {
  readonly #stock: NumberStock;
  readonly #send: (type: string, input: unknown) => Promise<Sent>;
  #againMs = 0;

  constructor(stock: NumberStock, send: (type: string, input: unknown) => Promise<Sent>) {
    this.#stock = stock;
    this.#send = send;
  }

  /** Once a second, where the rows are current. */
  tick({ live, seq, today, nowMs }: House): void {
    this.#stock.reconcile(live, seq);
    const businessDay = this.#stock.wanted(today);
    if (businessDay === null || nowMs < this.#againMs) return;
    this.#againMs = nowMs + AGAIN_MS;
    void this.#lease(businessDay);
  }

  async #lease(businessDay: string): Promise<void> {
    const answer = await this.#send('queue.leaseNumbers', { businessDay });
    if (answer.ok !== true) return;
    const { blockId, first, last } = answer.result as Pick<HeldBlock, 'blockId' | 'first' | 'last'>;
    this.#stock.add({ blockId, businessDay, first, last, next: first, seq: answer.seq });
    this.#againMs = 0;
  }
}
