import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { Instant } from '@schalter/shared/kernel/time-schemas.ts';
import { body, json, nothing, reads, SignedIn, writes } from './openapi-parts.ts';

const Code = body(z.object({ code: z.string() }));
const RecoveryCodes = json(z.object({ recoveryCodes: z.array(z.string()) }));
const Factor = json(
  z.object({
    since: Instant.nullable().meta({ description: 'null: it is not asked for' }),
    recoveryCodesLeft: z.number().int(),
  }),
);
const ofPerson = { path: z.object({ personId: Id }) };

/** What is asked for beside the password. */
export const factorPaths: ZodOpenApiPathsObject = {
  '/api/v1/auth/second-factor/verify': {
    post: writes({
      operationId: 'verifyCode',
      summary: 'The second step of signing in: a code of the authenticator app, or a recovery code',
      requestBody: Code,
      answer: json(SignedIn),
      refused: [401, 429],
    }),
  },
  '/api/v1/auth/second-factor': {
    get: reads({ operationId: 'secondFactor', summary: 'My second factor', answer: Factor, refused: [401] }),
    post: writes({
      operationId: 'setUpSecondFactor',
      summary: 'A new secret for an authenticator app; it counts once a code of it was confirmed',
      answer: json(z.object({ secret: z.string(), uri: z.string() })),
      refused: [401, 409],
    }),
    delete: writes({
      operationId: 'removeSecondFactor',
      summary: 'Turn off my second factor',
      answer: nothing('Removed'),
      status: 204,
      refused: [401, 404],
    }),
  },
  '/api/v1/auth/second-factor/confirm': {
    post: writes({
      operationId: 'confirmSecondFactor',
      summary: 'The first code of the app; answers the recovery codes, once',
      requestBody: Code,
      answer: RecoveryCodes,
      refused: [401, 404],
    }),
  },
  '/api/v1/auth/second-factor/recovery-codes': {
    post: writes({
      operationId: 'renewRecoveryCodes',
      summary: 'New recovery codes; those of before end',
      answer: RecoveryCodes,
      refused: [401, 404],
    }),
  },
  '/api/v1/people/{personId}/second-factor': {
    get: reads({
      operationId: 'secondFactorOf',
      summary: 'Whether a person has a second factor',
      requestParams: ofPerson,
      answer: Factor,
      refused: [401, 403, 404],
    }),
    delete: writes({
      operationId: 'resetSecondFactor',
      summary: 'Take away the second factor of somebody who has lost it',
      requestParams: ofPerson,
      answer: nothing('Removed'),
      status: 204,
      refused: [401, 404],
    }),
  },
};
