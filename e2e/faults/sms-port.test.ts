import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { outboxSms } from '@schalter/server/src/adapters/outbox-sms.ts';
import { twilioSms } from '@schalter/server/src/adapters/twilio-sms.ts';
import type { Sms, SmsRequest } from '@schalter/server/src/ports/sms.ts';
import twilio from 'twilio';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTwilioEmulator, type TwilioEmulator } from '../support/twilio-emulator.ts';

let emulator: TwilioEmulator;
/** Short, so that a test of silence does not take long. */
const TIMEOUT_MS = 300;
const NOW = '2026-05-20T08:00:00.000Z';

beforeAll(async () => {
  emulator = await startTwilioEmulator({ now: () => Date.parse(NOW) + 1_000 });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

const throughTwilio = (over: Partial<Parameters<typeof twilioSms>[0]> = {}): Sms =>
  twilioSms({
    accountSid: emulator.accountSid,
    authToken: emulator.authToken,
    sender: '+41790000000',
    apiBaseUrl: emulator.url,
    timeoutMs: TIMEOUT_MS,
    ...over,
  });

const request = (over: Partial<SmsRequest> = {}): SmsRequest => ({
  messageId: '01900000-0000-7000-8000-000000000001',
  to: '+41791234567',
  body: 'Zürich Flughafen: Nummer B042, bitte zu Schalter 3. https://example.ch/t#abc',
  now: NOW,
  expiresAt: '2026-05-20T08:05:00.000Z',
  statusCallbackUrl: null,
  ...over,
});
const query = (over: Partial<Parameters<Sms['findSent']>[0]> = {}) => ({
  to: request().to,
  body: request().body,
  since: NOW,
  except: [],
  ...over,
});

describe.each([
  ['twilio', () => throughTwilio()],
  ['outbox', () => outboxSms()],
] as const)('the contract of Sms: %s', (kind, make) => {
  it('says what it is', () => expect(make().kind).toBe(kind));

  it('answers a send with an outcome and never throws', async () => {
    const { outcome } = await make().send(request());
    expect(['accepted', 'rejected', 'unknown', 'kept']).toContain(outcome);
  });

  it('finds a message if and only if it said that it was accepted', async () => {
    const sms = make();
    const sent = await sms.send(request());
    const found = await sms.findSent(query());
    if (sent.outcome === 'accepted') expect(found).toEqual({ outcome: 'found', providerId: sent.providerId });
    else expect(found).toEqual({ outcome: 'absent' });
  });

  it('does not find what was never sent', async () => {
    expect(await make().findSent(query({ body: 'never said' }))).toEqual({ outcome: 'absent' });
  });

  it('believes no unsigned callback', () => {
    const callback = { url: 'https://example.ch/hooks/twilio/status', params: {}, signature: '' };
    expect(make().verifyCallback(callback)).toBe(false);
  });
});

describe('without credentials', () => {
  it('keeps the message and pretends nothing', async () => {
    expect(await outboxSms().send(request())).toEqual({ outcome: 'kept' });
    expect(emulator.attempts).toEqual([]);
  });
});

describe('the real SDK against the emulator', () => {
  it('sends one message with sender, text, validity and callback', async () => {
    const sms = throughTwilio();
    const sent = await sms.send(request({ statusCallbackUrl: 'http://127.0.0.1:1/hooks?message=1' }));
    expect(sent).toMatchObject({ outcome: 'accepted', providerId: emulator.sent[0]?.sid });
    expect(emulator.sent).toHaveLength(1);
    expect(emulator.sent[0]).toMatchObject({
      to: '+41791234567',
      from: '+41790000000',
      body: request().body,
      validityPeriod: 300,
      segments: 1,
      encoding: 'GSM-7',
      statusCallback: 'http://127.0.0.1:1/hooks?message=1',
    });
  });

  it('sends through a Messaging Service where the sender is one', async () => {
    await throughTwilio({ sender: 'MG00000000000000000000000000000001' }).send(request());
    expect(emulator.sent[0]?.from).toBe('MG00000000000000000000000000000001');
  });

  it('does not send what has expired', async () => {
    const late = await throughTwilio().send(request({ expiresAt: NOW }));
    expect(late).toMatchObject({ outcome: 'rejected', code: 'expired', permanent: true });
    expect(emulator.attempts).toEqual([]);
  });

  it.each([21211, 21610, 21614, 21408, 21606])('takes Twilio’s %i for a permanent no', async (code) => {
    emulator.fault({ kind: 'reject', code });
    const no = await throughTwilio().send(request());
    expect(no).toMatchObject({ outcome: 'rejected', code: String(code), permanent: true });
    expect(emulator.attempts).toHaveLength(1);
  });

  it('knows numbers that said STOP, landlines, and what is no number, by Twilio’s codes', async () => {
    emulator.optedOut.add('+41791234567');
    emulator.landlines.add('+41441234567');
    expect(await throughTwilio().send(request())).toMatchObject({ code: '21610' });
    expect(await throughTwilio().send(request({ to: '+41441234567' }))).toMatchObject({ code: '21614' });
    expect(await throughTwilio().send(request({ to: '079' }))).toMatchObject({ code: '21211' });
    expect(emulator.sent).toEqual([]);
  });

  it('says that credentials are wrong', async () => {
    const no = await throughTwilio({ authToken: 'wrong' }).send(request());
    expect(no).toMatchObject({ outcome: 'rejected', code: '20003', permanent: true });
    expect(no).toHaveProperty('explanation', 'Twilio does not know these credentials.');
    expect(emulator.attempts).toEqual([]);
  });

  it('passes on how long Twilio asks to wait, and does not try again by itself', async () => {
    emulator.fault({ kind: 'rateLimit', retryAfterS: 7 });
    const no = await throughTwilio().send(request());
    expect(no).toMatchObject({ outcome: 'rejected', code: '429', permanent: false, retryAfterMs: 7_000 });
    expect(emulator.attempts).toHaveLength(1);
  });

  it('may try again where nobody listens: nothing was sent', async () => {
    const closed = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        server.close(() => resolve(port));
      });
    });
    const refused = await throughTwilio({ apiBaseUrl: `http://127.0.0.1:${closed}` }).send(request());
    expect(refused).toMatchObject({ outcome: 'rejected', code: 'ECONNREFUSED', permanent: false });
    const nowhere = await throughTwilio({ apiBaseUrl: 'http://twilio.invalid' }).send(request());
    expect(nowhere).toMatchObject({ outcome: 'rejected', permanent: false });
  });
});

describe('an answer that never came', () => {
  it.each([
    ['accepted, then cut', { kind: 'acceptThenDrop' }, true],
    ['accepted, then silence', { kind: 'acceptThenHang', ms: 900 }, true],
    ['accepted, then a 502', { kind: 'acceptThenServerError' }, true],
    ['cut before it was taken', { kind: 'drop' }, false],
    ['a 500', { kind: 'serverError' }, false],
    ['a proxy’s page', { kind: 'garbage' }, false],
  ] as const)(
    '%s: unknown, tried once, and found if and only if it was taken',
    async (_name, fault, taken) => {
      const sms = throughTwilio();
      emulator.fault(fault);
      expect(await sms.send(request())).toMatchObject({ outcome: 'unknown' });
      expect(emulator.attempts).toHaveLength(1);
      const found = await sms.findSent(query());
      expect(found).toEqual(
        taken ? { outcome: 'found', providerId: emulator.sent[0]?.sid } : { outcome: 'absent' },
      );
    },
  );

  it('has a deadline for an answer that trickles', async () => {
    const server = createServer((_req, res) => {
      res.writeHead(201, { 'content-type': 'application/json' });
      const timer = setInterval(() => res.write(' '), 50);
      res.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const began = performance.now();
    const sent = await throughTwilio({ apiBaseUrl: `http://127.0.0.1:${port}` }).send(request());
    expect(sent).toMatchObject({ outcome: 'unknown' });
    expect(performance.now() - began).toBeLessThan(TIMEOUT_MS * 3);
    server.closeAllConnections();
    server.close();
  });

  it('stays unknown where the list cannot be had: silence is not absence', async () => {
    const sms = throughTwilio();
    emulator.fault({ kind: 'serverError', on: 'list' });
    expect(await sms.findSent(query())).toEqual({ outcome: 'unknown', reason: 'http500' });
    emulator.fault({ kind: 'rateLimit', on: 'list' });
    expect(await sms.findSent(query())).toEqual({ outcome: 'unknown', reason: 'http429' });
    emulator.fault({ kind: 'drop', on: 'list' });
    expect(await sms.findSent(query())).toMatchObject({ outcome: 'unknown' });
  });
});

describe('finding a message', () => {
  it('takes neither another text, nor another number, nor one from before, nor one of another message', async () => {
    const sms = throughTwilio();
    const sent = await sms.send(request());
    const providerId = sent.outcome === 'accepted' ? sent.providerId : '';
    expect(await sms.findSent(query({ body: 'another' }))).toEqual({ outcome: 'absent' });
    expect(await sms.findSent(query({ to: '+41791234568' }))).toEqual({ outcome: 'absent' });
    expect(await sms.findSent(query({ since: '2026-05-20T09:00:00.000Z' }))).toEqual({ outcome: 'absent' });
    expect(await sms.findSent(query({ except: [providerId] }))).toEqual({ outcome: 'absent' });
    expect(await sms.findSent(query())).toEqual({ outcome: 'found', providerId });
  });

  it('reads where a message stands', async () => {
    const sms = throughTwilio();
    emulator.plan([]);
    await sms.send(request());
    const message = emulator.sent[0];
    if (message === undefined) throw new Error('nothing sent');
    expect(await sms.statusOf(message.sid)).toEqual({ status: 'queued', errorCode: null });
    await emulator.callBack(message, { status: 'undelivered', afterMs: 0, errorCode: 30003 });
    expect(await sms.statusOf(message.sid)).toEqual({ status: 'undelivered', errorCode: '30003' });
    expect(await sms.statusOf('SM00000000000000000000000000000000')).toBeNull();
  });
});

describe('signatures of callbacks', () => {
  const url = 'https://schalter.example.ch/hooks/twilio/status?location=1&message=2';
  const params = { MessageSid: 'SM1', MessageStatus: 'delivered', To: '+41791234567', Extra: ' spaced ' };
  const sign = (token: string, at = url, of: Record<string, string> = params) =>
    twilio.getExpectedTwilioSignature(token, at, of);

  it('holds for the public address with its query string, and for parameters that are new', () => {
    const sms = throughTwilio();
    expect(sms.verifyCallback({ url, params, signature: sign(emulator.authToken) })).toBe(true);
    const more = { ...params, NewField: '1' };
    expect(sms.verifyCallback({ url, params: more, signature: sign(emulator.authToken, url, more) })).toBe(
      true,
    );
  });

  it('holds whether or not the standard port is written, and for a host in capitals', () => {
    const sms = throughTwilio();
    const withPort = url.replace('.ch/', '.ch:443/');
    expect(sms.verifyCallback({ url, params, signature: sign(emulator.authToken, withPort) })).toBe(true);
    const capitals = url.replace('schalter.example', 'Schalter.Example');
    expect(sms.verifyCallback({ url: capitals, params, signature: sign(emulator.authToken) })).toBe(true);
  });

  it('holds with the second token while one is being rotated', () => {
    const signature = sign('next-token');
    expect(throughTwilio().verifyCallback({ url, params, signature })).toBe(false);
    expect(
      throughTwilio({ secondaryAuthToken: 'next-token' }).verifyCallback({ url, params, signature }),
    ).toBe(true);
  });

  it.each([
    ['another token', { signature: 'dG90YWxseSB3cm9uZw==' }],
    ['none', { signature: '' }],
    ['another address', { url: url.replace('message=2', 'message=3') }],
    ['a changed parameter', { params: { ...params, MessageStatus: 'failed' } }],
    ['a trimmed parameter', { params: { ...params, Extra: 'spaced' } }],
    ['a missing parameter', { params: { MessageSid: 'SM1' } }],
    ['an address that is none', { url: '/hooks/twilio/status' }],
  ] as const)('does not hold with %s', (_name, over) => {
    const signature = sign(emulator.authToken);
    expect(throughTwilio().verifyCallback({ url, params, signature, ...over })).toBe(false);
  });
});
