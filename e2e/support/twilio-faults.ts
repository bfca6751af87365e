import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { errorJson, sendJson } from './twilio-shapes.ts';

export type FaultKind =
  /** Answers with Twilio's error, takes nothing. */
  | { readonly kind: 'reject'; readonly code: number; readonly status?: number }
  | { readonly kind: 'rateLimit'; readonly retryAfterS?: number }
  | { readonly kind: 'serverError'; readonly status?: number }
  /** Cuts the connection, takes nothing. */
  | { readonly kind: 'drop' }
  /** Says nothing for `ms`, then cuts the connection; takes nothing. */
  | { readonly kind: 'hang'; readonly ms: number }
  /** Takes the message, then: no answer but a cut, none at all for `ms`, or a 5xx. */
  | { readonly kind: 'acceptThenDrop' }
  | { readonly kind: 'acceptThenHang'; readonly ms: number }
  | { readonly kind: 'acceptThenServerError' }
  /** Takes the message only after `ms`, whether or not somebody still waits for the answer. */
  | { readonly kind: 'acceptLate'; readonly ms: number }
  /** Answers as usual, after `ms`. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** A 200 that is not Twilio's: a proxy's page. */
  | { readonly kind: 'garbage' };

export type Fault = FaultKind & {
  readonly on?: 'create' | 'list' | 'fetch';
  readonly to?: string;
  /** How many requests it meets; 1 unless told otherwise. */
  readonly times?: number;
};

/** True where the fault has answered (or hung up) and the message is not taken. */
export async function answerWithoutTaking(fault: Fault, response: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case 'reject': {
      const status = fault.status ?? 400;
      sendJson(response, status, errorJson(status, fault.code, `Refused with ${fault.code}`));
      return true;
    }
    case 'rateLimit':
      if (fault.retryAfterS !== undefined) response.setHeader('Retry-After', fault.retryAfterS);
      sendJson(response, 429, errorJson(429, 20429, 'Too Many Requests'));
      return true;
    case 'serverError':
      sendJson(
        response,
        fault.status ?? 500,
        errorJson(fault.status ?? 500, 20500, 'An internal server error has occurred'),
      );
      return true;
    case 'garbage':
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html><body>Sign in to this network</body></html>');
      return true;
    case 'drop':
      response.destroy();
      return true;
    case 'hang':
      await delay(fault.ms);
      response.destroy();
      return true;
    case 'delay':
      await delay(fault.ms);
      return false;
    case 'acceptThenDrop':
    case 'acceptThenHang':
    case 'acceptThenServerError':
    case 'acceptLate':
      return false;
  }
}
