import twilio from 'twilio';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import type {
  CarrierStatus,
  SentAnswer,
  SentQuery,
  SignedCallback,
  Sms,
  SmsOutcome,
  SmsRequest,
} from '../ports/sms.ts';

export interface TwilioSettings {
  readonly accountSid: string;
  readonly authToken: string;
  /** While a token is being rotated, callbacks may be signed with either. */
  readonly secondaryAuthToken?: string | undefined;
  /** A number in E.164, an alphanumeric sender, or a Messaging Service ("MG…"). */
  readonly sender: string;
  /** Another host in Twilio's place: a regional one, or the emulator of the tests. */
  readonly apiBaseUrl?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Twilio answers a create in well under a second; the lease of a message (messaging/jobs.ts) is longer. */
const TWILIO_TIMEOUT_MS = 8_000;
/** Twilio's own bounds for ValidityPeriod, in seconds. */
const VALIDITY_S_MAX = 36_000;
/** A number gets at most a handful of messages a day, so the one looked for is among its newest. */
const LIST_LIMIT = 50;

/** Names and addresses of this machine and of the house's own network. */
const NOT_PUBLIC =
  /^(localhost|.*\.(local|localhost|internal|test)|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|\[.*\])$/;

/** Sends through Twilio's own SDK. Never retries by itself: whether to is decided where messages are kept. */
export function twilioSms(settings: TwilioSettings): Sms {
  const client = twilio(settings.accountSid, settings.authToken, {
    httpClient: new Http(settings),
    autoRetry: false,
  });
  const sender = settings.sender.startsWith('MG')
    ? { messagingServiceSid: settings.sender }
    : { from: settings.sender };
  // Twilio refuses a message (21609) whose reports it could not deliver; another host in its place may be near.
  const reachable = (url: string | null): url is string =>
    url !== null && (settings.apiBaseUrl !== undefined || !NOT_PUBLIC.test(new URL(url).hostname));
  const tokens = [settings.authToken, settings.secondaryAuthToken].filter((t) => t !== undefined);

  const send = async (request: SmsRequest): Promise<SmsOutcome> => {
    const validityPeriod = Math.floor((Date.parse(request.expiresAt) - Date.parse(request.now)) / 1000);
    if (validityPeriod < 1) return rejected('expired', true, 'It is too late for this message.');
    try {
      const message = await client.messages.create({
        ...sender,
        to: request.to,
        body: request.body,
        validityPeriod: Math.min(validityPeriod, VALIDITY_S_MAX),
        ...(reachable(request.statusCallbackUrl) ? { statusCallback: request.statusCallbackUrl } : {}),
      });
      // A 2xx that is not Twilio's (a proxy's page) says nothing about the message.
      if (!/^(SM|MM)[0-9a-f]{32}$/i.test(String(message.sid)))
        return { outcome: 'unknown', reason: 'answerWithoutSid' };
      return {
        outcome: 'accepted',
        providerId: message.sid,
        raw: { status: message.status, segments: message.numSegments },
      };
    } catch (error) {
      return outcomeOf(error);
    }
  };

  const findSent = async ({ to, body, since, except }: SentQuery): Promise<SentAnswer> => {
    try {
      // Not by DateSent: it is null until the message has left Twilio's own queue.
      const messages = await client.messages.list({ to, pageSize: LIST_LIMIT, limit: LIST_LIMIT });
      const from = Date.parse(since);
      const hit = messages.find(
        (m) =>
          m.direction === 'outbound-api' &&
          m.dateCreated.getTime() >= from &&
          // A trial account puts a sentence before the body.
          m.body.endsWith(body) &&
          !except.includes(m.sid),
      );
      return hit === undefined ? { outcome: 'absent' } : { outcome: 'found', providerId: hit.sid };
    } catch (error) {
      return { outcome: 'unknown', reason: reasonOf(error) };
    }
  };

  const statusOf = async (providerId: string): Promise<CarrierStatus | null> => {
    try {
      const message = await client.messages(providerId).fetch();
      // The SDK's type says number; Twilio sends null while there is none.
      const code = message.errorCode as number | null;
      return { status: message.status, errorCode: code === null ? null : String(code) };
    } catch {
      return null;
    }
  };

  const verifyCallback = ({ url, params, signature }: SignedCallback): boolean =>
    signature !== '' &&
    URL.canParse(url) &&
    tokens.some((token) => twilio.validateRequest(token, signature, url, params));

  return { kind: 'twilio', send, findSent, statusOf, verifyCallback };
}

/** The SDK's client with three things that it has no option for: another host, a deadline, Retry-After. */
class Http extends twilio.RequestClient {
  readonly #base: URL | null;

  constructor({ apiBaseUrl, timeoutMs = TWILIO_TIMEOUT_MS }: TwilioSettings) {
    // A connection kept alive may be closed by the other side just as it is used again, and a reset after
    // sending leaves open whether the message was taken. A new one costs a handshake per message.
    super({ timeout: timeoutMs, keepAlive: false, autoRetry: false });
    this.#base = apiBaseUrl === undefined ? null : new URL(apiBaseUrl);
    // The SDK's timeout is one of silence: an answer that trickles would never run into it.
    this.axios.interceptors.request.use((config) => ({ ...config, signal: AbortSignal.timeout(timeoutMs) }));
  }

  override async request<T>(opts: RequestClient.RequestOptions<T>) {
    const uri = new URL(opts.uri);
    if (this.#base !== null) {
      uri.protocol = this.#base.protocol;
      uri.host = this.#base.host;
      if (this.#base.port === '') uri.port = '';
    }
    const response = await super.request<T>({ ...opts, uri: uri.href });
    if (response.statusCode === 429) throw new RateLimited(retryAfterMs(response.headers));
    return response;
  }
}

class RateLimited extends Error {
  readonly retryAfterMs: number | null;
  constructor(ms: number | null) {
    super('too many requests');
    this.retryAfterMs = ms;
  }
}

function retryAfterMs(headers: unknown): number | null {
  const seconds = Number((headers as Record<string, string | undefined> | undefined)?.['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}

const rejected = (code: string, permanent: boolean, explanation: string) =>
  ({ outcome: 'rejected', code, permanent, explanation }) as const;

/** Nothing has left this machine: the name was not found, nobody listened, or the certificate was wrong. */
const BEFORE_SENDING =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_.*|.*_CERT(IFICATE)?(_.*)?|.*CERT_ALTNAME.*)$/;

/** Twilio's codes for a message it did not take, as a sentence for staff. All others: "Twilio said no". */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  '20003': 'Twilio does not know these credentials.',
  '21211': 'This is not a phone number that exists.',
  '21212': 'The sender is not a valid one.',
  '21408': 'The account may not send to this country.',
  '21603': 'No sender is set up.',
  '21606': 'The sender may not send text messages.',
  '21609': 'The address for status reports is not public.',
  '21610': 'The customer has stopped messages from this sender.',
  '21612': 'This sender cannot reach the number.',
  '21614': 'This number cannot receive text messages.',
  '21617': 'The text is too long.',
};

/** What an error of the SDK means for the message: taken or not, and whether trying again can help. */
function outcomeOf(error: unknown): SmsOutcome {
  if (error instanceof RateLimited) {
    const outcome = rejected('429', false, 'Twilio asks to wait.');
    return error.retryAfterMs === null ? outcome : { ...outcome, retryAfterMs: error.retryAfterMs };
  }
  const { status, code } = error as { status?: unknown; code?: string | number };
  if (typeof status === 'number' && status < 500) {
    const known = code === undefined ? `http${status}` : String(code);
    return rejected(known, true, EXPLANATIONS[known] ?? 'Twilio did not accept the message.');
  }
  const network = typeof code === 'string' ? code : '';
  const { syscall } = ((error as Error).cause ?? error) as { syscall?: unknown };
  if (BEFORE_SENDING.test(network) || syscall === 'connect' || syscall === 'getaddrinfo') {
    return rejected(network, false, 'Twilio could not be reached.');
  }
  // A time-out, a reset, a 5xx: the message may have been taken before the answer was lost.
  return { outcome: 'unknown', reason: reasonOf(error) };
}

function reasonOf(error: unknown): string {
  if (error instanceof RateLimited) return 'http429';
  const { status, code } = error as { status?: unknown; code?: unknown };
  if (typeof status === 'number') return `http${status}`;
  return typeof code === 'string' ? code : 'noAnswer';
}
