import type { ServerResponse } from 'node:http';
import { SegmentedMessage } from 'sms-segments-calculator';

/** The emulator's memory of one accepted message; tests compare it with the `messages` table. */
export interface SentMessage {
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly body: string;
  /** Epoch milliseconds, by the emulator's clock. */
  readonly at: number;
  readonly encoding: string;
  readonly segments: number;
  readonly validityPeriod: number | null;
  readonly statusCallback: string | null;
  status: MessageStatus;
  errorCode: number | null;
}
export type MessageStatus = 'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed';

/** Twilio's dates: RFC 2822, whole seconds. */
const rfc2822 = (epochMs: number): string => new Date(epochMs).toUTCString().replace('GMT', '+0000');

export function newMessage(form: URLSearchParams, sid: string, at: number): SentMessage {
  const body = form.get('Body') ?? '';
  const { encodingName, segmentsCount } = new SegmentedMessage(body);
  const validity = form.get('ValidityPeriod');
  return {
    sid,
    to: form.get('To') ?? '',
    from: form.get('From') ?? form.get('MessagingServiceSid') ?? '',
    body,
    at,
    encoding: encodingName,
    segments: segmentsCount,
    validityPeriod: validity === null ? null : Number(validity),
    statusCallback: form.get('StatusCallback'),
    status: 'queued',
    errorCode: null,
  };
}

/** A message resource as Twilio's API of 2010-04-01 writes it: numbers of things are strings. */
export function messageJson(accountSid: string, message: SentMessage): Record<string, unknown> {
  const left = message.status !== 'queued' && message.status !== 'sending' && message.status !== 'failed';
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}`;
  return {
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: rfc2822(message.at),
    date_sent: left ? rfc2822(message.at) : null,
    date_updated: rfc2822(message.at),
    direction: 'outbound-api',
    error_code: message.errorCode,
    error_message: message.errorCode === null ? null : `Error ${message.errorCode}`,
    from: message.from.startsWith('MG') ? null : message.from,
    messaging_service_sid: message.from.startsWith('MG') ? message.from : null,
    num_media: '0',
    num_segments: String(message.segments),
    price: left ? `-${(0.0725 * message.segments).toFixed(5)}` : null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}

export function listJson(
  accountSid: string,
  messages: readonly SentMessage[],
  query: URLSearchParams,
): unknown {
  const pageSize = Math.min(Number(query.get('PageSize') ?? 50), 1000);
  const page = Number(query.get('Page') ?? 0);
  const path = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const at = (n: number): string => {
    const next = new URLSearchParams(query);
    next.set('Page', String(n));
    return `${path}?${next.toString()}`;
  };
  const shown = messages.slice(page * pageSize, (page + 1) * pageSize);
  return {
    end: page * pageSize + shown.length - 1,
    first_page_uri: at(0),
    next_page_uri: messages.length > (page + 1) * pageSize ? at(page + 1) : null,
    page,
    page_size: pageSize,
    previous_page_uri: page > 0 ? at(page - 1) : null,
    start: page * pageSize,
    uri: at(page),
    messages: shown.map((m) => messageJson(accountSid, m)),
  };
}

/** DateSent, DateSent> and DateSent< as Twilio takes them: a day, or an instant. */
export function matchesQuery(message: SentMessage, query: URLSearchParams): boolean {
  const to = query.get('To');
  const from = query.get('From');
  if (to !== null && to !== message.to) return false;
  if (from !== null && from !== message.from) return false;
  const after = query.get('DateSent>');
  const before = query.get('DateSent<');
  const on = query.get('DateSent');
  const sentAt = message.status === 'queued' || message.status === 'sending' ? null : message.at;
  if (after !== null && (sentAt === null || sentAt < Date.parse(after))) return false;
  if (before !== null && (sentAt === null || sentAt > Date.parse(before))) return false;
  return on === null || (sentAt !== null && new Date(sentAt).toISOString().startsWith(on.slice(0, 10)));
}

export const errorJson = (status: number, code: number, message: string): unknown => ({
  code,
  message,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
  status,
});

/** What Twilio says to a create that it will not take; null where it takes it. */
export function refusal(
  form: URLSearchParams,
  optedOut: ReadonlySet<string>,
  landlines: ReadonlySet<string>,
) {
  const to = form.get('To') ?? '';
  const body = form.get('Body') ?? '';
  const validity = form.get('ValidityPeriod');
  const callback = form.get('StatusCallback');
  if (to === '') return { code: 21604, message: "A 'To' phone number is required." };
  if (!/^\+[1-9]\d{7,14}$/.test(to)) return { code: 21211, message: `Invalid 'To' Phone Number: ${to}` };
  if ((form.get('From') ?? form.get('MessagingServiceSid') ?? '') === '') {
    return { code: 21603, message: "A 'From' phone number is required." };
  }
  if (body === '') return { code: 21602, message: 'Message body is required.' };
  if (body.length > 1600)
    return { code: 21617, message: 'The concatenated message body exceeds the 1600 character limit.' };
  if (callback !== null && !URL.canParse(callback)) {
    return { code: 21609, message: `The 'StatusCallback' URL ${callback} is not a valid URL.` };
  }
  if (
    validity !== null &&
    !(Number.isInteger(Number(validity)) && Number(validity) >= 1 && Number(validity) <= 36_000)
  ) {
    return { code: 21621, message: 'The ValidityPeriod must be between 1 and 36000.' };
  }
  if (optedOut.has(to)) return { code: 21610, message: 'Attempt to send to unsubscribed recipient' };
  if (landlines.has(to)) return { code: 21614, message: `'To' number: ${to}, is not a valid mobile number` };
  return null;
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
