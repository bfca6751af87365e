import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { DeviceKind } from '@schalter/shared/kernel/actor.ts';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { Instant } from '@schalter/shared/kernel/time-schemas.ts';
import { Device, Location } from '@schalter/shared/platform/rows.ts';
import { body, json, reads, writes } from './openapi-parts.ts';

const Paired = z.object({ deviceId: Id, locationId: Id });

/** How a kiosk, a display or a station comes to its token, and what it learns of itself. */
export const devicePaths: ZodOpenApiPathsObject = {
  '/api/v1/pairings': {
    post: writes({
      operationId: 'requestPairing',
      summary: 'A new device asks for a code',
      requestBody: body(z.object({ kind: DeviceKind })),
      answer: json(
        z.object({ pairingId: Id, code: z.string(), secret: z.string(), expiresAt: Instant }),
        'Created',
      ),
      status: 201,
      refused: [429],
    }),
  },
  '/api/v1/pairings/{pairingId}': {
    get: reads({
      operationId: 'collectPairing',
      summary: 'The new device asks whether it is approved; the cookie with its token comes once',
      requestParams: { path: z.object({ pairingId: Id }) },
      answer: json(
        z.discriminatedUnion('state', [
          z.object({ state: z.literal('waiting') }),
          z.object({ state: z.literal('approved'), ...Paired.shape }),
        ]),
      ),
      refused: [404, 410],
    }),
  },
  '/api/v1/pairings/claim': {
    post: writes({
      operationId: 'claimPairing',
      summary: 'Type the code of a device',
      requestBody: body(z.object({ code: z.string() })),
      answer: json(
        z.object({
          pairingId: Id,
          kind: DeviceKind,
          requestedAt: Instant,
          address: z.string(),
          userAgent: z.string(),
        }),
      ),
      refused: [401, 404, 429],
    }),
  },
  '/api/v1/pairings/{pairingId}/approve': {
    post: writes({
      operationId: 'approvePairing',
      summary: 'Take the device in',
      requestParams: { path: z.object({ pairingId: Id }) },
      requestBody: body(z.object({ locationId: Id, name: z.string() })),
      answer: json(z.object({ deviceId: Id }), 'Created'),
      status: 201,
      refused: [401, 404, 409, 410],
    }),
  },
  '/api/v1/device': {
    get: reads({
      operationId: 'device',
      summary: 'Who this device is; a station also gets the people who may sign in on it',
      answer: json(
        z.object({
          device: Device,
          location: Location.pick({
            id: true,
            code: true,
            name: true,
            timeZone: true,
            languages: true,
            joinByPhone: true,
          }),
          publicUrl: z.string(),
          people: z.array(z.object({ id: Id, name: z.string(), hasPin: z.boolean() })).optional(),
        }),
      ),
      refused: [401],
    }),
  },
  '/api/v1/locations/{locationId}/devices': {
    get: reads({
      operationId: 'devicesSeen',
      summary: 'When each device of a location was here last; null for one that never was',
      requestParams: { path: z.object({ locationId: Id }) },
      answer: json(
        z.object({ devices: z.array(z.object({ deviceId: Id, lastSeenAt: Instant.nullable() })) }),
      ),
      refused: [401, 403],
    }),
  },
  '/api/v1/demo/devices': {
    post: writes({
      operationId: 'demoDevice',
      summary: 'A device of the demo, without pairing; elsewhere there is no such address',
      requestBody: body(z.object({ kind: DeviceKind, slot: z.number().int().min(1).max(9) })),
      answer: json(Paired),
      refused: [404],
    }),
  },
};
