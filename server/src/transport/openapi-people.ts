import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { Language } from '@schalter/shared/kernel/text.ts';
import { Instant } from '@schalter/shared/kernel/time-schemas.ts';
import { PROOF_ACTIONS } from '@schalter/shared/platform/proof.ts';
import { factorPaths } from './openapi-factors.ts';
import { body, json, nothing, Profile, reads, SignedIn, writes } from './openapi-parts.ts';

const LinkPurpose = z.enum(['reset', 'invitation']);
const Pin = z.string().meta({ description: 'Six digits' });

const Sessions = z.object({
  items: z.array(
    z.object({
      id: Id,
      /** The station that it is bound to, where it began with a PIN. */
      deviceId: Id.nullable(),
      method: z.string(),
      userAgent: z.string(),
      createdAt: Instant,
      lastSeenAt: Instant,
      expiresAt: Instant,
      current: z.boolean(),
    }),
  ),
});

/** Signing in and out, and the first set-up. */
export const peoplePaths: ZodOpenApiPathsObject = {
  '/api/v1/auth/login': {
    post: writes({
      operationId: 'login',
      summary: 'Sign in with a password',
      requestBody: body(z.object({ email: z.string(), password: z.string() })),
      answer: json(SignedIn),
      refused: [401, 429],
    }),
  },
  ...factorPaths,
  '/api/v1/auth/pin': {
    post: writes({
      operationId: 'signInByPin',
      summary: 'Sign in on a paired station',
      requestBody: body(z.object({ personId: Id, pin: Pin })),
      answer: json(SignedIn),
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
    put: writes({
      operationId: 'setProfile',
      summary: "Change one's own name and language",
      requestBody: body(z.object({ name: z.string(), language: Language })),
      answer: json(Profile),
      refused: [401],
    }),
  },
  '/api/v1/auth/refresh': {
    post: writes({
      operationId: 'refresh',
      summary: 'Fresh cookies for those of a session; an old refresh token ends its session',
      answer: nothing('Refreshed'),
      status: 204,
      refused: [401, 429],
    }),
  },
  '/api/v1/auth/change-password': {
    post: writes({
      operationId: 'changePassword',
      summary: "Change one's own password; all other sessions end",
      requestBody: body(z.object({ password: z.string(), newPassword: z.string() })),
      answer: nothing('Changed'),
      status: 204,
      refused: [401, 422, 429],
    }),
  },
  '/api/v1/auth/forgot-password': {
    post: writes({
      operationId: 'forgotPassword',
      summary: 'Ask for a link by e-mail; the answer is the same whether the address is known or not',
      requestBody: body(z.object({ email: z.string() })),
      answer: nothing('Asked for'),
      status: 204,
      refused: [429],
    }),
  },
  '/api/v1/auth/link': {
    post: writes({
      operationId: 'openLink',
      summary: 'Whose link this is; it stays good',
      requestBody: body(z.object({ token: z.string() })),
      answer: json(
        z.object({ purpose: LinkPurpose, name: z.string(), email: z.string(), language: Language }),
      ),
      refused: [410, 429],
    }),
  },
  '/api/v1/auth/reset-password': {
    post: writes({
      operationId: 'resetPassword',
      summary: 'Set a password by the link of an e-mail, once; all sessions of the person end',
      requestBody: body(z.object({ token: z.string(), password: z.string(), pin: Pin.optional() })),
      answer: nothing('Set'),
      status: 204,
      refused: [410, 422, 429],
    }),
  },
  '/api/v1/people/{personId}/invitation': {
    get: reads({
      operationId: 'invitation',
      summary: 'Whether a person has a password, and the link that is on its way',
      requestParams: { path: z.object({ personId: Id }) },
      answer: json(
        z.object({
          hasPassword: z.boolean(),
          link: z.object({ purpose: LinkPurpose, sentAt: Instant, expiresAt: Instant }).nullable(),
        }),
      ),
      refused: [401, 403, 404],
    }),
    post: writes({
      operationId: 'invite',
      summary: 'Send a person a link to set a password; one that was sent before is dead',
      requestParams: { path: z.object({ personId: Id }) },
      answer: nothing('Sent'),
      status: 204,
      refused: [401, 404, 429],
    }),
    delete: writes({
      operationId: 'withdrawInvitation',
      summary: 'The link that a person was sent opens nothing any more',
      requestParams: { path: z.object({ personId: Id }) },
      answer: nothing('Withdrawn'),
      status: 204,
      refused: [401, 404],
    }),
  },
  '/api/v1/people/{personId}/unsent-mail': {
    get: reads({
      operationId: 'unsentMail',
      summary: 'The e-mail with a link that was not sent, because no mail server is configured',
      requestParams: { path: z.object({ personId: Id }) },
      answer: json(z.object({ text: z.string() })),
      refused: [401, 403, 404],
    }),
  },
  '/api/v1/organisation/mails': {
    get: reads({
      operationId: 'mails',
      summary: 'E-mails about sign-ins, without their text',
      answer: json(
        z.object({
          items: z.array(
            z.object({
              id: Id,
              personId: Id,
              purpose: z.string(),
              toAddress: z.string(),
              subject: z.string(),
              status: z.string(),
              errorCode: z.string().nullable(),
              createdAt: Instant,
              isReadable: z.boolean(),
            }),
          ),
        }),
      ),
      refused: [401, 403],
    }),
  },
  '/api/v1/auth/proofs': {
    post: writes({
      operationId: 'prove',
      summary: 'Prove anew that it is you: for each action on its target, once, within a minute',
      requestBody: body(
        z.object({
          password: z.string().optional(),
          answer: z
            .looseObject({ id: z.string() })
            .optional()
            .meta({ description: 'Of one of my passkeys, in place of the password' }),
          of: z.array(z.object({ action: z.enum(PROOF_ACTIONS), target: z.string() })),
        }),
      ),
      answer: nothing('Proved'),
      status: 204,
      refused: [401, 429],
    }),
  },
  '/api/v1/auth/proofs/options': {
    post: writes({
      operationId: 'proofOptions',
      summary: 'What a browser needs to prove with a passkey (PublicKeyCredentialRequestOptionsJSON)',
      answer: json(z.looseObject({ challenge: z.string() })),
      refused: [401, 404],
    }),
  },
  '/api/v1/auth/sessions': {
    get: reads({
      operationId: 'sessions',
      summary: 'Where I am signed in',
      answer: json(Sessions),
      refused: [401],
    }),
  },
  '/api/v1/auth/sessions/{sessionId}': {
    delete: writes({
      operationId: 'endSession',
      summary: 'End one of my sessions',
      requestParams: { path: z.object({ sessionId: Id }) },
      answer: nothing('Ended'),
      status: 204,
      refused: [401, 404],
    }),
  },
  '/api/v1/people/{personId}/sessions': {
    get: reads({
      operationId: 'sessionsOf',
      summary: 'Where a person is signed in',
      requestParams: { path: z.object({ personId: Id }) },
      answer: json(Sessions),
      refused: [401, 403, 404],
    }),
    delete: writes({
      operationId: 'endSessionsOf',
      summary: 'End all sessions of a person',
      requestParams: { path: z.object({ personId: Id }) },
      answer: nothing('Ended'),
      status: 204,
      refused: [401, 404],
    }),
  },
  '/api/v1/people/{personId}/credentials': {
    put: writes({
      operationId: 'setCredentials',
      summary: "Set a person's PIN; a password is set by its person alone",
      requestParams: { path: z.object({ personId: Id }) },
      requestBody: body(z.object({ pin: Pin })),
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
      answer: json(SignedIn, 'Created'),
      status: 201,
      refused: [422, 429],
    }),
  },
};
