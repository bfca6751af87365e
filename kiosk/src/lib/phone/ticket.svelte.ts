import { v7 as uuid } from 'uuid';
import { createConnection } from '@schalter/shared/client/connection.ts';
import { memoryStore } from '@schalter/shared/client/store.ts';
import type { Transport } from '@schalter/shared/client/transport.ts';
import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import type { QueueTables } from '@schalter/shared/queue/rows.ts';
import { browserClock } from '@schalter/shared/ui/browser-clock.ts';
import { LiveConnection } from '@schalter/shared/ui/connection.svelte.ts';
import { ask } from '@schalter/shared/ui/device/api.ts';
import { policyOf } from '../device/policies.ts';
import { TABLES } from '../device/tables.ts';
import { Alarm } from './alarm.ts';
import { allowPush, endPush, pushHere, type PushOnPhone } from './push.ts';
import { ticketPage, type OwnTicket, type TicketPage } from './ticket-view.ts';

/** A broken line that mends within this is nobody's business. */
const GRACE_MS = 3_000;
const TICK_MS = 1_000;
/** Which bookings may still pass changes by the minute. */
const OWN_EVERY_MS = 60_000;
const RETRY_MS = 3_000;

export type TicketState = 'loading' | 'unreachable' | 'dead' | 'open';

export interface TicketParts {
  readonly linkToken: string;
  readonly connect: (linkToken: string) => Transport;
  /** The link opens nothing any more. */
  readonly onDead: () => void;
}

/** The customer's page of one ticket: follows the location's stream, acts for this ticket alone. */
export class TicketSession {
  readonly #parts: TicketParts;
  readonly #alarm = new Alarm();
  #live = $state.raw<LiveConnection<QueueTables> | null>(null);
  #state = $state.raw<TicketState>('loading');
  #own = $state.raw<OwnTicket | null>(null);
  #now = $state.raw('');
  #stale = $state.raw(false);
  #rated = $state.raw(false);
  withdrawn = $state.raw(false);
  alarmOn = $state.raw(false);
  push = $state.raw<PushOnPhone>('cannot');
  busy = $state.raw(false);
  problem = $state.raw<RejectionCode | null>(null);
  #liveMs = performance.now();
  #rungFor = 0;
  #timers: (() => void)[] = [];

  constructor(parts: TicketParts) {
    this.#parts = parts;
    const ticking = setInterval(() => this.#tick(), TICK_MS);
    const asking = setInterval(() => void this.#learn(), OWN_EVERY_MS);
    this.#timers.push(
      () => clearInterval(ticking),
      () => clearInterval(asking),
    );
    void this.#learn();
    void pushHere().then((push) => (this.push = push));
  }

  readonly page = $derived.by((): TicketPage | null => {
    const state = this.#live?.state;
    if (state === undefined || this.#own === null) return null;
    const context = { estimates: state.signals.estimates, now: this.#now, rated: this.#rated };
    return ticketPage(state.live, this.#own, context);
  });
  readonly state = $derived.by((): TicketState =>
    this.#state === 'open' && this.page === null ? 'loading' : this.#state,
  );
  readonly called = $derived.by(() => (this.page?.place.kind === 'called' ? this.page.place : null));

  get own(): OwnTicket | null {
    return this.#own;
  }
  get smsOptIn(): boolean {
    return this.#own?.smsOptIn === true && !this.withdrawn;
  }
  get now(): string {
    return this.#now;
  }
  /** Whether this phone is told, or could be. */
  get pushed(): PushOnPhone {
    return this.push === 'on' && this.#own?.pushOptIn !== true ? 'off' : this.push;
  }
  /** Since when the page is not current; null while it is. */
  get staleSince(): string | null {
    return this.#stale ? (this.#live?.state.since ?? null) : null;
  }

  send = async (type: string, input: unknown = {}): Promise<boolean> => {
    if (this.#live === null) return false;
    this.busy = true;
    this.problem = null;
    const answer = await this.#live.send(type, input);
    this.busy = false;
    if (answer.ok === false) this.problem = answer.code;
    return answer.ok === true;
  };

  rate = async (rating: number): Promise<void> => {
    if (await this.send('queue.rate', { rating })) this.#rated = true;
  };

  withdraw = async (): Promise<void> => {
    if (await this.send('queue.withdrawContact')) this.withdrawn = true;
  };

  /** From a press. The rule says that it is wanted; the browser's address is kept beside the books. */
  togglePush = async (): Promise<void> => {
    const { linkToken } = this.#parts;
    this.busy = true;
    const wasOn = this.push === 'on' && this.#own?.pushOptIn === true;
    const push = wasOn ? await endPush(linkToken) : await allowPush(linkToken);
    this.busy = false;
    this.push = push;
    const allowed = push === 'on';
    if (this.#own === null || this.#own.pushOptIn === allowed) return;
    if (await this.send('queue.allowPush', { allowed })) this.#own = { ...this.#own, pushOptIn: allowed };
  };

  /** From a press. */
  toggleAlarm = async (): Promise<void> => {
    this.alarmOn = !this.alarmOn;
    await (this.alarmOn ? this.#alarm.switchOn() : this.#alarm.switchOff());
  };

  /** Once for each call, a repeated one included. */
  ringFor(callNo: number): void {
    if (callNo === this.#rungFor) return;
    this.#rungFor = callNo;
    if (this.alarmOn) this.#alarm.ring();
  }

  close(): void {
    this.#timers.forEach((stop) => stop());
    this.#live?.close();
    void this.#alarm.switchOff();
  }

  async #learn(): Promise<void> {
    if (this.#state === 'dead') return;
    const { linkToken, connect } = this.#parts;
    const reply = await ask<OwnTicket>('/ticket', { headers: { Authorization: `Ticket ${linkToken}` } });
    if (reply.ok) {
      this.#own = reply.value;
      this.#state = 'open';
      this.#live ??= this.#follow(reply.value, connect(linkToken));
    } else if (reply.code === 'unreachable' || reply.code === 'unavailable' || reply.code === 'rateLimited') {
      if (this.#own !== null) return;
      this.#state = 'unreachable';
      this.#timers.push(browserClock.after(RETRY_MS, () => void this.#learn()));
    } else {
      this.#state = 'dead';
      this.#live?.close();
      // Nothing of the ticket stays, neither on the page nor on the phone.
      this.#live = null;
      this.#own = null;
      this.#parts.onDead();
    }
  }

  #follow({ locationId }: OwnTicket, transport: Transport): LiveConnection<QueueTables> {
    return new LiveConnection(
      createConnection<QueueTables>({
        transport,
        store: memoryStore(),
        clock: browserClock,
        newCommandId: uuid,
        streamId: locationId,
        audience: 'customer',
        tables: TABLES,
        policyOf,
      }),
    );
  }

  #tick(): void {
    if (this.#live === null) return;
    const { status } = this.#live.state;
    const nowMs = performance.now();
    if (status === 'live') this.#liveMs = nowMs;
    this.#stale = nowMs - this.#liveMs > GRACE_MS;
    this.#now = this.#live.now();
    // The line was refused: the link has died with the day, or the page is too old. The request says which.
    if (status === 'refused') void this.#learn();
  }
}
