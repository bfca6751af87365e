import { Id } from '@schalter/shared/kernel/ids.ts';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import { parse, type Parts } from '../transport/caller.ts';
import { Routes } from '../transport/routes.ts';
import { maySet } from './credentials.ts';
import { readActor } from './profile.ts';
import { ownSessionId } from './sign-in.ts';
import { signInEvent } from './sign-in-events.ts';

/** Who is signed in where: everybody sees and ends the own sessions, a manager those of the people they may set. */
export function sessionRoutes(parts: Parts): Routes {
  const { sessions, clock } = parts;
  const routes = new Routes(parts);

  const list = async (organisationId: string, personId: string, own: string | null) => ({
    items: (await sessions.list(organisationId, personId, clock.now())).map((session) => ({
      ...session,
      current: session.id === own,
      createdAt: new Date(session.createdAt).toISOString(),
      lastSeenAt: new Date(session.lastSeenAt).toISOString(),
      expiresAt: new Date(session.expiresAt).toISOString(),
    })),
  });

  routes.person('get', '/auth/sessions', async (person, request, response) => {
    const own = await ownSessionId(parts, request);
    response.json(await list(person.organisationId, person.personId, own));
    return undefined;
  });

  routes.person('delete', '/auth/sessions/:sessionId', async (person, request, response) => {
    const id = parse(Id, request.params['sessionId']);
    if (!id.ok) return id;
    const { organisationId, personId, deviceId } = person;
    if (!(await sessions.end(organisationId, personId, id.data, clock.now()))) return reject('notFound');
    const event = { organisationId, personId, deviceId, by: personId };
    await signInEvent(parts, { kind: 'sessionsEnded', ...event });
    response.status(204).end();
    return undefined;
  });

  routes.inOrganisation(
    'get',
    '/people/:personId/sessions',
    'people.set',
    async (person, request, response) => {
      const target = await readActor(parts, person.organisationId, String(request.params['personId']), null);
      if (target === null) return reject('personUnknown');
      if (!maySet(person, target)) return reject('notPermitted');
      response.json(await list(person.organisationId, target.personId, await ownSessionId(parts, request)));
      return undefined;
    },
  );

  routes.inOrganisation(
    'delete',
    '/people/:personId/sessions',
    'people.set',
    async (person, request, response) => {
      const { organisationId, personId: by, deviceId } = person;
      const target = await readActor(parts, organisationId, String(request.params['personId']), null);
      if (target === null) return reject('personUnknown');
      if (!maySet(person, target)) return reject('notPermitted');
      await sessions.endAll(organisationId, target.personId, clock.now());
      const event = { organisationId, personId: target.personId, deviceId, by };
      await signInEvent(parts, { kind: 'sessionsEnded', ...event });
      response.status(204).end();
      return undefined;
    },
  );
  return routes;
}
