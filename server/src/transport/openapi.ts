import { z } from 'zod';
import { createDocument, type ZodOpenApiObject, type ZodOpenApiOperationObject } from 'zod-openapi';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { REJECTION_CODES } from '@schalter/shared/kernel/rejections.ts';
import { commands } from '@schalter/shared/registry.ts';

const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.enum(REJECTION_CODES),
    detail: z.string(),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. `detail` is in the language of Accept-Language.' });

const Range = z.object({ lowMin: z.number(), highMin: z.number() }).nullable();
const Accepted = z
  .object({ ok: z.literal(true), seq: z.number().int(), result: z.unknown() })
  .meta({ id: 'Accepted' });

const problems = (...codes: readonly number[]) =>
  Object.fromEntries(
    codes.map((code) => [
      String(code),
      { description: 'Refused', content: { 'application/problem+json': { schema: Problem } } },
    ]),
  );
const json = (schema: z.ZodType, description = 'OK') => ({
  description,
  content: { 'application/json': { schema } },
});

/** One envelope per type of command: the same schemas that the engine parses with. */
const Command = z
  .discriminatedUnion(
    'type',
    Object.entries(commands).map(([type, spec]) =>
      z
        .strictObject({
          commandId: Id,
          streamId: Id,
          type: z.literal(type),
          input: spec.input,
          occurredAt: z.iso.datetime({ offset: true }),
        })
        .meta({
          id: type,
          description: `${spec.summary}. Permission \`${spec.permission}\`, stream of the ${spec.stream}.`,
        }),
    ) as never,
  )
  .meta({ id: 'Command' });

const route = (
  operation: Omit<ZodOpenApiOperationObject, 'responses'> & {
    answer: ReturnType<typeof json>;
    status?: string;
    refused: readonly number[];
  },
) => {
  const { answer, status, refused, ...rest } = operation;
  return {
    ...rest,
    responses: { [status ?? '200']: answer, ...problems(...refused) },
  } as ZodOpenApiOperationObject;
};

const Profile = z
  .object({
    person: z
      .object({
        id: Id,
        name: z.string(),
        email: z.string(),
        role: z.string(),
        locationIds: z.array(Id),
        language: z.string(),
      })
      .nullable(),
    organisation: z.object({ id: Id, name: z.string() }).nullable(),
    locations: z.array(z.object({ id: Id, code: z.string(), name: z.string(), timeZone: z.string() })),
    device: z.object({ id: Id, name: z.string(), locationId: Id }).nullable(),
    hasPin: z.boolean(),
    publicUrl: z.string(),
  })
  .meta({ id: 'Profile' });
const body = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

/** The description of the API, from the schemas that it is checked with. */
export function openApiDocument(version: string): ReturnType<typeof createDocument> {
  const description: ZodOpenApiObject = {
    openapi: '3.1.0',
    info: {
      title: 'Schalter',
      version,
      description: 'Commands go in, queries come out; changes arrive by Socket.IO (docs/api.md).',
    },
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'schalter_session' },
        bearer: { type: 'http', scheme: 'bearer', description: 'The token of a session or of a device' },
      },
    },
    paths: {
      '/api/v1/commands': {
        post: route({
          operationId: 'submitCommand',
          summary: 'Submit a command; the same commandId gets the same answer again',
          requestBody: body(Command),
          answer: json(Accepted),
          refused: [400, 401, 403, 404, 409, 410, 412, 422, 429, 503],
        }),
      },
      '/api/v1/auth/login': {
        post: route({
          operationId: 'login',
          summary: 'Sign in with a password',
          requestBody: body(z.object({ email: z.string(), password: z.string() })),
          answer: json(Profile),
          refused: [400, 401, 429],
        }),
      },
      '/api/v1/auth/pin': {
        post: route({
          operationId: 'signInByPin',
          summary: 'Sign in on a paired station',
          requestBody: body(z.object({ personId: Id, pin: z.string() })),
          answer: json(Profile),
          refused: [400, 401, 403, 429],
        }),
        put: route({
          operationId: 'setOwnPin',
          summary: "Set one's own PIN",
          requestBody: body(z.object({ password: z.string(), pin: z.string() })),
          answer: { description: 'Set' } as never,
          status: '204',
          refused: [401, 422, 429],
        }),
      },
      '/api/v1/auth/logout': {
        post: route({
          operationId: 'logout',
          summary: 'Sign out',
          answer: { description: 'Signed out' } as never,
          status: '204',
          refused: [],
        }),
      },
      '/api/v1/auth/profile': {
        get: route({ operationId: 'profile', summary: 'Who I am', answer: json(Profile), refused: [401] }),
      },
      '/api/v1/pairings': {
        post: route({
          operationId: 'requestPairing',
          summary: 'A new device asks for a code',
          requestBody: body(z.object({ kind: z.enum(['kiosk', 'display', 'station']) })),
          answer: json(
            z.object({ pairingId: Id, code: z.string(), secret: z.string(), expiresAt: z.string() }),
            'Created',
          ),
          status: '201',
          refused: [400, 429],
        }),
      },
      '/api/v1/pairings/claim': {
        post: route({
          operationId: 'claimPairing',
          summary: 'Type the code of a device',
          requestBody: body(z.object({ code: z.string() })),
          answer: json(
            z.object({
              pairingId: Id,
              kind: z.string(),
              requestedAt: z.string(),
              address: z.string(),
              userAgent: z.string(),
            }),
          ),
          refused: [401, 403, 404, 429],
        }),
      },
      '/api/v1/pairings/{pairingId}/approve': {
        post: route({
          operationId: 'approvePairing',
          summary: 'Take the device in',
          requestParams: { path: z.object({ pairingId: Id }) },
          requestBody: body(z.object({ locationId: Id, name: z.string() })),
          answer: json(z.object({ deviceId: Id }), 'Created'),
          status: '201',
          refused: [401, 403, 404, 410],
        }),
      },
      '/api/v1/ticket': {
        get: route({
          operationId: 'ownTicket',
          summary: "The customer's own ticket, by `Authorization: Ticket <link token>`",
          answer: json(
            z.object({
              visitId: Id,
              locationId: Id,
              series: z.string(),
              number: z.number().int(),
              language: z.string(),
              name: z.string().nullable(),
              reservationReference: z.string().nullable(),
              smsOptIn: z.boolean(),
              location: z
                .object({
                  name: z.string(),
                  code: z.string(),
                  timeZone: z.string(),
                  languages: z.array(z.string()),
                  joinByPhone: z.boolean(),
                })
                .loose(),
            }),
          ),
          refused: [404, 429],
        }),
      },
      '/api/v1/join/{code}': {
        get: route({
          operationId: 'joinPage',
          summary: 'What a phone needs to join',
          requestParams: { path: z.object({ code: z.string() }) },
          answer: json(
            z.object({
              locationId: Id,
              name: z.string(),
              code: z.string(),
              timeZone: z.string(),
              languages: z.array(z.string()),
              joinByPhone: z.boolean(),
              services: z.array(
                z.object({ id: Id, letter: z.string(), ahead: z.number(), range: Range }).loose(),
              ),
            }),
          ),
          refused: [404],
        }),
      },
      '/api/v1/locations': {
        get: route({
          operationId: 'locations',
          summary: 'The locations where I work',
          answer: json(
            z.object({
              items: z.array(
                z.object({
                  id: Id,
                  organisationId: Id,
                  code: z.string(),
                  name: z.string(),
                  timeZone: z.string(),
                }),
              ),
              nextCursor: z.null(),
            }),
          ),
          refused: [401],
        }),
      },
      '/api/v1/locations/{locationId}/tickets': {
        get: route({
          operationId: 'tickets',
          summary: 'Tickets of a location, the newest first',
          requestParams: {
            path: z.object({ locationId: Id }),
            query: z.object({
              day: z.iso.date().optional(),
              cursor: Id.optional(),
              limit: z.number().int().min(1).max(200).optional(),
            }),
          },
          answer: json(
            z.object({
              items: z.array(
                z
                  .object({ id: Id, businessDay: z.string(), series: z.string(), number: z.number().int() })
                  .loose(),
              ),
              nextCursor: Id.nullable(),
            }),
          ),
          refused: [400, 401, 403],
        }),
      },
      '/api/v1/organisation': {
        get: route({
          operationId: 'organisation',
          summary: 'My organisation',
          answer: json(z.object({ id: Id, name: z.string(), language: z.string(), currency: z.string() })),
          refused: [401],
        }),
      },
    },
  };
  return createDocument(description);
}
