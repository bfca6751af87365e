import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import twilio from 'twilio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCATION } from '@schalter/shared/messaging/messages.testing.ts';
import { twilioSms } from '../adapters/twilio-sms.ts';
import { callbackUrl } from './callback.ts';
import { messagingRoutes } from './routes.ts';
import { MessagingSimulation } from './simulation.testing.ts';

const PUBLIC = 'https://schalter.example.ch';
const TOKEN = 'token';
const SID = `SM${'0'.repeat(31)}1`;

let simulation: MessagingSimulation;
let server: Server;
let messageId: string;

beforeEach(async () => {
  simulation = new MessagingSimulation(
    () => 'drop',
    () => true,
  );
  await simulation.open(1);
  await simulation.run(1_000);
  messageId = (await simulation.messages())[0]?.id ?? '';
  const routes = messagingRoutes({
    engine: simulation.engine,
    clock: { now: () => simulation.now },
    publicUrl: () => PUBLIC,
    sms: twilioSms({ accountSid: `AC${'0'.repeat(32)}`, authToken: TOKEN, sender: '+41790000000' }),
  });
  server = express().use(routes).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const report = (over: Record<string, string> = {}) => ({
  MessageSid: SID,
  MessageStatus: 'delivered',
  To: '+41791234567',
  ...over,
});
/** As a proxy passes it on: to another host than the one that was signed. */
async function post(
  params: Record<string, string>,
  signedUrl: string,
  path = signedUrl.slice(PUBLIC.length),
) {
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: { 'x-twilio-signature': twilio.getExpectedTwilioSignature(TOKEN, signedUrl, params) },
    body: new URLSearchParams(params),
  });
  return answer.status;
}
const address = (of = messageId) => callbackUrl(PUBLIC, { streamId: LOCATION, messageId: of });
const statusNow = async () => (await simulation.messages())[0]?.status;

describe('[M20] a report', () => {
  it('counts by the public address, whatever host the proxy asked for', async () => {
    expect(await statusNow()).toBe('unknown');
    expect(await post(report(), address())).toBe(204);
    expect(await simulation.messages()).toMatchObject([{ status: 'delivered', providerId: SID }]);
  });

  it('counts with fields that nobody knows yet, and with the spaces it came with', async () => {
    expect(await post(report({ RawDlrDoneDate: '2605200801', Note: '  two spaces  ' }), address())).toBe(204);
    expect(await statusNow()).toBe('delivered');
  });

  it('replayed is answered again, and is one entry of the journal', async () => {
    await post(report(), address());
    const before = await simulation.store.head(LOCATION);
    expect(await post(report(), address())).toBe(204);
    expect(await simulation.store.head(LOCATION)).toEqual(before);
  });

  it('moved to another message is refused', async () => {
    expect(await post(report(), address(LOCATION), address().slice(PUBLIC.length))).toBe(403);
    expect(await statusNow()).toBe('unknown');
  });

  it('of a host that is not ours is refused', async () => {
    const elsewhere = address().replace('schalter.example.ch', 'elsewhere.example');
    expect(await post(report(), elsewhere, address().slice(PUBLIC.length))).toBe(403);
  });

  it('of a message that nobody knows is answered, so that it is not sent again', async () => {
    expect(await post(report(), address('01900000-0000-7000-8000-0000000000dd'))).toBe(204);
  });

  it.each([{ MessageSid: 'SM1' }, { MessageSid: '' }, { MessageStatus: 'x'.repeat(41) }])(
    'that is malformed is refused: %o',
    async (over) => {
      expect(await post(report(over as Record<string, string>), address())).toBe(400);
      expect(await statusNow()).toBe('unknown');
    },
  );

  it('in a word that says nothing about the sending changes nothing', async () => {
    expect(await post(report({ MessageStatus: 'receiving' }), address())).toBe(204);
    expect(await statusNow()).toBe('unknown');
  });
});
