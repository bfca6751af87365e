import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { Instant } from '@schalter/shared/kernel/time-schemas.ts';
import { json, reads } from './openapi-parts.ts';

const values = z.record(z.string(), z.unknown());
const Row = z.object({ table: z.string(), row: values });
const file = json(
  z
    .object({
      exportedAt: Instant,
      tickets: z.array(z.object({ locationId: Id, visitId: Id })),
      fields: z
        .record(z.string(), values)
        .meta({ description: 'What each field is, what for, and how long it is kept' }),
      held: z.array(Row.extend({ locationId: Id })),
      journal: z.array(
        z.object({
          locationId: Id,
          at: Instant,
          type: z.string(),
          by: z.string(),
          input: values,
          changes: z.array(Row),
        }),
      ),
    })
    .meta({ id: 'PersonalData' }),
);

/** What is held on somebody, for those who ask for it. */
export const privacyPaths: ZodOpenApiPathsObject = {
  '/api/v1/locations/{locationId}/tickets/{visitId}/personal-data': {
    get: reads({
      operationId: 'ticketPersonalData',
      summary: "Everything that is held on a ticket's customer, with the tickets of the same number",
      requestParams: { path: z.object({ locationId: Id, visitId: Id }) },
      answer: file,
      refused: [401, 403, 404],
    }),
  },
  '/api/v1/ticket/personal-data': {
    get: reads({
      operationId: 'ownPersonalData',
      summary: 'Everything that is held on the customer of the link',
      answer: file,
      refused: [404],
    }),
  },
};
