/**
 * What Schalter asks of somebody who carries e-mail. Two implementations (`adapters/smtp-email.ts`,
 * `adapters/outbox-email.ts`), one contract test (`server/test/email-port.test.ts`).
 */
export interface Email {
  /** Which carrier this is; with 'outbox' nothing is sent and a person reads what would have been. */
  readonly kind: 'smtp' | 'outbox';
  send(mail: Mail): Promise<EmailOutcome>;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Plain text: nothing to load, nothing to disguise. */
  readonly text: string;
}

export type EmailOutcome =
  | { readonly outcome: 'accepted' }
  /** The mail server's own code ("550"), or what happened to the connection; where it may pass, it is tried again. */
  | { readonly outcome: 'rejected'; readonly code: string; readonly isPermanent: boolean }
  | { readonly outcome: 'kept' };
