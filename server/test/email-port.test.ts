// The two carriers of e-mail, and the real nodemailer against a mail server that listens.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { outboxEmail } from '../src/adapters/outbox-email.ts';
import { smtpEmail } from '../src/adapters/smtp-email.ts';
import type { Email } from '../src/ports/email.ts';
import { startMailServer, type MailServer } from './mail-server.ts';

const mail = { to: 'lea@haus.example', subject: 'Grüezi', text: 'Öffnen: https://x.example/#abc\n' };
const from = 'Schalter <schalter@haus.example>';
let server: MailServer;
beforeEach(async () => {
  server = await startMailServer();
});
afterEach(() => server.close());

describe('[SI12] the port for e-mail', () => {
  it.each<[Email['kind'], () => Email, string]>([
    ['outbox', outboxEmail, 'kept'],
    ['smtp', () => smtpEmail({ url: server.url, from }), 'accepted'],
  ])('%s says what became of it', async (kind, make, outcome) => {
    const email = make();
    expect(email.kind).toBe(kind);
    expect(await email.send(mail)).toEqual({ outcome });
  });

  it('smtp delivers text and subject as they are', async () => {
    await smtpEmail({ url: server.url, from }).send(mail);
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.to).toBe(mail.to);
    expect(server.received[0]?.text).toContain('From: Schalter <schalter@haus.example>');
    expect(server.received[0]?.text).toMatch(/Subject: =\?UTF-8\?/);
    expect(server.received[0]?.text).toContain('Öffnen: https://x.example/#abc');
  });

  it('an address names one mailbox and no header, whatever it looks like', async () => {
    const email = smtpEmail({ url: server.url, from });
    await email.send({ ...mail, to: 'lea@haus.example, thief@elsewhere.example' });
    await email.send({ ...mail, subject: 'Hallo\r\nBcc: thief@elsewhere.example' });
    expect(server.received.map(({ to }) => to)).not.toContain('thief@elsewhere.example');
    expect(server.received.some(({ text }) => /^Bcc:/m.test(text))).toBe(false);
  });

  it.each([
    [550, true],
    [451, false],
  ])('a recipient refused with %i is told by its code: for good %s', async (code, isPermanent) => {
    server.refuseWith(code);
    const outcome = { outcome: 'rejected', code: String(code), isPermanent };
    expect(await smtpEmail({ url: server.url, from }).send(mail)).toEqual(outcome);
  });

  it('a server that is away may be there in a minute', async () => {
    const away = await smtpEmail({ url: 'smtp://127.0.0.1:9', from }).send(mail);
    expect(away).toMatchObject({ outcome: 'rejected', isPermanent: false });
  });

  it('nothing goes over a network in the clear: a server without TLS gets no link', async () => {
    // Another name of the same machine, so that it counts as far away.
    const far = smtpEmail({ url: server.url.replace('127.0.0.1', '127.0.0.2'), from });
    expect(await far.send(mail)).toMatchObject({ outcome: 'rejected' });
    expect(server.received).toEqual([]);
  });
});
