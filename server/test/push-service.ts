// The service of a browser's maker, made from RFC 8030 (requests), 8291 (encryption) and 8292 (who sends): it takes
// what is signed with the key that a browser subscribed with, and reads it as that browser would.
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  randomUUID,
  verify,
  type ECDH,
} from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Subscription } from '../src/ports/push.ts';

/** A browser that has subscribed, and what it was sent. */
export interface PushedBrowser {
  readonly subscription: Subscription;
  readonly notices: PushedNotice[];
  /** How the next requests are answered; then it takes them again. "silent" never answers. */
  readonly answers: (Answer | 'silent')[];
  readonly requests: number;
}
export interface PushedNotice {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly path: string;
  readonly language: string;
  readonly ttlS: number;
  readonly urgency: string;
  readonly topic: string;
}
interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Browser extends PushedBrowser {
  readonly pair: ECDH;
  readonly auth: Buffer;
  readonly applicationKey: string;
  requests: number;
}

/** RFC 8030: a service need not take more than 4,096 bytes. */
const BODY_BYTES_MAX = 4_096;
const EXPIRES_S_MAX = 24 * 3_600;
const Payload = z.strictObject({
  title: z.string().min(1),
  body: z.string(),
  tag: z.string().min(1),
  path: z.string().startsWith('/'),
  language: z.enum(['de', 'fr', 'it', 'en']),
});
const Claims = z.object({ aud: z.string(), exp: z.number(), sub: z.string().regex(/^(mailto:|https:\/\/)/) });

export interface PushService {
  readonly origin: string;
  /** As a browser that was told the application's key. */
  subscribe(applicationKey: string): PushedBrowser;
  /** Why requests were refused, by this service's own judgement. */
  readonly refusals: string[];
  close(): Promise<void>;
}

export async function startPushService(): Promise<PushService> {
  const browsers = new Map<string, Browser>();
  const refusals: string[] = [];
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      refusals.push(String(error));
      response.writeHead(400).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const browser = browsers.get(request.url ?? '');
    if (browser === undefined || request.method !== 'POST') return void response.writeHead(404).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    browser.requests += 1;
    const next = browser.answers.shift();
    if (next === 'silent') return;
    if (next !== undefined) return void response.writeHead(next.status, next.headers ?? {}).end();
    const { headers } = request;
    const sent = Buffer.concat(chunks);
    if (sent.length > BODY_BYTES_MAX) return void response.writeHead(413).end();
    assertSender(headers.authorization ?? '', browser.applicationKey, origin);
    if (headers['content-encoding'] !== 'aes128gcm') throw new Error('not encrypted as RFC 8188 says');
    const ttlS = Number(headers['ttl'] ?? Number.NaN);
    if (!Number.isInteger(ttlS)) throw new Error('no TTL');
    const topic = String(headers['topic'] ?? '');
    if (!/^[\w-]{0,32}$/.test(topic)) throw new Error('a topic is 32 characters at most');
    const payload = Payload.parse(JSON.parse(decrypted(sent, browser)));
    const urgency = String(headers['urgency'] ?? 'normal');
    browser.notices.push({ ...payload, ttlS, urgency, topic });
    response.writeHead(201, { location: `${origin}/sent/${randomUUID()}` }).end();
  }

  return {
    origin,
    refusals,
    subscribe(applicationKey) {
      const pair = createECDH('prime256v1');
      const p256dh = pair.generateKeys('base64url');
      const auth = randomBytes(16);
      const path = `/push/${randomUUID()}`;
      const subscription = { endpoint: origin + path, keys: { p256dh, auth: auth.toString('base64url') } };
      const browser = { subscription, notices: [], answers: [], requests: 0, pair, auth, applicationKey };
      browsers.set(path, browser);
      return browser;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** RFC 8292: a token for this service, not for long, signed with the key that the browser was told. */
function assertSender(authorization: string, applicationKey: string, origin: string): void {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  if (key !== applicationKey) throw new Error('not the key that the browser subscribed with');
  const [head = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) throw new Error('not signed');
  const { aud, exp } = Claims.parse(JSON.parse(Buffer.from(claims, 'base64url').toString()));
  const leftS = exp - Date.now() / 1_000;
  if (aud !== origin || leftS <= 0 || leftS > EXPIRES_S_MAX)
    throw new Error('not for this service, or too long');
}

/** RFC 8291, one record: salt, record size, the sender's key for this message, what was encrypted. */
function decrypted(sent: Buffer, { pair, auth }: Browser): string {
  const salt = sent.subarray(0, 16);
  const idLength = sent[20] ?? 0;
  const senderKey = sent.subarray(21, 21 + idLength);
  const record = sent.subarray(21 + idLength);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), pair.getPublicKey(), senderKey]);
  const secret = Buffer.from(hkdfSync('sha256', pair.computeSecret(senderKey), auth, info, 32));
  const derive = (what: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${what}\0`, bytes));
  const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end < 0) throw new Error('no last record');
  return padded.subarray(0, end).toString();
}
