import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { body, json, nothing, reads, writes } from './openapi-parts.ts';

const Subscription = body(
  z.object({
    endpoint: z.url(),
    keys: z.object({ p256dh: z.string(), auth: z.string() }),
  }),
);
const Browser = body(z.object({ endpoint: z.url() }));

/** Where a browser says that it may be told. A subscription is as `PushSubscription.toJSON()` has it. */
export const pushPaths: ZodOpenApiPathsObject = {
  '/api/v1/push': {
    get: reads({
      operationId: 'pushKey',
      summary: 'The key that a browser subscribes with (applicationServerKey)',
      answer: json(z.object({ publicKey: z.string() })),
      refused: [],
    }),
  },
  '/api/v1/auth/push': {
    put: writes({
      operationId: 'allowPush',
      summary: 'Tell me in this browser, for as long as I am signed in',
      requestBody: Subscription,
      answer: nothing('Kept'),
      status: 204,
      refused: [401],
    }),
    delete: writes({
      operationId: 'endPush',
      summary: 'Tell me nothing more in this browser',
      requestBody: Browser,
      answer: nothing('Ended'),
      status: 204,
      refused: [401],
    }),
  },
  '/api/v1/auth/push/here': {
    post: writes({
      operationId: 'resumePush',
      summary: 'I have signed in: whether I am told in this browser, which goes on with this session',
      requestBody: Browser,
      answer: json(z.object({ on: z.boolean() })),
      refused: [401],
    }),
  },
  '/api/v1/ticket/push': {
    put: writes({
      operationId: 'allowTicketPush',
      summary: 'Tell the customer of this ticket in this browser',
      requestBody: Subscription,
      answer: nothing('Kept'),
      status: 204,
      refused: [404],
    }),
    delete: writes({
      operationId: 'endTicketPush',
      summary: 'Tell the customer of this ticket nothing more',
      answer: nothing('Ended'),
      status: 204,
      refused: [404],
    }),
  },
};
