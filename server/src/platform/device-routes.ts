import type { Request, Response } from 'express';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { DeviceKind, type Actor } from '@schalter/shared/kernel/actor.ts';
import { Id } from '@schalter/shared/kernel/ids.ts';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { NonEmptyText } from '@schalter/shared/kernel/text.ts';
import { addMs } from '@schalter/shared/kernel/time.ts';
import { can, worksAt } from '@schalter/shared/platform/access.ts';
import { actorOfPerson } from '@schalter/shared/platform/rights.ts';
import type { DeviceSettings } from '@schalter/shared/platform/rows.ts';
import { cookieOptions, parse, submit, type Parts } from '../transport/caller.ts';
import { addressOf } from '../transport/limits.ts';
import { Routes, type Device } from '../transport/routes.ts';
import type { DeviceToken, Pairing } from './credential-store.ts';
import { deviceCookie, proofOf } from './identity.ts';
import { equalText, hashToken, newPairingCode, newToken, normaliseCode } from './secrets.ts';

/** A code is on a screen in a public hall: it lives as long as it takes to walk to the tablet. */
const PAIRING_MS = 10 * 60_000;
/** A device's cookie outlives holidays; the token behind it is what is revoked. */
const DEVICE_COOKIE_MS = 400 * 86_400_000;

const RequestPairing = z.strictObject({ kind: DeviceKind });
const ClaimPairing = z.strictObject({ code: z.string().max(20) });
const ApprovePairing = z.strictObject({ locationId: Id, name: NonEmptyText(60) });
const DemoDevice = z.strictObject({ kind: DeviceKind, slot: z.number().int().min(1).max(9) });

/** Where a device starts; a manager changes it in the set-up. */
const DEFAULT_SETTINGS: DeviceSettings = {
  serviceIds: [],
  languages: ['de', 'fr', 'it', 'en'],
  takeoverMs: 8_000,
  speech: true,
  paperMm: 80,
  media: 'none',
  mediaText: { de: '', fr: '', it: '', en: '' },
};

export function deviceRoutes(parts: Parts): Routes {
  const { credentials, limits, clock } = parts;
  const routes = new Routes(parts);

  routes.anyone('post', '/pairings', async (request, response) => {
    const body = parse(RequestPairing, request.body);
    if (!body.ok) return body;
    const limited = await limits.take('pairingRequest', addressOf(request));
    if (limited !== null) return limited;
    const [id, code, secret, requestedAt] = [uuid(), newPairingCode(), newToken(), clock.now()];
    const expiresAt = addMs(requestedAt, PAIRING_MS);
    await credentials.requestPairing({
      id,
      codeHash: hashToken(normaliseCode(code)),
      secretHash: hashToken(secret),
      kind: body.data.kind,
      address: addressOf(request).slice(0, 64),
      userAgent: (request.get('user-agent') ?? '').slice(0, 200),
      requestedAt,
      expiresAt,
    });
    response.status(201).json({ pairingId: id, code, secret, expiresAt });
    return undefined;
  });

  routes.anyone('get', '/pairings/:pairingId', (request, response) => collect(parts, request, response));

  routes.inOrganisation('post', '/pairings/claim', 'devices.set', async (person, request, response) => {
    const body = parse(ClaimPairing, request.body);
    if (!body.ok) return body;
    const limited = await limits.take('pairingClaim', person.personId);
    if (limited !== null) return limited;
    const codeHash = hashToken(normaliseCode(body.data.code));
    const pairing = await credentials.claimPairing(codeHash, person.personId, clock.now());
    if (pairing === null) return reject('pairingCodeUnknown');
    const { id: pairingId, kind, requestedAt, address, userAgent } = pairing;
    response.json({
      pairingId,
      kind,
      requestedAt: new Date(requestedAt).toISOString(),
      address,
      userAgent,
    });
    return undefined;
  });

  routes.inOrganisation(
    'post',
    '/pairings/:pairingId/approve',
    'devices.set',
    async (person, request, response) => {
      const body = parse(ApprovePairing, request.body);
      if (!body.ok) return body;
      const { locationId, name } = body.data;
      const pairing = await readPairing(parts, request);
      if (pairing?.claimedBy !== person.personId) return reject('pairingCodeUnknown');
      if (isOver(pairing.expiresAt, clock.now()) || pairing.deviceId !== null)
        return reject('pairingCodeExpired');
      const scope = { organisationId: person.organisationId, locationId };
      if (!can(person, 'devices.set', scope)) return reject('notPermitted');
      const registered = await register(parts, person, locationId, name, DeviceKind.parse(pairing.kind));
      if (!registered.ok) return registered;
      const { deviceId } = registered;
      if (!(await credentials.approvePairing(pairing.id, { ...scope, deviceId }))) {
        // Approved twice at the same instant: one code is one device, and this one is not it.
        const revoked = { streamId: locationId, type: 'platform.revokeDevice', input: { deviceId } } as const;
        await submit(parts, { ...revoked, actor: person });
        return reject('pairingCodeExpired');
      }
      response.status(201).json({ deviceId });
      return undefined;
    },
  );

  routes.device('get', '/device', 'device', async (device, request, response) => {
    await renewToken(parts, request, response, device.deviceId);
    return describe(parts, device, response);
  });

  routes.atLocation(
    'get',
    '/locations/:locationId/devices',
    'devices.set',
    async (_person, _request, response, { organisationId, locationId }) => {
      response.json({ devices: await parts.devices.seen(organisationId, locationId) });
      return undefined;
    },
  );
  if (parts.demo)
    routes.anyone('post', '/demo/devices', (request, response) => demoDevice(parts, request, response));
  return routes;
}

/** The database writes its own form of a time; only instants compare as text. */
const isOver = (expiresAt: string, now: string): boolean => new Date(expiresAt).toISOString() < now;

async function readPairing(parts: Parts, request: Request): Promise<Pairing | null> {
  const id = Id.safeParse(request.params['pairingId']);
  return id.success ? parts.credentials.pairing(id.data) : null;
}

async function collect(parts: Parts, request: Request, response: Response): Promise<Rejection | undefined> {
  const { credentials, clock } = parts;
  const pairing = await readPairing(parts, request);
  const { bearer } = proofOf(request.headers, {});
  if (pairing === null || bearer === null || !equalText(pairing.secretHash, hashToken(bearer)))
    return reject('pairingCodeUnknown');
  const { organisationId, locationId, deviceId } = pairing;
  if (organisationId === null || locationId === null || deviceId === null) {
    if (isOver(pairing.expiresAt, clock.now())) return reject('pairingCodeExpired');
    response.json({ state: 'waiting' });
    return undefined;
  }
  const device = { organisationId, locationId, deviceId };
  if (!(await credentials.collectPairing({ ...device, id: pairing.id }, clock.now())))
    return reject('pairingCodeExpired');
  await giveToken(parts, response, device);
  response.json({ state: 'approved', deviceId, locationId });
  return undefined;
}

async function register(parts: Parts, actor: Actor, locationId: string, name: string, kind: DeviceKind) {
  const deviceId = uuid();
  const answer = await submit(parts, {
    streamId: locationId,
    type: 'platform.registerDevice',
    input: { deviceId, kind, name, settings: DEFAULT_SETTINGS },
    actor,
  });
  return answer.ok ? ({ ok: true, deviceId } as const) : answer;
}

/** A browser that asks who it is with an old token gets the next one with the answer. */
async function renewToken(
  parts: Parts,
  request: Request,
  response: Response,
  deviceId: string,
): Promise<void> {
  const { device } = proofOf(request.headers, { deviceId });
  const next = device === null ? null : await parts.devices.next(device.token, parts.clock.now());
  if (next !== null) setToken(parts, response, deviceId, next);
}

function setToken(parts: Parts, response: Response, deviceId: string, token: string): void {
  response.cookie(deviceCookie(deviceId), token, { ...cookieOptions(parts), maxAge: DEVICE_COOKIE_MS });
}

async function giveToken(parts: Parts, response: Response, device: DeviceToken): Promise<void> {
  const token = await parts.credentials.issueDeviceToken(device, parts.clock.now());
  setToken(parts, response, device.deviceId, token);
}

async function describe(parts: Parts, device: Device, response: Response): Promise<Rejection | undefined> {
  const { organisationId, locationId, deviceId, deviceKind } = device;
  const found = await parts.engine.read(locationId, ({ live }) => {
    const device = live.rows.devices.get(deviceId);
    const location = live.rows.locations.get(locationId);
    if (device === undefined || location === undefined) return null;
    const { id, code, name, timeZone, languages, joinByPhone } = location;
    return { device, location: { id, code, name, timeZone, languages, joinByPhone } };
  });
  if (found === null) return reject('deviceRevoked');
  const people = deviceKind === 'station' ? await peopleOf(parts, organisationId, locationId) : undefined;
  response.json({ ...found, publicUrl: parts.publicUrl(), ...(people === undefined ? {} : { people }) });
  return undefined;
}

/** Who may sign in on a station: the names that colleagues at the same counter know anyway. */
async function peopleOf(parts: Parts, organisationId: string, locationId: string) {
  const as = { deviceId: null, now: parts.clock.now() };
  const rows =
    (await parts.engine.read(organisationId, ({ live }) =>
      [...live.rows.people.values()].filter(
        (p) => p.active && worksAt(actorOfPerson(live, p, as), { organisationId, locationId }),
      ),
    )) ?? [];
  const withPin = await parts.credentials.withPin(
    organisationId,
    rows.map((p) => p.id),
  );
  return rows
    .map(({ id, name }) => ({ id, name, hasPin: withPin.has(id) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The demo's screens pair themselves; the same kind and slot is the same device again. */
async function demoDevice(
  parts: Parts,
  request: Request,
  response: Response,
): Promise<Rejection | undefined> {
  const body = parse(DemoDevice, request.body);
  if (!body.ok) return body;
  const organisationId = (await parts.queries.organisationIds())[0];
  const location =
    organisationId === undefined ? undefined : (await parts.queries.locations(organisationId))[0];
  if (organisationId === undefined || location === undefined) return reject('unknownLocation');
  const name = `${DEMO_NAMES[body.data.kind]} ${body.data.slot}`;
  const known = await parts.engine.read(location.id, ({ live }) =>
    [...live.rows.devices.values()].find(
      (d) => d.name === name && d.kind === body.data.kind && d.revokedAt === null,
    ),
  );
  const registered = known
    ? ({ ok: true, deviceId: known.id } as const)
    : await register(parts, { kind: 'system' }, location.id, name, body.data.kind);
  if (!registered.ok) return registered;
  await giveToken(parts, response, {
    organisationId,
    locationId: location.id,
    deviceId: registered.deviceId,
  });
  response.json({ deviceId: registered.deviceId, locationId: location.id });
  return undefined;
}

const DEMO_NAMES: Readonly<Record<DeviceKind, string>> = {
  kiosk: 'Kiosk',
  display: 'Anzeige',
  station: 'Tablet',
};
