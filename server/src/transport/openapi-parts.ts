import { z } from 'zod';
import type { ZodOpenApiOperationObject } from 'zod-openapi';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { CONDITIONS, PERMISSIONS, SCOPES } from '@schalter/shared/kernel/permission.ts';
import { REJECTION_CODES } from '@schalter/shared/kernel/rejections.ts';
import { Language } from '@schalter/shared/kernel/text.ts';

/** What the descriptions of the routes are made of. Tests hold every answer of the server against them. */

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

const Right = z
  .object({
    permission: z.enum(PERMISSIONS),
    effect: z.enum(['allow', 'deny']),
    scope: z.enum(SCOPES),
    locationIds: z.union([z.literal('all'), z.array(Id)]),
    condition: z.object({ kind: z.enum(CONDITIONS) }).nullable(),
    until: z.string().nullable(),
  })
  .meta({ id: 'Right' });

export const Profile = z
  .object({
    person: z
      .object({
        id: Id,
        name: z.string(),
        email: z.string(),
        role: z.string(),
        locationIds: z.array(Id),
        language: Language,
      })
      .nullable(),
    rights: z.array(Right),
    needsSecondFactor: z
      .boolean()
      .meta({ description: 'Rights to set up rest until the second factor has come' }),
    organisation: z.object({ id: Id, name: z.string() }).nullable(),
    locations: z.array(z.object({ id: Id, code: z.string(), name: z.string(), timeZone: z.string() })),
    device: z.object({ id: Id, name: z.string(), locationId: Id }).nullable(),
    hasPin: z.boolean(),
    publicUrl: z.string(),
  })
  .meta({ id: 'Profile' });

/** What a sign-in is answered with. */
export const SignedIn = Profile.extend({
  failedAttempts: z.number().int().meta({ description: 'Wrong ones since the last sign-in' }),
}).meta({ id: 'SignedIn' });

/** Minutes; null where no counter is open. */
export const Range = z.object({ lowMin: z.number(), highMin: z.number() }).nullable();

const problems = (codes: readonly number[]) =>
  Object.fromEntries(
    [...new Set(codes)]
      .sort((a, b) => a - b)
      .map((code) => [
        String(code),
        { description: 'Refused', content: { 'application/problem+json': { schema: Problem } } },
      ]),
  );

export const json = (schema: z.ZodType, description = 'OK') => ({
  description,
  content: { 'application/json': { schema } },
});
export const nothing = (description: string) => ({ description });
export const body = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

type Operation = Omit<ZodOpenApiOperationObject, 'responses'> & {
  readonly answer: ReturnType<typeof json> | ReturnType<typeof nothing>;
  readonly status?: 200 | 201 | 204;
  readonly refused: readonly number[];
};

const operation = ({ answer, status = 200, refused, ...rest }: Operation, always: readonly number[]) =>
  ({
    ...rest,
    responses: { [String(status)]: answer, ...problems([...refused, ...always]) },
  }) as ZodOpenApiOperationObject;

/** 400: an address that cannot be read. 403: a page of another origin. 429: too many. 500: a mistake of ours. 503: the database is away, try again. */
export const reads = (described: Operation): ZodOpenApiOperationObject =>
  operation(described, [400, 403, 429, 500, 503]);

/** The same, and 413: more than a command can be. */
export const writes = (described: Operation): ZodOpenApiOperationObject =>
  operation(described, [400, 403, 413, 429, 500, 503]);
