import { randomBytes } from 'node:crypto';
import twilio from 'twilio';
import type { MessageStatus, SentMessage } from './twilio-shapes.ts';

export interface CallbackStep {
  readonly status: MessageStatus;
  readonly afterMs: number;
  readonly errorCode?: number;
  readonly copies?: number;
  /** Not from Twilio: signed with another token, unsigned, or changed after signing. */
  readonly forge?: 'wrongToken' | 'unsigned' | 'changedBody';
}

export interface CallbackRecord {
  readonly sid: string;
  readonly status: MessageStatus;
  readonly forged: boolean;
  /** The answer's status; null where nobody answered. */
  readonly answer: number | null;
}

/** What usually becomes of a message. */
export const USUAL: readonly CallbackStep[] = [
  { status: 'sent', afterMs: 20 },
  { status: 'delivered', afterMs: 60 },
];

/** Posts one status callback as Twilio does; gives the answer's status, null where nobody answered. */
export async function postCallback(
  accountSid: string,
  authToken: string,
  message: SentMessage,
  step: CallbackStep,
): Promise<number | null> {
  const url = message.statusCallback ?? '';
  const params: Record<string, string> = {
    SmsSid: message.sid,
    SmsStatus: step.status,
    MessageStatus: step.status,
    To: message.to,
    MessageSid: message.sid,
    AccountSid: accountSid,
    From: message.from,
    ApiVersion: '2010-04-01',
    ...(step.errorCode === undefined ? {} : { ErrorCode: String(step.errorCode) }),
  };
  const token = step.forge === 'wrongToken' ? `not-${authToken}` : authToken;
  const signature = twilio.getExpectedTwilioSignature(token, url, params);
  if (step.forge === 'changedBody') params['MessageStatus'] = 'delivered';
  if (step.forge === 'changedBody') params['SmsSid'] = `SM${'0'.repeat(32)}`;
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'user-agent': 'TwilioProxy/1.1',
        'i-twilio-idempotency-token': randomBytes(16).toString('hex'),
        ...(step.forge === 'unsigned' ? {} : { 'x-twilio-signature': signature }),
      },
      body: new URLSearchParams(params).toString(),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    // As with Twilio, a callback that nobody takes is not sent again.
    return null;
  }
}
