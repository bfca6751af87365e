/**
 * What Schalter asks of the services that carry notices to browsers. One implementation
 * (`adapters/web-push.ts`); each browser brings its own service with it.
 */
export interface Push {
  /** What a browser subscribes with: an uncompressed P-256 point, base64url. */
  readonly publicKey: string;
  /** True for the address of a service that is known; others are never asked. */
  isKnown(endpoint: string): boolean;
  send(push: PushRequest): Promise<PushOutcome>;
}

/** The carrier before it has its key, which is the installation's and lies in the database. */
export interface PushCarrier {
  newKey(): string;
  withKey(privateKey: string, publicUrl: string): Push;
}

/** As a browser describes itself (`PushSubscription.toJSON()`). */
export interface Subscription {
  readonly endpoint: string;
  /** Base64url: a P-256 point, and 16 random bytes (RFC 8291). */
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

export interface PushRequest {
  readonly to: Subscription;
  /** At most some 3,000 bytes; read by the browser alone. */
  readonly payload: string;
  /** How long the service keeps it for a browser that is away. */
  readonly ttlS: number;
  readonly isUrgent: boolean;
  /** A waiting notice of the same topic is replaced. Letters, digits, "-" and "_", 32 at most. */
  readonly topic: string;
}

export type PushOutcome =
  | { readonly outcome: 'accepted' }
  /** There is no such browser any more. */
  | { readonly outcome: 'gone' }
  /** A status ("413"), or what happened to the connection. `mayPass`: it may be otherwise in a moment. */
  | { readonly outcome: 'failed'; readonly code: string; readonly mayPass: boolean; readonly waitMs: number };
