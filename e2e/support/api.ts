// The API as a program uses it: sign-in, commands, devices. No browser.
import { randomBytes } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import { personOf } from './demo.ts';

/** A server that has not answered by then is broken, whatever a test is about. */
const ANSWER_MS_MAX = 60_000;

interface Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

/** One caller with its cookies. */
export class Caller {
  readonly url: string;
  /** Where a line may be silent for good, a caller gives up earlier. */
  answerMsMax = ANSWER_MS_MAX;
  #cookies = new Map<string, string>();
  #headers: Record<string, string> = {};

  constructor(url: string, headers: Record<string, string> = {}) {
    this.url = url;
    this.#headers = headers;
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  setHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  /** An access token lives for minutes: as in a browser, the next one is fetched and the request repeated. */
  async request(method: string, path: string, body?: unknown): Promise<Reply> {
    const reply = await this.#send(method, path, body);
    if (reply.status !== 401 || !this.#cookies.has('schalter_refresh')) return reply;
    const refreshed = await this.#send('POST', '/api/v1/auth/refresh');
    return refreshed.status === 204 ? this.#send(method, path, body) : reply;
  }

  async #send(method: string, path: string, body?: unknown): Promise<Reply> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(this.answerMsMax),
      headers: {
        ...this.#headers,
        ...(this.#cookies.size === 0 ? {} : { cookie: this.cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      body: isJson && text !== '' ? (JSON.parse(text) as unknown) : text,
      headers: response.headers,
    };
  }

  /** A command with an id of its own, or with the given one. */
  async command(streamId: string, type: string, input: unknown, commandId = uuid()): Promise<Answer> {
    const { body } = await this.request('POST', '/api/v1/commands', {
      commandId,
      streamId,
      type,
      input,
      occurredAt: new Date().toISOString(),
    });
    const answer = body as Answer | { code: Extract<Answer, { ok: false }>['code'] };
    return 'ok' in answer ? answer : { ok: false, code: answer.code };
  }
}

export const newLinkToken = (): string => randomBytes(16).toString('base64url');

/** Signs in with one of the demo's people, by first name ("Lea"). */
export async function signIn(url: string, firstName: string): Promise<Caller> {
  const { email, password } = personOf(firstName);
  const caller = new Caller(url);
  const { status } = await caller.request('POST', '/api/v1/auth/login', { email, password });
  if (status !== 200) throw new Error(`${firstName} could not sign in: ${status}`);
  return caller;
}

/** A paired device of the demo. */
export async function demoDevice(
  url: string,
  kind: 'kiosk' | 'display' | 'station',
  slot = 1,
): Promise<Caller & { deviceId: string }> {
  const caller = new Caller(url);
  const { body } = await caller.request('POST', '/api/v1/demo/devices', { kind, slot });
  const { deviceId } = body as { deviceId: string };
  caller.setHeader('x-schalter-device', deviceId);
  return Object.assign(caller, { deviceId });
}
