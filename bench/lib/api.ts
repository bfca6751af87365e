import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuid } from 'uuid';
import type { Answer } from '@schalter/shared/kernel/command.ts';
import type { RejectionCode } from '@schalter/shared/kernel/rejections.ts';

/** How a caller proves itself: the headers that its requests carry. */
export type Proof = Readonly<Record<string, string>>;

export const asPerson = (token: string): Proof => ({ authorization: `Bearer ${token}` });
export const asCustomer = (linkToken: string): Proof => ({ authorization: `Ticket ${linkToken}` });
export const nobody: Proof = {};

export interface SentCommand {
  readonly streamId: string;
  readonly type: string;
  readonly input: unknown;
  /** By the server's clock; left out, now. */
  readonly occurredAt?: string;
}

export interface ApiOptions {
  /** How often a command without an answer (no connection, 503, 429) is sent again, with the same id. */
  readonly retries: number;
  readonly now: () => string;
}

const RETRY_MS = 200;
/** A server that asks for more patience than this is told that the caller gave up. */
const RETRY_AFTER_MS_MAX = 20_000;
const DEFAULTS: ApiOptions = { retries: 5, now: () => new Date().toISOString() };

export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: RejectionCode | 'noAnswer',
    what: string,
  ) {
    super(`${what}: ${status} ${code}`);
  }
}

interface Answered {
  readonly response: Response;
  readonly data: unknown;
}

interface Problem {
  readonly code?: RejectionCode;
  readonly details?: Extract<Answer, { ok: false }>['details'];
}

/** A client of the public HTTP API: nothing in it that any other client could not do. */
export class Api {
  readonly #options: ApiOptions;
  /** By the token that the sign-in gave. */
  readonly #sessions = new Map<string, { access: string; refresh: string; password: string }>();
  constructor(
    readonly url: string,
    options: Partial<ApiOptions> = {},
  ) {
    this.#options = { ...DEFAULTS, ...options };
  }

  async request<T>(method: string, path: string, proof: Proof = nobody, body?: unknown): Promise<T> {
    const { response, data } = await this.#send(method, path, proof, body);
    if (response.ok) return data as T;
    throw new HttpError(response.status, (data as Problem | null)?.code ?? 'noAnswer', `${method} ${path}`);
  }

  /** Sends it until there is an answer; the same id each time, so that it takes effect once. */
  async command(proof: Proof, { streamId, type, input, occurredAt }: SentCommand): Promise<Answer> {
    const envelope = {
      commandId: uuid(),
      streamId,
      type,
      input,
      occurredAt: occurredAt ?? this.#options.now(),
    };
    for (let attempt = 0; ; attempt += 1) {
      const sent = await this.#send('POST', '/api/v1/commands', proof, envelope).catch(() => null);
      if (sent?.response.ok === true) return sent.data as Answer;
      const waitMs = sent === null ? RETRY_MS * (attempt + 1) : retryAfterMs(sent.response);
      if (waitMs === null || attempt >= this.#options.retries)
        return refusalOf(sent?.data as Problem | undefined);
      await sleep(waitMs);
    }
  }

  /** Signs in; the session's token, for `asPerson`. */
  async login(email: string, password: string): Promise<string> {
    const { response, data } = await this.#send('POST', '/api/v1/auth/login', nobody, { email, password });
    if (!response.ok)
      throw new HttpError(response.status, (data as Problem).code ?? 'noAnswer', `sign-in of ${email}`);
    const access = cookieOf(response, 'schalter_session');
    this.#sessions.set(access, { access, refresh: cookieOf(response, 'schalter_refresh'), password });
    return access;
  }

  /** As a browser does it when its access token has run out; a proof is good for as long as its session. */
  async #renewed(proof: Proof): Promise<Proof | null> {
    const session = this.#sessions.get(bearerOf(proof));
    if (session === undefined) return null;
    const cookie = `schalter_refresh=${session.refresh}`;
    const response = await fetch(`${this.url}/api/v1/auth/refresh`, { method: 'POST', headers: { cookie } });
    if (!response.ok) return null;
    session.access = cookieOf(response, 'schalter_session');
    session.refresh = cookieOf(response, 'schalter_refresh');
    return asPerson(session.access);
  }

  /** A paired device of the demo: a proof for requests, and what a socket's handshake needs. */
  async demoDevice(
    kind: 'kiosk' | 'display' | 'station',
    slot: number,
  ): Promise<{ proof: Proof; deviceId: string }> {
    const path = '/api/v1/demo/devices';
    const { response, data } = await this.#send('POST', path, nobody, { kind, slot });
    if (!response.ok)
      throw new HttpError(response.status, (data as Problem).code ?? 'noAnswer', `POST ${path}`);
    const { deviceId } = data as { deviceId: string };
    const name = `schalter_device_${deviceId}`;
    return {
      deviceId,
      proof: { cookie: `${name}=${cookieOf(response, name)}`, 'x-schalter-device': deviceId },
    };
  }

  /** What asks for a fresh proof is given one, as the staff's own page does it. */
  async #send(method: string, path: string, proof: Proof, body?: unknown): Promise<Answered> {
    const answered = await this.#once(method, path, proof, body);
    const { code, details } = (answered.data ?? {}) as Problem;
    const password = this.#sessions.get(bearerOf(proof))?.password;
    if (code !== 'proofRequired' || password === undefined) return answered;
    await this.#once('POST', '/api/v1/auth/proofs', proof, { password, of: [details] });
    return this.#once(method, path, proof, body);
  }

  async #once(method: string, path: string, proof: Proof, body?: unknown): Promise<Answered> {
    const send = (as: Proof) =>
      fetch(`${this.url}${path}`, {
        method,
        headers: { ...as, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const session = this.#sessions.get(bearerOf(proof));
    let response = await send(session === undefined ? proof : asPerson(session.access));
    const renewed = response.status === 401 ? await this.#renewed(proof) : null;
    if (renewed !== null) response = await send(renewed);
    const text = await response.text();
    return { response, data: parsed(text) };
  }
}

const bearerOf = ({ authorization = '' }: Proof): string => authorization.replace('Bearer ', '');

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function retryAfterMs(response: Response): number | null {
  if (response.status === 503) return RETRY_MS;
  if (response.status !== 429) return null;
  const waitMs = 1_000 * Number(response.headers.get('retry-after') ?? 1);
  return waitMs <= RETRY_AFTER_MS_MAX ? waitMs : null;
}

const refusalOf = (problem: Problem | null | undefined): Answer => ({
  ok: false,
  code: problem?.code ?? 'unavailable',
  ...(problem?.details === undefined ? {} : { details: problem.details }),
});

function cookieOf(response: Response, name: string): string {
  const prefix = `${name}=`;
  const cookie = response.headers.getSetCookie().find((line) => line.startsWith(prefix));
  if (cookie === undefined) throw new Error(`no cookie ${name} was set`);
  return decodeURIComponent(cookie.slice(prefix.length).split(';')[0] ?? '');
}
