import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { cleanText } from '@schalter/shared/kernel/text.ts';
import { ms } from '@schalter/shared/kernel/time.ts';
import type { Person as PersonRow } from '@schalter/shared/platform/rows.ts';
import { parse, type Parts } from '../transport/caller.ts';
import { addressOf } from '../transport/limits.ts';
import { Routes, type Person } from '../transport/routes.ts';
import { contextOf, credentialsProblem, maySet, Password, setCredentials } from './credentials.ts';
import type { LinkOwner, MailRow } from './link-store.ts';
import { bodyOf } from './mail-job.ts';
import { readActor, readPerson } from './profile.ts';
import { hashToken } from './secrets.ts';
import { signInEvent } from './sign-in-events.ts';

const Forgot = z.strictObject({ email: z.string().max(254).transform(cleanText) });
const Token = z.string().max(100);
const Link = z.strictObject({ token: Token });
const Reset = z.strictObject({ token: Token, password: Password, pin: z.string().max(12).optional() });

/** Links by e-mail: a new password for who has forgotten it, the first one for who is invited. */
export function linkRoutes(parts: Parts): Routes {
  const { links, limits, sessions, credentials, clock } = parts;
  const routes = new Routes(parts);

  routes.anyone('post', '/auth/forgot-password', async (request, response) => {
    const body = parse(Forgot, request.body);
    if (!body.ok) return body;
    const email = body.data.email.toLowerCase();
    const limited =
      (await limits.take('forgot', email)) ?? (await limits.take('forgotAddress', addressOf(request)));
    if (limited !== null) return limited;
    // Nothing is looked up here: known and unknown addresses are told the same, and as fast.
    await parts.later({ queue: 'mail', data: { mailId: uuid(), purpose: 'reset', email } });
    response.status(204).end();
    return undefined;
  });

  /** Whose link it is, as long as the person is active and still has the address that it was sent to. */
  const ownerOf = async (token: string): Promise<{ owner: LinkOwner; person: PersonRow } | null> => {
    const owner = await links.find(token, clock.now());
    const person = owner === null ? null : await readPerson(parts, owner.organisationId, owner.personId);
    if (owner === null || person?.active !== true) return null;
    return hashToken(person.email) === owner.addressHash ? { owner, person } : null;
  };

  routes.anyone('post', '/auth/link', async (request, response) => {
    const body = parse(Link, request.body);
    if (!body.ok) return body;
    const limited = await limits.take('link', addressOf(request));
    if (limited !== null) return limited;
    const found = await ownerOf(body.data.token);
    if (found === null) return reject('linkDead');
    const { name, email, language } = found.person;
    response.json({ purpose: found.owner.purpose, name, email, language });
    return undefined;
  });

  routes.anyone('post', '/auth/reset-password', async (request, response) => {
    const body = parse(Reset, request.body);
    if (!body.ok) return body;
    const limited = await limits.take('link', addressOf(request));
    if (limited !== null) return limited;
    const { token, password, pin } = body.data;
    const found = await ownerOf(token);
    if (found === null) return reject('linkDead');
    const { organisationId, personId } = found.owner;
    const who = { organisationId, personId, by: personId, deviceId: null };
    // First: a password that is refused costs no link.
    const problem = credentialsProblem({ password, pin }, await contextOf(parts, who));
    if (problem !== null) return problem;
    const now = clock.now();
    if (!(await links.take(token, who, now))) return reject('linkDead');
    const refused = await setCredentials(parts, who, { password, pin });
    if (refused !== null) return refused;
    // Whoever was in with the old password is out.
    await sessions.endAll(organisationId, personId, now);
    await signInEvent(parts, { kind: 'sessionsEnded', ...who });
    response.status(204).end();
    return undefined;
  });

  /** Whom somebody may invite: who may set that one's sign-in. */
  const target = async (
    person: Person,
    id: unknown,
  ): Promise<{ ok: true; person: PersonRow } | Rejection> => {
    const [row, actor] = await Promise.all([
      readPerson(parts, person.organisationId, String(id)),
      readActor(parts, person.organisationId, String(id), null),
    ]);
    if (row === null || actor === null) return reject('personUnknown');
    return maySet(person, actor) ? { ok: true, person: row } : reject('notPermitted');
  };
  const isReadable = ({ body, expiresAt }: MailRow): boolean =>
    body !== null && Date.parse(expiresAt) > ms(clock.now());
  const INVITATION = '/people/:personId/invitation';

  routes.inOrganisation('get', INVITATION, 'people.set', async (person, request, response) => {
    const found = await target(person, request.params['personId']);
    if (!found.ok) return found;
    const who = { organisationId: person.organisationId, personId: found.person.id };
    const [stored, link] = await Promise.all([
      credentials.credentials(who.organisationId, who.personId),
      links.current(who, clock.now()),
    ]);
    response.json({
      hasPassword: (stored?.passwordHash ?? null) !== null,
      link: link && {
        purpose: link.purpose,
        sentAt: new Date(link.createdAt).toISOString(),
        expiresAt: new Date(link.expiresAt).toISOString(),
      },
    });
    return undefined;
  });

  routes.inOrganisation(
    'post',
    INVITATION,
    'people.set',
    async (person, request, response) => {
      const found = await target(person, request.params['personId']);
      if (!found.ok) return found;
      if (!found.person.active) return reject('notPermitted');
      const limited = await limits.take('invitation', person.personId);
      if (limited !== null) return limited;
      const who = { organisationId: person.organisationId, personId: found.person.id };
      const stored = await credentials.credentials(who.organisationId, who.personId);
      const purpose = (stored?.passwordHash ?? null) === null ? 'invitation' : 'reset';
      await parts.later({ queue: 'mail', data: { mailId: uuid(), purpose, ...who } });
      response.status(204).end();
      return undefined;
    },
    { action: 'person.invite', target: 'personId' },
  );

  routes.inOrganisation('delete', INVITATION, 'people.set', async (person, request, response) => {
    const found = await target(person, request.params['personId']);
    if (!found.ok) return found;
    await links.drop({ organisationId: person.organisationId, personId: found.person.id }, clock.now());
    response.status(204).end();
    return undefined;
  });

  /** Whoever reads a link can be that person: for who may set everybody's sign-in anyway, and proves it anew. */
  routes.inOrganisation(
    'get',
    '/people/:personId/unsent-mail',
    'organisation.set',
    async (person, request, response) => {
      const found = await target(person, request.params['personId']);
      if (!found.ok) return found;
      const all = await links.mails(person.organisationId);
      const mail = all.find((one) => one.personId === found.person.id && isReadable(one));
      const who = { organisationId: person.organisationId, personId: found.person.id };
      // Withdrawn, used, or replaced by a later one: there is nothing to hand over.
      const link = await links.current(who, clock.now());
      if (mail?.body == null || link === null) return reject('notFound');
      response.json({ text: parts.fields.open(mail.body, bodyOf(mail)) });
      return undefined;
    },
    { action: 'mail.read', target: 'personId' },
  );

  routes.inOrganisation('get', '/organisation/mails', 'people.set', async (person, _request, response) => {
    const items = (await links.mails(person.organisationId)).map((mail) => ({
      id: mail.id,
      personId: mail.personId,
      purpose: mail.purpose,
      toAddress: mail.toAddress,
      subject: mail.subject,
      status: mail.status,
      errorCode: mail.errorCode,
      createdAt: new Date(mail.createdAt).toISOString(),
      isReadable: isReadable(mail),
    }));
    response.json({ items });
    return undefined;
  });
  return routes;
}
