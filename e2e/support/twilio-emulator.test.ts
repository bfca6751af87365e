import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTwilioEmulator, type TwilioEmulator } from './twilio-emulator.ts';

let emulator: TwilioEmulator;
let hook: Server;
let hookUrl: string;
const received: { status: string; valid: boolean }[] = [];

beforeAll(async () => {
  emulator = await startTwilioEmulator();
  hook = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const params = Object.fromEntries(new URLSearchParams(text));
      const signature = String(request.headers['x-twilio-signature'] ?? '');
      const valid = twilio.validateRequest(emulator.authToken, signature, hookUrl, params);
      received.push({ status: params['MessageStatus'] ?? '', valid });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hooks/twilio/status?message=7`;
});
afterAll(async () => {
  await emulator.close();
  await new Promise((resolve) => hook.close(resolve));
});
beforeEach(() => {
  emulator.reset();
  received.length = 0;
});

const path = () => `/2010-04-01/Accounts/${emulator.accountSid}/Messages.json`;
const auth = () => ({
  authorization: `Basic ${Buffer.from(`${emulator.accountSid}:${emulator.authToken}`).toString('base64')}`,
});
const post = async (form: Record<string, string>, headers: Record<string, string> = auth()) => {
  const answer = await fetch(emulator.url + path(), {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};
const get = async (query = '') => {
  const answer = await fetch(`${emulator.url}${path()}${query}`, { headers: auth() });
  return (await answer.json()) as { messages: { to: string; body: string }[]; next_page_uri: string | null };
};
const form = (over: Record<string, string> = {}) => ({
  To: '+41791234567',
  From: '+41790000000',
  Body: 'Hallo',
  ...over,
});

describe('who asks', () => {
  it.each([{}, { authorization: 'Basic d3Jvbmc6d3Jvbmc=' }])(
    'is refused without the right credentials',
    async (headers) => {
      const { status, body } = await post(form(), headers);
      expect(status).toBe(401);
      expect(body).toMatchObject({ code: 20003, message: 'Authenticate', status: 401 });
      expect(emulator.attempts).toEqual([]);
    },
  );

  it('finds nothing under another account', async () => {
    const answer = await fetch(`${emulator.url}/2010-04-01/Accounts/AC1/Messages.json`, { headers: auth() });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 20404 });
  });
});

describe('a message', () => {
  it('is taken with 201 in Twilio’s shape and stands in the ledger', async () => {
    emulator.plan([]);
    const { status, body } = await post(form());
    expect(status).toBe(201);
    expect(body).toMatchObject({
      account_sid: emulator.accountSid,
      api_version: '2010-04-01',
      body: 'Hallo',
      direction: 'outbound-api',
      error_code: null,
      num_segments: '1',
      price: null,
      status: 'queued',
      to: '+41791234567',
    });
    expect(body['sid']).toMatch(/^SM[0-9a-f]{32}$/);
    expect(body['date_created']).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000$/);
    expect(emulator.sent.map((m) => m.sid)).toEqual([body['sid']]);
    expect(emulator.attempts).toMatchObject([{ taken: true }]);
  });

  it.each([
    [{ To: '079' }, 21211],
    [{ To: '' }, 21604],
    [{ From: '' }, 21603],
    [{ Body: '' }, 21602],
    [{ Body: 'x'.repeat(1601) }, 21617],
    [{ StatusCallback: 'nowhere' }, 21609],
    [{ ValidityPeriod: '0' }, 21621],
  ])('is refused as Twilio refuses it: %o', async (over, code) => {
    const { status, body } = await post(form(over));
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code,
      status: 400,
      more_info: `https://www.twilio.com/docs/errors/${code}`,
    });
    expect(emulator.sent).toEqual([]);
    expect(emulator.attempts).toMatchObject([{ taken: false }]);
  });

  it('counts segments as Twilio does', async () => {
    await post(form({ Body: 'Votre véhicule est prêt' }));
    expect(emulator.sent[0]).toMatchObject({ encoding: 'UCS-2', segments: 1 });
    await post(form({ Body: `ê${'x'.repeat(70)}` }));
    expect(emulator.sent[1]).toMatchObject({ segments: 2 });
  });

  it('is listed newest first, by number, in pages, and by its date once it has left', async () => {
    emulator.plan([]);
    for (const Body of ['1', '2', '3']) await post(form({ Body }));
    await post(form({ To: '+41791234568', Body: '4' }));
    const mine = await get('?To=%2B41791234567');
    expect(mine.messages.map((m) => m.body)).toEqual(['3', '2', '1']);
    const page = await get('?PageSize=2');
    expect(page.messages.map((m) => m.body)).toEqual(['4', '3']);
    expect(page.next_page_uri).toContain('Page=1');
    const since = `?DateSent%3E=${new Date(Date.now() - 60_000).toISOString()}`;
    expect((await get(since)).messages).toEqual([]);
    const first = emulator.sent[0];
    if (first !== undefined) await emulator.callBack(first, { status: 'sent', afterMs: 0 });
    expect((await get(since)).messages.map((m) => m.body)).toEqual(['1']);
  });
});

describe('callbacks', () => {
  it('come signed for the address with its query string: sent, then delivered', async () => {
    await post(form({ StatusCallback: hookUrl }));
    await emulator.idle();
    expect(received).toEqual([
      { status: 'sent', valid: true },
      { status: 'delivered', valid: true },
    ]);
    expect(emulator.callbacks.map((c) => c.answer)).toEqual([204, 204]);
    expect(emulator.sent[0]?.status).toBe('delivered');
  });

  it('come twice, in the wrong order, late or forged, as planned', async () => {
    emulator.plan([
      { status: 'delivered', afterMs: 0, copies: 2 },
      { status: 'sent', afterMs: 80 },
      { status: 'failed', afterMs: 120, forge: 'wrongToken' },
      { status: 'failed', afterMs: 160, forge: 'unsigned' },
      { status: 'failed', afterMs: 200, forge: 'changedBody' },
    ]);
    await post(form({ StatusCallback: hookUrl }));
    await emulator.idle();
    expect(received).toEqual([
      { status: 'delivered', valid: true },
      { status: 'delivered', valid: true },
      { status: 'sent', valid: true },
      { status: 'failed', valid: false },
      { status: 'failed', valid: false },
      { status: 'delivered', valid: false },
    ]);
  });

  it('that nobody takes are lost, as with Twilio', async () => {
    await post(form({ StatusCallback: 'http://127.0.0.1:1/' }));
    await emulator.idle();
    expect(emulator.callbacks.map((c) => c.answer)).toEqual([null, null]);
  });
});

describe('faults', () => {
  it('meet as many requests as told, for the number told', async () => {
    emulator.fault({ kind: 'reject', code: 21610, to: '+41791234568', times: 2 });
    expect((await post(form())).status).toBe(201);
    expect((await post(form({ To: '+41791234568' }))).body['code']).toBe(21610);
    expect((await post(form({ To: '+41791234568' }))).body['code']).toBe(21610);
    expect((await post(form({ To: '+41791234568' }))).status).toBe(201);
  });

  it('can take a message and lose the answer, or take it when nobody waits any more', async () => {
    emulator.fault({ kind: 'acceptThenDrop' });
    await expect(post(form())).rejects.toThrow();
    expect(emulator.sent).toHaveLength(1);
    emulator.fault({ kind: 'acceptLate', ms: 150 });
    const signal = AbortSignal.timeout(50);
    const late = fetch(emulator.url + path(), {
      method: 'POST',
      headers: auth(),
      body: new URLSearchParams(form()),
      signal,
    });
    await expect(late).rejects.toThrow();
    expect(emulator.sent).toHaveLength(1);
    await emulator.idle();
    expect(emulator.sent).toHaveLength(2);
  });

  it('can be asked for from another process', async () => {
    await fetch(`${emulator.url}/_emulator/fault`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'rateLimit', retryAfterS: 3 }),
    });
    const answer = await fetch(emulator.url + path(), {
      method: 'POST',
      headers: auth(),
      body: new URLSearchParams(form()),
    });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('3');
    await post(form());
    const ledger = (await (await fetch(`${emulator.url}/_emulator/ledger`)).json()) as {
      sent: unknown[];
      attempts: unknown[];
    };
    expect(ledger.sent).toHaveLength(1);
    expect(ledger.attempts).toHaveLength(2);
  });
});
