/**
 * What Schalter asks of somebody who carries text messages. Two implementations
 * (`adapters/twilio-sms.ts`, `adapters/outbox-sms.ts`), one contract test (`e2e/faults/sms-port.test.ts`).
 *
 * The answer to `send` is one of four, because each asks for something else: an accepted message is never
 * sent again; a rejected one may be, later, unless the reason is permanent; an unknown one may have been
 * sent, so it is looked for before anything else; a kept one was not sent and never will be.
 */
export interface Sms {
  /** Which carrier this is, as the outbox page and the log name it. */
  readonly kind: 'twilio' | 'outbox';
  send(request: SmsRequest): Promise<SmsOutcome>;
  /** Looks for a message whose sending ended unclear. `absent` is said only where the carrier answered. */
  findSent(query: SentQuery): Promise<SentAnswer>;
  /** Where a message stands, for one whose callbacks did not come. */
  statusOf(providerId: string): Promise<CarrierStatus | null>;
  /** True where the callback was signed by the carrier for exactly this address and these parameters. */
  verifyCallback(callback: SignedCallback): boolean;
}

export interface SmsRequest {
  readonly messageId: string;
  /** E.164. */
  readonly to: string;
  readonly body: string;
  /** ISO instants. After `expiresAt` the carrier must not deliver any more. */
  readonly expiresAt: string;
  readonly now: string;
  /** Where the carrier may report; it does without where it could not get there. null for no reports. */
  readonly statusCallbackUrl: string | null;
}

export type SmsOutcome =
  | {
      readonly outcome: 'accepted';
      readonly providerId: string;
      /** What the carrier said besides: for the log, without number and text. */
      readonly raw?: Readonly<Record<string, string | null>>;
    }
  | {
      readonly outcome: 'rejected';
      /** The carrier's own code ("21610"), or what happened to the connection ("ECONNREFUSED"). */
      readonly code: string;
      readonly permanent: boolean;
      /** The carrier asked to wait this long. */
      readonly retryAfterMs?: number;
      /** One plain sentence for staff. */
      readonly explanation: string;
    }
  | { readonly outcome: 'unknown'; readonly reason: string }
  | { readonly outcome: 'kept' };

export interface SentQuery {
  readonly to: string;
  readonly body: string;
  /** ISO instant by our clock; older ones by the carrier's are others. */
  readonly since: string;
  /** Carrier ids that belong to other messages: a second call may have the same words. */
  readonly except: readonly string[];
}

export type SentAnswer =
  | { readonly outcome: 'found'; readonly providerId: string }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'unknown'; readonly reason: string };

export interface CarrierStatus {
  /** In the carrier's words, lower case: "queued", "sent", "delivered", "undelivered", "failed". */
  readonly status: string;
  readonly errorCode: string | null;
}

export interface SignedCallback {
  /** The public address as the carrier called it, query string included. */
  readonly url: string;
  readonly params: Readonly<Record<string, string | readonly string[]>>;
  readonly signature: string;
}
