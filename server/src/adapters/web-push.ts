import { createECDH } from 'node:crypto';
import webPush from 'web-push';
import type { Push, PushCarrier, PushOutcome, PushRequest } from '../ports/push.ts';

/** A service that says nothing for so long is not there. */
const SILENCE_MS = 5_000;
/** Chrome and its kin, Firefox, Safari, Edge. A name that begins with a dot stands for whatever comes before it. */
const SERVICES = [
  'fcm.googleapis.com',
  '.push.services.mozilla.com',
  '.push.apple.com',
  '.notify.windows.com',
];
const CURVE = 'prime256v1';

export interface WebPushOptions {
  /** Whom a service may write to about what we send, an address or a page (RFC 8292); null for the house's own page. */
  readonly contact: string | null;
  /** Origins of further services; for them alone http is good enough. */
  readonly services: readonly string[];
}

/** Notices by the browsers' own services: encryption and signature are the library's, the request is ours. */
export const webPushBy = ({ contact, services }: WebPushOptions): PushCarrier => ({
  newKey,
  withKey: (privateKey, publicUrl) => push(privateKey, contactOf(contact, publicUrl), services),
});

function contactOf(contact: string | null, publicUrl: string): string {
  const named = contact ?? publicUrl;
  if (/^(https|mailto):/.test(named)) return named;
  return contact === null ? 'mailto:schalter@localhost' : `mailto:${contact}`;
}

/** base64url. With another key every browser would have to be asked again. */
function newKey(): string {
  const pair = createECDH(CURVE);
  pair.generateKeys();
  // A number with a zero in front is handed out shorter.
  const key = pair.getPrivateKey();
  return Buffer.concat([Buffer.alloc(32 - key.length), key]).toString('base64url');
}

function push(privateKey: string, subject: string, services: readonly string[]): Push {
  const pair = createECDH(CURVE);
  pair.setPrivateKey(Buffer.from(privateKey, 'base64url'));
  const publicKey = pair.getPublicKey().toString('base64url');
  const vapidDetails = { subject, publicKey, privateKey };
  const isKnown = (endpoint: string): boolean => {
    if (!URL.canParse(endpoint)) return false;
    const url = new URL(endpoint);
    if (services.includes(url.origin)) return true;
    const isNamed = SERVICES.some((name) =>
      name.startsWith('.') ? url.hostname.endsWith(name) : url.hostname === name,
    );
    return url.protocol === 'https:' && url.port === '' && isNamed;
  };
  return {
    publicKey,
    isKnown,
    async send({ to, payload, ttlS, isUrgent, topic }: PushRequest): Promise<PushOutcome> {
      if (!isKnown(to.endpoint)) return { outcome: 'gone' };
      const urgency = isUrgent ? 'high' : 'normal';
      const options = { vapidDetails, TTL: ttlS, urgency, topic, contentEncoding: 'aes128gcm' } as const;
      const { endpoint, method, headers, body } = webPush.generateRequestDetails(to, payload, options);
      try {
        const answer = await fetch(endpoint, {
          method,
          headers: headers as Record<string, string>,
          body: body ? new Uint8Array(body) : null,
          // Nobody sends us elsewhere: an address inside the house, say.
          redirect: 'error',
          signal: AbortSignal.timeout(SILENCE_MS),
        });
        await answer.body?.cancel();
        return outcomeOf(answer);
      } catch (error) {
        const { name, cause } = error as Error & { cause?: { code?: string } };
        return { outcome: 'failed', code: cause?.code ?? name, mayPass: true, waitMs: 0 };
      }
    },
  };
}

function outcomeOf({ ok, status, headers }: Response): PushOutcome {
  if (ok) return { outcome: 'accepted' };
  if (status === 404 || status === 410) return { outcome: 'gone' };
  const waitMs = Number(headers.get('retry-after') ?? 0) * 1_000;
  const mayPass = status === 429 || status >= 500;
  return { outcome: 'failed', code: String(status), mayPass, waitMs: Number.isFinite(waitMs) ? waitMs : 0 };
}
