import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { Language } from '@schalter/shared/kernel/text.ts';
import { body, json, nothing, Profile, reads, writes } from './openapi-parts.ts';

const Pin = z.string().meta({ description: 'Six digits' });

/** Signing in and out, and the first set-up. */
export const peoplePaths: ZodOpenApiPathsObject = {
  '/api/v1/auth/login': {
    post: writes({
      operationId: 'login',
      summary: 'Sign in with a password',
      requestBody: body(z.object({ email: z.string(), password: z.string() })),
      answer: json(Profile),
      refused: [401, 429],
    }),
  },
  '/api/v1/auth/pin': {
    post: writes({
      operationId: 'signInByPin',
      summary: 'Sign in on a paired station',
      requestBody: body(z.object({ personId: Id, pin: Pin })),
      answer: json(Profile),
      refused: [401, 429],
    }),
    put: writes({
      operationId: 'setOwnPin',
      summary: "Set one's own PIN",
      requestBody: body(z.object({ password: z.string(), pin: Pin })),
      answer: nothing('Set'),
      status: 204,
      refused: [401, 422, 429],
    }),
  },
  '/api/v1/auth/logout': {
    post: writes({
      operationId: 'logout',
      summary: 'Sign out',
      answer: nothing('Signed out'),
      status: 204,
      refused: [],
    }),
  },
  '/api/v1/auth/profile': {
    get: reads({ operationId: 'profile', summary: 'Who I am', answer: json(Profile), refused: [401] }),
  },
  '/api/v1/people/{personId}/credentials': {
    put: writes({
      operationId: 'setCredentials',
      summary: "Set a person's password or PIN; a new password ends that person's sessions",
      requestParams: { path: z.object({ personId: Id }) },
      requestBody: body(z.object({ password: z.string().optional(), pin: Pin.optional() })),
      answer: nothing('Set'),
      status: 204,
      refused: [401, 404, 422],
    }),
  },
  '/api/v1/setup': {
    post: writes({
      operationId: 'setUp',
      summary: 'Create the organisation and its first admin, by the one-time link of an empty installation',
      requestBody: body(
        z.object({
          token: z.string(),
          organisation: z.string(),
          name: z.string(),
          email: z.email(),
          password: z.string(),
          language: Language,
        }),
      ),
      answer: json(Profile, 'Created'),
      status: 201,
      refused: [422, 429],
    }),
  },
};
