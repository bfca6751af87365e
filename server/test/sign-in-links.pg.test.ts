// Forgotten passwords and invitations: links by e-mail, through the real nodemailer to a mail server that listens.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '@schalter/shared/kernel/time.ts';
import { smtpEmail } from '../src/adapters/smtp-email.ts';
import type { Email } from '../src/ports/email.ts';
import { Api, cookiesOf, type Proof } from './api.ts';
import { movableClock } from './clock.ts';
import { openTestHouse, PASSWORD, proved, signedIn, startServer, type TestHouse } from './house.ts';
import { startMailServer, type MailServer } from './mail-server.ts';

const DAY = 24 * HOUR;
const NEW = 'Neun-Nelken-Nest';
const clock = movableClock();

let mailServer: MailServer;
let house: TestHouse;
let withoutMail: TestHouse;
let api: Api;
beforeAll(async () => {
  mailServer = await startMailServer();
  const email = smtpEmail({ url: mailServer.url, from: 'schalter@haus.example' });
  house = await openTestHouse({ clock, email });
  withoutMail = await openTestHouse({ clock });
  api = new Api(house.url);
});
afterAll(async () => {
  await house.close();
  await withoutMail.close();
  await mailServer.close();
});
beforeEach(() => {
  mailServer.received.length = 0;
  mailServer.refuseWith(null);
});

const forgot = (email: string, at = api) => at.post('/api/v1/auth/forgot-password', { email });
const reset = (token: string, body: object = { password: NEW }) =>
  api.post('/api/v1/auth/reset-password', { token, ...body });
const login = (email: string, password: string) => api.post('/api/v1/auth/login', { email, password });
const profile = (as: Proof) => api.get('/api/v1/auth/profile', as).then(({ status }) => status);

/** The job's worker looks twice a second. */
const PATIENCE = { timeout: 8_000, interval: 50 };
async function mailTo(address: string, saying = 'sign-in/link'): Promise<{ token: string; text: string }> {
  const find = () => mailServer.received.find(({ to, text }) => to === address && text.includes(saying));
  await expect.poll(find, PATIENCE).toBeDefined();
  const text = find()?.text ?? '';
  return { token: /\/staff\/sign-in\/link#([\w-]+)/.exec(text)?.[1] ?? '', text };
}
async function newcomer(role: 'clerk' | 'manager' = 'clerk', language = 'de') {
  const { personId, session } = await signedIn(house, role);
  const email = `${personId}@haus.example`;
  await setPerson(personId, { email, role, language });
  return { personId, session, email };
}
const setPerson = (personId: string, change: object) =>
  house.command(house.organisationId, 'platform.setPerson', {
    ...{ personId, name: 'Lea Kunz', role: 'clerk', locationIds: [house.locationId], language: 'de' },
    ...{ active: true, ...change },
  });
const invite = async (id: string, as: { session: string }, from: TestHouse = house) => {
  await proved(from, as.session, 'person.invite', id);
  return new Api(from.url).post(`/api/v1/people/${id}/invitation`, {}, as);
};

describe('[SI10] [ID-04] [API-07] a forgotten password', () => {
  it('[V6.4.3] is set by a link that works once, and ends every session; its person is told', async () => {
    const { email, session } = await newcomer();
    expect((await forgot(` ${email.toUpperCase()} `)).status).toBe(204);
    const { token } = await mailTo(email);
    expect(token).toHaveLength(43);
    const owner = await api.post<{ email?: string }>('/api/v1/auth/link', { token });
    expect(owner.body).toMatchObject({ purpose: 'reset', email, language: 'de' });
    // What is refused costs no link.
    expect(await reset(token, { password: 'kurz' })).toMatchObject({ body: { code: 'passwordTooShort' } });
    expect(await reset(token, { password: email })).toMatchObject({ body: { code: 'passwordTooEasy' } });
    const both = await Promise.all([reset(token), reset(token)]);
    expect(both.map(({ status }) => status).sort()).toEqual([204, 410]);
    expect(await profile({ session })).toBe(401);
    expect((await login(email, NEW)).status).toBe(200);
    expect(await reset(token, { password: PASSWORD })).toMatchObject({ body: { code: 'linkDead' } });
    expect((await api.post('/api/v1/auth/link', { token })).status).toBe(410);
    const told = await mailTo(email, 'eben ge');
    expect(told.token).toBe('');
  });

  it('is answered the same for an address that nobody has, and nothing is sent', async () => {
    const { email, personId } = await newcomer();
    await setPerson(personId, { email, active: false });
    for (const address of ['nobody@haus.example', email, 'not an address']) {
      expect(await forgot(address)).toMatchObject({ status: 204, body: null });
    }
    // What would be sent is sent by then: another one, asked for later, has arrived.
    const other = await newcomer();
    await forgot(other.email);
    await mailTo(other.email);
    expect(mailServer.received.map(({ to }) => to)).toEqual([other.email]);
  });

  it('works for thirty minutes, at the same address, and an older link dies with the next', async () => {
    const { email, personId } = await newcomer();
    await forgot(email);
    const old = await mailTo(email);
    mailServer.received.length = 0;
    await forgot(email);
    const fresh = await mailTo(email);
    expect((await reset(old.token)).status).toBe(410);
    await setPerson(personId, { email: `other-${email}` });
    expect((await reset(fresh.token)).status).toBe(410);
    await setPerson(personId, { email });
    clock.advance(31 * MINUTE);
    expect((await reset(fresh.token)).status).toBe(410);
    expect((await reset('guessed')).status).toBe(410);
  });

  it('is asked for three times in a quarter of an hour, known or not', async () => {
    const { email } = await newcomer();
    for (const address of [email, 'nobody-else@haus.example']) {
      const statuses: number[] = [];
      for (let i = 0; i < 5; i++) statuses.push((await forgot(address)).status);
      expect(statuses).toEqual([204, 204, 204, 429, 429]);
    }
  });

  it('is in no table: the link is kept as a hash, and its text only where nothing is sent, sealed', async () => {
    const { email } = await newcomer();
    await forgot(email);
    const { token } = await mailTo(email);
    for (const { databaseUrl } of [house, withoutMail]) {
      const sql = postgres(databaseUrl, { max: 1 });
      const [row] = await sql<{ all: string }[]>`
        select coalesce((select json_agg(l) from one_time_links l)::text, '')
          || coalesce((select json_agg(m) from mails m)::text, '')
          || coalesce((select json_agg(j) from pgboss.job j)::text, '') as all`;
      await sql.end();
      expect(row?.all).not.toContain(token);
      expect(row?.all).not.toContain('sign-in/link');
    }
  });

  it('a mail server that is busy is asked again, one that says no is not', async () => {
    mailServer.refuseWith(451);
    const { email } = await newcomer();
    await forgot(email);
    await expect.poll(() => mailServer.tries(email), PATIENCE).toBe(1);
    mailServer.refuseWith(null);
    await mailTo(email);
    mailServer.refuseWith(550);
    const other = await newcomer();
    await forgot(other.email);
    const admin = await signedIn(house, 'admin');
    await expect
      .poll(async () => (await mailsOf(admin)).find(({ toAddress }) => toAddress === other.email), PATIENCE)
      .toMatchObject({ status: 'failed', errorCode: '550' });
    expect(mailServer.tries(other.email)).toBe(1);
  });
});

describe('[SI11] [ID-04] an invitation', () => {
  it('[V6.4.1] sets password and PIN within seven days, for whom a manager may set; nobody else ever knows them', async () => {
    const manager = await signedIn(house, 'manager');
    const { email, personId } = await newcomer('clerk', 'fr');
    expect((await invite(personId, manager)).status).toBe(204);
    const { token, text } = await mailTo(email);
    expect(text).toContain('Haus vous a ouvert');
    expect((await invite(house.people.admin, manager)).status).toBe(403);
    expect((await invite(house.people.otherClerk, manager)).status).toBe(403);
    expect((await invite(randomUUID(), manager)).status).toBe(404);
    expect((await invite(personId, await signedIn(house, 'clerk'))).status).toBe(403);
    await proved(house, manager.session, 'credentials.set', personId);
    const set = { password: NEW, pin: '294716' };
    expect((await api.put(`/api/v1/people/${personId}/credentials`, set, manager)).status).toBe(400);
    clock.advance(6 * DAY);
    const easy = await reset(token, { password: NEW, pin: '123456' });
    expect(easy).toMatchObject({ body: { code: 'pinTooSimple' } });
    expect((await reset(token, set)).status).toBe(204);
    const signed = await login(email, NEW);
    expect(await profile({ cookie: cookiesOf(signed.headers) })).toBe(200);
  });

  it('is seen, sent again, and withdrawn; after seven days it is over', async () => {
    const admin = await signedIn(house, 'admin');
    const { email, personId } = await newcomer();
    const path = `/api/v1/people/${personId}/invitation`;
    const seen = async () => (await api.get<{ hasPassword: boolean; link: object | null }>(path, admin)).body;
    expect(await seen()).toEqual({ hasPassword: false, link: null });
    await invite(personId, admin);
    const first = await mailTo(email);
    expect(await seen()).toMatchObject({ hasPassword: false, link: { purpose: 'invitation' } });
    mailServer.received.length = 0;
    await invite(personId, admin);
    const second = await mailTo(email);
    expect((await reset(first.token)).status).toBe(410);
    expect((await api.send('DELETE', path, { as: admin })).status).toBe(204);
    expect((await reset(second.token)).status).toBe(410);
    expect(await seen()).toEqual({ hasPassword: false, link: null });
    mailServer.received.length = 0;
    await invite(personId, admin);
    const third = await mailTo(email);
    clock.advance(7 * DAY);
    expect((await reset(third.token)).status).toBe(410);
  });
});

interface Mails {
  readonly items: readonly {
    readonly personId: string;
    readonly toAddress: string;
    readonly status: string;
    readonly errorCode: string | null;
    readonly isReadable: boolean;
  }[];
}
const mailsOf = async (as: Proof, at = api) =>
  (await at.get<Mails>('/api/v1/organisation/mails', as)).body.items;

describe('[SI12] e-mails', () => {
  it('are listed for those who set people up; where nothing is sent an admin reads the link, and proves who that is', async () => {
    const there = new Api(withoutMail.url);
    expect((await forgot('clerk@haus.example', there)).status).toBe(204);
    const admin = await signedIn(withoutMail, 'admin');
    const manager = await signedIn(withoutMail, 'manager');
    await expect.poll(async () => (await mailsOf(admin, there))[0]?.status, PATIENCE).toBe('not_sent');
    expect((await mailsOf(manager, there))[0]).toMatchObject({
      toAddress: 'clerk@haus.example',
      isReadable: true,
    });
    const path = `/api/v1/people/${withoutMail.people.clerk}/unsent-mail`;
    expect((await there.get(path, manager)).status).toBe(403);
    expect((await there.get(path, admin)).body.code).toBe('proofRequired');
    const read = async (as: { readonly session: string }) => {
      await proved(withoutMail, as.session, 'mail.read', withoutMail.people.clerk);
      return there.get<{ text?: string }>(path, as);
    };
    expect((await read(admin)).body.text).toContain('/staff/sign-in/link#');
    const clerk = await there.get('/api/v1/organisation/mails', await signedIn(withoutMail, 'clerk'));
    expect(clerk.status).toBe(403);
    // A link that is dead is nobody's business.
    clock.advance(31 * MINUTE);
    const later = await signedIn(withoutMail, 'admin');
    expect((await read(later)).status).toBe(404);
    expect((await mailsOf(later, there))[0]?.isReadable).toBe(false);
  });

  it('that a mail server took are listed without their text', async () => {
    const { email } = await newcomer();
    await forgot(email);
    await mailTo(email);
    const admin = await signedIn(house, 'admin');
    await expect
      .poll(async () => (await mailsOf(admin)).find(({ toAddress }) => toAddress === email), PATIENCE)
      .toMatchObject({ status: 'sent', isReadable: false });
  });

  it('go out though the server that was asked ended before', async () => {
    const killed: Email = { kind: 'smtp', send: () => Promise.reject(new Error('killed')) };
    const first = await openTestHouse({ clock, email: killed });
    expect((await forgot('clerk@haus.example', new Api(first.url))).status).toBe(204);
    await first.app.stop();
    const email = smtpEmail({ url: mailServer.url, from: 'schalter@haus.example' });
    const second = await startServer(first.databaseUrl, { clock, email });
    expect((await mailTo('clerk@haus.example')).token).toHaveLength(43);
    await second.stop();
    await first.close();
  });

  it('say nothing any more of somebody who was erased', async () => {
    const { email, personId } = await newcomer();
    await forgot(email);
    const { token } = await mailTo(email);
    await house.app.parts.links.forget(house.organisationId, personId, clock.now());
    expect((await reset(token)).status).toBe(410);
    const mails = await mailsOf(await signedIn(house, 'admin'));
    expect(mails.filter((mail) => mail.personId === personId)).toMatchObject([{ toAddress: '' }]);
  });
});
