import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { postCallback, USUAL, type CallbackRecord, type CallbackStep } from './twilio-callbacks.ts';
import { answerWithoutTaking, type Fault } from './twilio-faults.ts';
import {
  errorJson,
  listJson,
  matchesQuery,
  messageJson,
  newMessage,
  refusal,
  sendJson,
  type SentMessage,
} from './twilio-shapes.ts';

export interface EmulatorOptions {
  readonly port?: number;
  readonly accountSid?: string;
  readonly authToken?: string;
  readonly now?: () => number;
}

/** A create request that reached the emulator, taken or not. */
export interface Attempt {
  readonly to: string;
  readonly body: string;
  readonly at: number;
  taken: boolean;
}

/** Of a form or a JSON body. Twilio's own limit is far above a text message; nothing larger is meant. */
const BODY_BYTES_MAX = 64 * 1024;

/**
 * A real HTTP server in Twilio's place. It checks who asks, answers in Twilio's shapes, signs its status
 * callbacks as Twilio does, keeps a ledger of what it took, and fails on demand.
 */
export class TwilioEmulator {
  readonly accountSid: string;
  readonly authToken: string;
  /** Every message it took, in order. */
  readonly sent: SentMessage[] = [];
  readonly attempts: Attempt[] = [];
  readonly callbacks: CallbackRecord[] = [];
  /** Numbers that answered STOP (21610), and numbers that are no mobiles (21614). */
  readonly optedOut = new Set<string>();
  readonly landlines = new Set<string>();
  readonly #now: () => number;
  readonly #server: Server;
  readonly #pending = new Set<Promise<unknown>>();
  #faults: { fault: Fault; left: number }[] = [];
  #steps = USUAL;
  #stopped = manyListeners();

  constructor(options: EmulatorOptions) {
    this.accountSid = options.accountSid ?? 'AC00000000000000000000000000000001';
    this.authToken = options.authToken ?? 'emulator-auth-token';
    this.#now = options.now ?? Date.now;
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://emulator');
      const own = url.pathname.startsWith('/_emulator/');
      const work = own ? this.#control(request, response, url) : this.#api(request, response, url);
      this.#track(work.catch(() => response.destroy()));
    });
  }

  async listen(port: number): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  fault(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  /** What becomes of messages taken from now on. */
  plan(steps: readonly CallbackStep[]): void {
    this.#steps = steps;
  }

  /** Sends one callback for a message that it took, now. */
  async callBack(message: SentMessage, step: CallbackStep): Promise<CallbackRecord> {
    if (step.forge === undefined) {
      message.status = step.status;
      message.errorCode = step.errorCode ?? null;
    }
    const answer =
      message.statusCallback === null
        ? null
        : await postCallback(this.accountSid, this.authToken, message, step);
    const record = { sid: message.sid, status: step.status, forged: step.forge !== undefined, answer };
    this.callbacks.push(record);
    return record;
  }

  /** Resolves when no request and no callback is under way or planned. */
  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /** Forgets everything; callbacks that were planned do not come. */
  reset(): void {
    this.#stopped.abort();
    this.#stopped = manyListeners();
    this.#faults = [];
    this.#steps = USUAL;
    for (const list of [this.sent, this.attempts, this.callbacks]) list.length = 0;
    for (const set of [this.optedOut, this.landlines]) set.clear();
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #track(work: Promise<unknown>): void {
    this.#pending.add(work);
    void work.finally(() => this.#pending.delete(work));
  }

  #takeFault(on: NonNullable<Fault['on']>, to: string | null): Fault | undefined {
    const entry = this.#faults.find(
      ({ fault }) => (fault.on ?? 'create') === on && (fault.to === undefined || fault.to === to),
    );
    if (entry !== undefined && --entry.left === 0) this.#faults = this.#faults.filter((f) => f !== entry);
    return entry?.fault;
  }

  async #api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const expected = `Basic ${Buffer.from(`${this.accountSid}:${this.authToken}`).toString('base64')}`;
    if (request.headers.authorization !== expected) {
      return sendJson(response, 401, errorJson(401, 20003, 'Authenticate'));
    }
    const path = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages(?:\/([^/]+))?\.json$/.exec(url.pathname);
    const [, account, sid] = path ?? [];
    const notFound = (): void =>
      sendJson(response, 404, errorJson(404, 20404, `The requested resource ${url.pathname} was not found`));
    if (account !== this.accountSid) return notFound();
    if (sid === undefined && request.method === 'POST') {
      return this.#create(new URLSearchParams(await readBody(request)), response);
    }
    if (request.method !== 'GET') return sendJson(response, 405, errorJson(405, 20004, 'Method not allowed'));
    const fault = this.#takeFault(sid === undefined ? 'list' : 'fetch', url.searchParams.get('To'));
    if (fault !== undefined && (await answerWithoutTaking(fault, response))) return;
    if (sid === undefined) {
      const found = this.sent.filter((m) => matchesQuery(m, url.searchParams)).reverse();
      return sendJson(response, 200, listJson(this.accountSid, found, url.searchParams));
    }
    const message = this.sent.find((m) => m.sid === sid);
    return message === undefined
      ? notFound()
      : sendJson(response, 200, messageJson(this.accountSid, message));
  }

  async #create(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const fault = this.#takeFault('create', form.get('To'));
    const attempt = { to: form.get('To') ?? '', body: form.get('Body') ?? '', at: this.#now(), taken: false };
    this.attempts.push(attempt);
    if (fault !== undefined && (await answerWithoutTaking(fault, response))) return;
    const no = refusal(form, this.optedOut, this.landlines);
    if (no !== null) return sendJson(response, 400, errorJson(400, no.code, no.message));
    if (fault?.kind === 'acceptLate') await delay(fault.ms);
    const message = this.#accept(form);
    attempt.taken = true;
    if (fault?.kind === 'acceptThenDrop') return void response.destroy();
    if (fault?.kind === 'acceptThenServerError') return sendJson(response, 502, 'Bad Gateway');
    if (fault?.kind === 'acceptThenHang') await delay(fault.ms);
    sendJson(response, 201, messageJson(this.accountSid, message));
  }

  #accept(form: URLSearchParams): SentMessage {
    const message = newMessage(form, `SM${randomBytes(16).toString('hex')}`, this.#now());
    this.sent.push(message);
    const { signal } = this.#stopped;
    for (const step of this.#steps.flatMap((s) => Array.from({ length: s.copies ?? 1 }, () => s))) {
      const later = delay(step.afterMs, undefined, { signal }).then(() => this.callBack(message, step));
      this.#track(later.catch(() => undefined));
    }
    return message;
  }

  /** For a journey whose emulator runs as a process of its own. */
  async #control(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (request.method === 'GET') {
      const { sent, attempts, callbacks } = this;
      return sendJson(response, 200, { sent, attempts, callbacks });
    }
    const body = JSON.parse((await readBody(request)) || 'null') as unknown;
    const what = url.pathname.slice('/_emulator/'.length);
    if (what === 'fault') this.fault(body as Fault);
    else if (what === 'plan') this.plan(body as CallbackStep[]);
    else if (what === 'reset') this.reset();
    else return sendJson(response, 404, null);
    sendJson(response, 200, null);
  }
}

export const startTwilioEmulator = (options: EmulatorOptions = {}): Promise<TwilioEmulator> =>
  new TwilioEmulator(options).listen(options.port ?? 0);

/** One signal ends every callback that is planned; Node warns of more than ten listeners. */
function manyListeners(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4130' },
      sid: { type: 'string' },
      token: { type: 'string' },
    },
  });
  const emulator = await startTwilioEmulator({
    port: Number(values.port),
    ...(values.sid === undefined ? {} : { accountSid: values.sid }),
    ...(values.token === undefined ? {} : { authToken: values.token }),
  });
  console.log(
    `Twilio emulator at ${emulator.url} (account ${emulator.accountSid}, token ${emulator.authToken})`,
  );
}
