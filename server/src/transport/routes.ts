import { Router, type Request, type Response } from 'express';
import type { Actor, DeviceKind } from '@schalter/shared/kernel/actor.ts';
import { Id } from '@schalter/shared/kernel/ids.ts';
import type { Permission } from '@schalter/shared/kernel/permission.ts';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { can, type Scope } from '@schalter/shared/platform/access.ts';
import type { ProofAction } from '@schalter/shared/platform/proof.ts';
import { proofOf, type Identity } from '../platform/identity.ts';
import { provenly } from '../platform/proof.ts';
import { identify, parse, type Parts } from './caller.ts';
import { deniedTo } from './commands.ts';
import { addressOf } from './limits.ts';
import { handle } from './problem.ts';

export type Person = Extract<Actor, { kind: 'person' }>;
export type Device = Extract<Actor, { kind: 'device' }>;
export type Customer = Extract<Actor, { kind: 'customer' }>;

type Method = 'get' | 'post' | 'put' | 'delete';
type Told = Promise<Rejection | undefined>;
type For<Caller> = (caller: Caller, request: Request, response: Response) => Told;

type LocationScope = Scope & { readonly locationId: string };
type ScopeOf<Where extends Scope> = (
  person: Person,
  request: Request,
) => { readonly ok: true; readonly scope: Where } | Rejection;
type In<Where extends Scope> = (person: Person, request: Request, response: Response, scope: Where) => Told;

/** Whom a route serves: a permission, or a kind of caller. `anyone` proves by what is sent that it may. */
export type Access = Permission | 'anyone' | 'person' | 'customer' | DeviceKind | 'device';

export interface Declared {
  readonly method: Method;
  readonly path: string;
  readonly access: Access;
  readonly proof: Proof | null;
}

/** What a route asks a fresh proof for: the action, and the part of the path that names to whom or what it is done. */
interface Proof {
  readonly action: ProofAction;
  readonly target: string | null;
}

/**
 * The routes of one capability below /api/v1. Each says whom it serves, and whoever is somebody else is refused
 * before anything that was sent is looked at. A route cannot be made in another way.
 */
export class Routes {
  readonly router = Router();
  readonly declared: Declared[] = [];
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  anyone(method: Method, path: string, handler: (request: Request, response: Response) => Told): void {
    this.#add(method, path, 'anyone', handler);
  }

  /** Somebody who has signed in, whatever the role. */
  person(method: Method, path: string, handler: For<Person>, proof: Proof | null = null): void {
    this.#declare({ method, path, access: 'person', proof }, async (request, response) => {
      const identity = await identify(this.#parts, request, 'person');
      const { actor } = identity;
      if (actor.kind !== 'person') return reject('notSignedIn');
      return this.#provenly(proof, identity, request, () => handler(actor, request, response));
    });
  }

  /** Somebody who has signed in and may, at the `:locationId` of the path. */
  atLocation(
    method: Method,
    path: string,
    permission: Permission,
    handler: In<LocationScope>,
    proof: Proof | null = null,
  ): void {
    const scopeOf: ScopeOf<LocationScope> = (person, request) => {
      const id = parse(Id, request.params['locationId']);
      return id.ok ? { ok: true, scope: { organisationId: person.organisationId, locationId: id.data } } : id;
    };
    this.#permitted({ method, path, access: permission, proof }, permission, handler, scopeOf);
  }

  /** Somebody who has signed in and may, in the own organisation. */
  inOrganisation(
    method: Method,
    path: string,
    permission: Permission,
    handler: In<Scope>,
    proof: Proof | null = null,
  ): void {
    const scopeOf: ScopeOf<Scope> = ({ organisationId }) => ({
      ok: true,
      scope: { organisationId, locationId: null },
    });
    this.#permitted({ method, path, access: permission, proof }, permission, handler, scopeOf);
  }

  /** A paired device; of one kind, where one is named. */
  device(method: Method, path: string, kind: DeviceKind | 'device', handler: For<Device>): void {
    this.#add(method, path, kind, async (request, response) => {
      const { actor } = await identify(this.#parts, request, 'device');
      if (actor.kind !== 'device') return reject(kind === 'device' ? 'deviceRevoked' : 'notPermitted');
      if (kind !== 'device' && actor.deviceKind !== kind) return reject('notPermitted');
      return handler(actor, request, response);
    });
  }

  /** The customer of a ticket's link. A wrong, a dead and an invented one look alike, and guessing is slow. */
  customer(method: Method, path: string, handler: For<Customer>): void {
    this.#add(method, path, 'customer', async (request, response) => {
      const { actor } = await identify(this.#parts, request, 'any');
      if (actor.kind === 'customer') return handler(actor, request, response);
      const limited = await this.#parts.limits.take('ticketMiss', addressOf(request));
      return limited ?? reject('visitUnknown');
    });
  }

  #permitted<Where extends Scope>(
    declared: Declared,
    permission: Permission,
    handler: In<Where>,
    scopeOf: ScopeOf<Where>,
  ): void {
    this.#declare(declared, async (request, response) => {
      const identity = await identify(this.#parts, request, 'person');
      const { actor } = identity;
      if (actor.kind !== 'person') return reject('notSignedIn');
      const where = scopeOf(actor, request);
      if (!where.ok) return where;
      if (!can(actor, permission, where.scope)) {
        const denied = deniedTo(identity, permission);
        if (denied !== null) void this.#parts.security.record(denied);
        return reject('notPermitted');
      }
      const carryOut = () => handler(actor, request, response, where.scope);
      return this.#provenly(declared.proof, identity, request, carryOut);
    });
  }

  /** Whoever may is asked for the proof, so that nobody else learns what asks for one. */
  #provenly(proof: Proof | null, identity: Identity, request: Request, carryOut: () => Told): Told {
    if (proof === null) return carryOut();
    const target = proof.target === null ? '' : String(request.params[proof.target]);
    const of = { action: proof.action, target };
    return provenly(this.#parts, identity, of, carryOut, (told) => told !== undefined);
  }

  /** By address; and by who says to be who, known or not, for this one route. */
  async #tooMany(request: Request, route: string): Promise<Rejection | null> {
    const { limits } = this.#parts;
    const { session, device, bearer, ticket } = proofOf(request.headers, {
      deviceId: request.get('x-schalter-device'),
    });
    const address = addressOf(request);
    const who = session ?? device?.token ?? bearer ?? ticket ?? address;
    return (await limits.take('address', address)) ?? limits.take('request', `${route} ${who}`);
  }

  #add(
    method: Method,
    path: string,
    access: Access,
    handler: (request: Request, response: Response) => Told,
  ): void {
    this.#declare({ method, path, access, proof: null }, handler);
  }

  #declare(declared: Declared, handler: (request: Request, response: Response) => Told): void {
    const { method, path } = declared;
    this.declared.push(declared);
    this.router[method](
      path,
      handle(async (request, response) => {
        const limited = await this.#tooMany(request, `${method} ${path}`);
        return limited ?? handler(request, response);
      }),
    );
  }
}
