import { z } from 'zod';
import { Day } from '@schalter/shared/kernel/time-schemas.ts';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { SERVICE_KINDS } from '@schalter/shared/directory/rows.ts';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { Language, Localised } from '@schalter/shared/kernel/text.ts';
import { Location, Organisation } from '@schalter/shared/platform/rows.ts';
import { Stage, Visit } from '@schalter/shared/queue/rows.ts';
import { commands } from '@schalter/shared/registry.ts';
import { auditPaths } from './openapi-audit.ts';
import { privacyPaths } from './openapi-privacy.ts';
import { devicePaths } from './openapi-devices.ts';
import { body, json, Range, reads, writes } from './openapi-parts.ts';
import { peoplePaths } from './openapi-people.ts';
import { pushPaths } from './openapi-push.ts';

const Accepted = z
  .object({ ok: z.literal(true), seq: z.number().int(), result: z.unknown() })
  .meta({ id: 'Accepted' });

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

const customerPaths: ZodOpenApiPathsObject = {
  '/api/v1/ticket': {
    get: reads({
      operationId: 'ownTicket',
      summary: "The customer's own ticket, by `Authorization: Ticket <link token>`",
      answer: json(
        z.object({
          visitId: Id,
          locationId: Id,
          ...Visit.pick({
            series: true,
            number: true,
            language: true,
            name: true,
            reservationReference: true,
            smsOptIn: true,
            pushOptIn: true,
            endedAt: true,
          }).shape,
          /** Bookings that may still go before. */
          mayPass: z.number().int(),
          location: Location.pick({
            name: true,
            code: true,
            timeZone: true,
            languages: true,
            joinByPhone: true,
            houseMessage: true,
            waitingArea: true,
          }),
        }),
      ),
      refused: [404, 429],
    }),
  },
  '/api/v1/join/{code}': {
    get: reads({
      operationId: 'joinPage',
      summary: 'What a phone needs to join',
      requestParams: { path: z.object({ code: z.string() }) },
      answer: json(
        z.object({
          locationId: Id,
          name: z.string(),
          code: z.string(),
          timeZone: z.string(),
          languages: z.array(Language),
          joinByPhone: z.boolean(),
          smsCountries: z.array(z.string().length(2)),
          services: z.array(
            z.object({
              id: Id,
              letter: z.string(),
              colour: z.number().int(),
              name: Localised(40),
              hint: Localised(60),
              kind: z.enum(SERVICE_KINDS),
              /** Open, or why not and until when. */
              state: z.looseObject({}),
              ahead: z.number().int(),
              range: Range,
            }),
          ),
        }),
      ),
      refused: [404],
    }),
  },
};

const HistoryItem = z.object({
  ...Visit.pick({
    id: true,
    businessDay: true,
    series: true,
    number: true,
    source: true,
    arrivedAt: true,
    endedAt: true,
    rating: true,
  }).shape,
  stages: z.array(
    Stage.pick({
      id: true,
      serviceId: true,
      status: true,
      calledAt: true,
      startedAt: true,
      endedAt: true,
      counterId: true,
    }),
  ),
});

const staffPaths: ZodOpenApiPathsObject = {
  '/api/v1/locations': {
    get: reads({
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
    get: reads({
      operationId: 'tickets',
      summary: 'Tickets of a location, the newest first; `q` is a number, a name or a reservation',
      requestParams: {
        path: z.object({ locationId: Id }),
        query: z.object({
          day: Day.optional(),
          q: z.string().max(80).optional(),
          sort: z.enum(['arrivedAt', '-arrivedAt']).optional(),
          cursor: Id.optional(),
          limit: z.number().int().min(1).max(200).optional(),
        }),
      },
      answer: json(z.object({ items: z.array(HistoryItem), nextCursor: Id.nullable() })),
      refused: [401, 403],
    }),
  },
  '/api/v1/organisation': {
    get: reads({
      operationId: 'organisation',
      summary: 'My organisation',
      answer: json(Organisation.pick({ id: true, name: true, language: true, currency: true })),
      refused: [401, 404],
    }),
  },
};

/** The description of the API, from the schemas that it is checked with. */
export function openApiDocument(version: string): ReturnType<typeof createDocument> {
  return createDocument({
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
        post: writes({
          operationId: 'submitCommand',
          summary: 'Submit a command; the same commandId gets the same answer again',
          requestBody: body(Command),
          answer: json(Accepted),
          refused: [401, 404, 409, 410, 412, 422, 429, 503],
        }),
      },
      ...peoplePaths,
      ...devicePaths,
      ...pushPaths,
      ...customerPaths,
      ...staffPaths,
      ...auditPaths,
      ...privacyPaths,
    },
  });
}
