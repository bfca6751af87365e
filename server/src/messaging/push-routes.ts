import { z } from 'zod';
import { reject } from '@schalter/shared/kernel/rejections.ts';
import type { Push } from '../ports/push.ts';
import { identify, parse, type Parts } from '../transport/caller.ts';
import { Routes } from '../transport/routes.ts';
import type { PushOwner, PushStore } from './push-store.ts';

const Endpoint = z.url().max(600);
const NewSubscription = z.strictObject({
  endpoint: Endpoint,
  keys: z.strictObject({
    /** 65 and 16 bytes. */
    p256dh: z.string().regex(/^[\w-]{87}=?$/),
    auth: z.string().regex(/^[\w-]{22}(==)?$/),
  }),
});
const Browser = z.strictObject({ endpoint: Endpoint });

/** Where browsers say that they may be told, of a member of staff or of a ticket, and that they may not any more. */
export function pushRoutes(parts: Parts, push: Push, subscriptions: PushStore): Routes {
  const { clock } = parts;
  const routes = new Routes(parts);
  /** A known service alone: the server would ask any address otherwise. */
  const subscriptionOf = (body: unknown) => {
    const parsed = parse(NewSubscription, body);
    if (!parsed.ok || push.isKnown(parsed.data.endpoint)) return parsed;
    return reject('invalidInput', { field: 'endpoint' });
  };
  const person = (of: { readonly organisationId: string; readonly personId: string }): PushOwner => ({
    organisationId: of.organisationId,
    owner: 'person',
    ownerId: of.personId,
  });

  routes.anyone('get', '/push', (_request, response) => {
    response.json({ publicKey: push.publicKey });
    return Promise.resolve(undefined);
  });

  routes.person('put', '/auth/push', async (actor, request, response) => {
    const body = subscriptionOf(request.body);
    if (!body.ok) return body;
    const { sessionId } = await identify(parts, request, 'person');
    if (sessionId === undefined) return reject('notSignedIn');
    await subscriptions.add(person(actor), body.data, sessionId, clock.now());
    response.status(204).end();
    return undefined;
  });

  routes.person('post', '/auth/push/here', async (actor, request, response) => {
    const body = parse(Browser, request.body);
    if (!body.ok) return body;
    const { sessionId } = await identify(parts, request, 'person');
    if (sessionId === undefined) return reject('notSignedIn');
    const { endpoint } = body.data;
    response.json({ on: await subscriptions.resume(person(actor), endpoint, sessionId, clock.now()) });
    return undefined;
  });

  routes.person('delete', '/auth/push', async (actor, request, response) => {
    const body = parse(Browser, request.body);
    if (!body.ok) return body;
    await subscriptions.end(person(actor), body.data.endpoint, clock.now());
    response.status(204).end();
    return undefined;
  });

  routes.customer('put', '/ticket/push', async ({ organisationId, visitId }, request, response) => {
    const body = subscriptionOf(request.body);
    if (!body.ok) return body;
    const owner = { organisationId, owner: 'visit', ownerId: visitId } as const;
    await subscriptions.add(owner, body.data, null, clock.now());
    response.status(204).end();
    return undefined;
  });

  routes.customer('delete', '/ticket/push', async ({ organisationId, visitId }, _request, response) => {
    await subscriptions.end({ organisationId, owner: 'visit', ownerId: visitId }, null, clock.now());
    response.status(204).end();
    return undefined;
  });
  return routes;
}
