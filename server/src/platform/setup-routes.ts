import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { Language, NonEmptyText } from '@schalter/shared/kernel/text.ts';
import { parse, submit, type Parts } from '../transport/caller.ts';
import { addressOf } from '../transport/limits.ts';
import { Routes } from '../transport/routes.ts';
import { storeCredentials } from './credentials.ts';
import { hashToken, newToken } from './secrets.ts';
import { begin } from './sign-in.ts';

const SECRET = 'setupToken';

const SetUp = z.strictObject({
  token: z.string().max(100),
  organisation: NonEmptyText(80),
  name: NonEmptyText(60),
  email: z
    .email()
    .max(254)
    .transform((e) => e.toLowerCase()),
  password: z.string().max(200),
  language: Language,
});

/** The one-time link of an empty installation; null once there is an organisation. A new start, a new link. */
export async function setUpLink(parts: Parts): Promise<string | null> {
  if (await parts.queries.hasOrganisation()) return null;
  const token = newToken();
  await parts.credentials.dropSecret(SECRET);
  await parts.credentials.secret(SECRET, () => hashToken(token));
  // Behind '#': no proxy, log or history of this server sees it.
  return `${parts.publicUrl()}/staff/setup/first#token=${token}`;
}

export function setUpRoutes(parts: Parts): Routes {
  const routes = new Routes(parts);
  routes.anyone('post', '/setup', async (request, response) => {
    const body = parse(SetUp, request.body);
    if (!body.ok) return body;
    const limited = await parts.limits.take('signIn', `setup/${addressOf(request)}`);
    if (limited !== null) return limited;
    // Taken first: two who follow the same link at once would both be the first admin.
    const token = hashToken(body.data.token);
    if (!(await parts.credentials.takeSecret(SECRET, token))) return reject('notPermitted');
    const made = await firstAdmin(parts, body.data);
    if (!made.ok) {
      await parts.credentials.secret(SECRET, () => token);
      return made;
    }
    response.status(201);
    const { organisationId, personId } = made;
    const signIn = { organisationId, personId, method: 'setup', boundTo: null, deviceId: null } as const;
    return begin(parts, request, response, signIn);
  });
  return routes;
}

async function firstAdmin(
  parts: Parts,
  input: z.output<typeof SetUp>,
): Promise<{ ok: true; organisationId: string; personId: string } | Rejection> {
  const [organisationId, personId] = [uuid(), uuid()];
  const { organisation: name, language, email } = input;
  // The password first: nothing is begun that one which is refused would leave half done.
  const who = { organisationId, personId };
  const { password } = input;
  const context = { organisation: name, name: input.name, email };
  const refused = await storeCredentials(parts, who, { password }, context);
  if (refused !== null) return refused;
  const actor = { kind: 'system' } as const;
  const created = await submit(parts, {
    streamId: organisationId,
    type: 'platform.createOrganisation',
    input: { name, language, currency: 'CHF' },
    actor,
    organisationId,
  });
  if (!created.ok) return created;
  const person = {
    personId,
    name: input.name,
    email,
    role: 'admin',
    locationIds: [],
    language,
    active: true,
  };
  const added = await submit(parts, {
    streamId: organisationId,
    type: 'platform.setPerson',
    input: person,
    actor,
  });
  return added.ok ? { ok: true, organisationId, personId } : added;
}
