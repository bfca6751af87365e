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
/** As WebAuthn, level 3, has them in JSON. */
const Options = z.looseObject({ challenge: z.string() });
const Answer = z.looseObject({ id: z.string() });
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
  '/api/v1/auth/passkeys': {
    get: reads({
      operationId: 'passkeys',
      summary: 'My passkeys',
      answer: json(
        z.object({
          items: z.array(
            z.object({ id: Id, name: z.string(), createdAt: Instant, lastUsedAt: Instant.nullable() }),
          ),
        }),
      ),
      refused: [401],
    }),
    post: writes({
      operationId: 'addPasskey',
      summary: 'What the browser answered to the options: a new passkey',
      requestBody: body(z.object({ name: z.string(), answer: Answer })),
      answer: json(z.object({ id: Id }), 'Added'),
      status: 201,
      refused: [401],
    }),
  },
  '/api/v1/auth/passkeys/options': {
    post: writes({
      operationId: 'passkeyOptions',
      summary: 'What a browser needs to make a passkey (PublicKeyCredentialCreationOptionsJSON)',
      answer: json(Options),
      refused: [401],
    }),
  },
  '/api/v1/auth/passkeys/{passkeyId}': {
    delete: writes({
      operationId: 'removePasskey',
      summary: 'Remove one of my passkeys',
      requestParams: { path: z.object({ passkeyId: Id }) },
      answer: nothing('Removed'),
      status: 204,
      refused: [401, 404],
    }),
  },
  '/api/v1/auth/passkeys/sign-in/options': {
    post: writes({
      operationId: 'passkeySignInOptions',
      summary: 'What a browser needs to sign in with a passkey (PublicKeyCredentialRequestOptionsJSON)',
      answer: json(Options),
      refused: [],
    }),
  },
  '/api/v1/auth/passkeys/sign-in': {
    post: writes({
      operationId: 'signInByPasskey',
      summary: 'Sign in with a passkey, which is both factors at once',
      requestBody: body(z.object({ answer: Answer })),
      answer: json(SignedIn),
      refused: [401],
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
