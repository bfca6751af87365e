import { v7 as uuid } from 'uuid';
import type { Language } from '@schalter/shared/kernel/text.ts';
import { ask, type Reply } from '@schalter/shared/ui/device/api.ts';
import type { Contact } from '../consent.ts';
import type { JoinPlace } from './offers.ts';
import type { OwnTicket } from './ticket-view.ts';
import type { Wallet } from './wallet.ts';

const RETRY_MS = 2_000;
/** As long as the server takes the command: afterwards nobody still waits for it. */
const TRIES = 20;
/** Nothing was decided: the same command is sent again. */
const TRANSIENT: ReadonlySet<string> = new Set(['unreachable', 'unavailable']);

export type JoinStep =
  | { readonly kind: 'loading' | 'unreachable' | 'unknown' | 'joining' }
  | { readonly kind: 'services'; readonly place: JoinPlace }
  | { readonly kind: 'contact'; readonly place: JoinPlace; readonly serviceId: string }
  | { readonly kind: 'refused'; readonly code: string; readonly retryAfterS: number | null };

export interface JoinParts {
  /** The location's code in the address. */
  readonly code: string;
  /** The wall's code behind '#': whoever has it stands on site. */
  readonly arrivalCode: string | null;
  readonly wallet: Wallet;
  readonly newLinkToken: () => string;
  readonly onTicket: (linkToken: string) => void;
}

/** Joining by phone: which service, perhaps a number for messages, and then the ticket's page. */
export class JoinSession {
  readonly #parts: JoinParts;
  step = $state.raw<JoinStep>({ kind: 'loading' });
  problem = $state.raw<string | null>(null);
  #place: JoinPlace | null = null;
  #offsetMs = 0;

  constructor(parts: JoinParts) {
    this.#parts = parts;
    void this.load();
  }

  /** By the server's clock, which the phone's own may not follow. */
  get now(): string {
    return new Date(Date.now() + this.#offsetMs).toISOString();
  }

  load = async (): Promise<void> => {
    this.step = { kind: 'loading' };
    const reply = await ask<JoinPlace>(`/join/${encodeURIComponent(this.#parts.code)}`);
    if (!reply.ok) {
      this.step = { kind: TRANSIENT.has(reply.code) ? 'unreachable' : 'unknown' };
      return;
    }
    this.#offsetMs = reply.serverMs == null ? 0 : reply.serverMs - Date.now();
    this.#place = reply.value;
    if (await this.#hasTicket(reply.value)) return;
    if (!reply.value.joinByPhone) this.step = { kind: 'refused', code: 'phoneJoinOff', retryAfterS: null };
    else this.step = { kind: 'services', place: reply.value };
  };

  choose = (serviceId: string, language: Language): void => {
    const place = this.#place;
    if (place === null) return;
    this.problem = null;
    this.step = { kind: 'contact', place, serviceId };
    // Where the house sends no messages, nobody is asked for a number.
    if (place.smsCountries.length === 0) void this.join(null, language);
  };

  back = (): void => {
    if (this.#place !== null) this.step = { kind: 'services', place: this.#place };
  };

  join = async (contact: Contact | null, language: Language): Promise<void> => {
    if (this.step.kind !== 'contact') return;
    const { place, serviceId } = this.step;
    const { wallet, newLinkToken, arrivalCode, onTicket } = this.#parts;
    const linkToken = newLinkToken();
    this.step = { kind: 'joining' };
    // Kept before it is sent: whatever happens to this page, the ticket is found again.
    wallet.keep(place.locationId, linkToken);
    const reply = await this.#send(place.locationId, 'queue.joinByPhone', null, {
      serviceId,
      language,
      linkToken,
      contact: contact === null ? null : { ...contact, consentLanguage: language },
      arrivalCode,
    });
    if (reply.ok) return onTicket(linkToken);
    // Without an answer the ticket may exist: a next visit finds it, or finds nothing.
    if (!TRANSIENT.has(reply.code)) wallet.keep(place.locationId, null);
    if (contact !== null && reply.code.startsWith('phone') && reply.code !== 'phoneJoinOff') {
      this.problem = reply.code;
      this.step = { kind: 'contact', place, serviceId };
    } else {
      this.step = { kind: 'refused', code: reply.code, retryAfterS: reply.retryAfterS };
    }
  };

  /** Somebody who has an open ticket here arrives, and does not join twice. */
  async #hasTicket({ locationId }: JoinPlace): Promise<boolean> {
    const { wallet, arrivalCode, onTicket } = this.#parts;
    const linkToken = wallet.of(locationId);
    if (linkToken === null) return false;
    const reply = await ask<OwnTicket>('/ticket', { headers: { Authorization: `Ticket ${linkToken}` } });
    if (!reply.ok || reply.value.endedAt !== null) {
      if (reply.ok || !TRANSIENT.has(reply.code)) wallet.keep(locationId, null);
      return false;
    }
    if (arrivalCode !== null)
      await this.#send(locationId, 'queue.confirmArrival', linkToken, { arrivalCode });
    onTicket(linkToken);
    return true;
  }

  /** One command, sent until it is answered. */
  async #send(
    streamId: string,
    type: string,
    linkToken: string | null,
    input: object,
  ): Promise<Reply<unknown>> {
    const command = { commandId: uuid(), streamId, type, input, occurredAt: this.now };
    const request: RequestInit = {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(linkToken === null ? {} : { Authorization: `Ticket ${linkToken}` }),
      },
      body: JSON.stringify(command),
    };
    for (let tries = 1; ; tries++) {
      const reply = await ask('/commands', request);
      if (reply.ok || !TRANSIENT.has(reply.code) || tries === TRIES) return reply;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
