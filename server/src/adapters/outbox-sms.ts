import type { CarrierStatus, SentAnswer, Sms, SmsOutcome } from '../ports/sms.ts';

/**
 * Without a carrier's credentials nothing is sent. Messages stay in the outbox, where staff read what would
 * have gone out; each is marked as not sent, and no callback is believed.
 */
export function outboxSms(): Sms {
  return {
    kind: 'outbox',
    send: (): Promise<SmsOutcome> => Promise.resolve({ outcome: 'kept' }),
    findSent: (): Promise<SentAnswer> => Promise.resolve({ outcome: 'absent' }),
    statusOf: (): Promise<CarrierStatus | null> => Promise.resolve(null),
    verifyCallback: () => false,
  };
}
