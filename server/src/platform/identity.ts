import { parseCookie } from 'cookie';
import type { Actor } from '@schalter/shared/kernel/actor.ts';
import { actorOfPerson, nextEnd } from '@schalter/shared/platform/rights.ts';
import { withoutSetUp } from '@schalter/shared/platform/set-up-rights.ts';
import type { Clock } from '../ports/clock.ts';
import type { Engine } from '../engine/execute.ts';
import type { CachedStream } from '../engine/streams.ts';
import type { DeviceTokens } from './device-token-store.ts';
import type { PlatformQueries } from './queries.ts';
import type { SessionStore } from './session-store.ts';

/** The access token of a session; minutes. */
export const SESSION_COOKIE = 'schalter_session';
/** What the next access token is asked for with. */
export const REFRESH_COOKIE = 'schalter_refresh';
/** Carried from the first step of a sign-in to the second; it proves nothing else. */
export const STEP_COOKIE = 'schalter_step';
export const deviceCookie = (deviceId: string): string => `schalter_device_${deviceId}`;

/** How a caller proves itself; read from headers or from a socket's handshake, never from a command. */
export interface Proof {
  readonly session: string | null;
  readonly device: { readonly id: string | null; readonly token: string } | null;
  readonly ticket: string | null;
  /** A token that may be a session's or a device's (`Authorization: Bearer`). */
  readonly bearer: string | null;
}

type ProofKind = 'person' | 'device' | 'any';

/** Proofs remembered for some seconds; beyond it all are asked for again. */
const RECENT_MAX = 20_000;

const DEVICE_ID = /^[0-9a-f-]{36}$/;
/** Base64url, as every token and link is. */
const TOKEN = /^[A-Za-z0-9_-]{1,200}$/;
const WRONG_TOKEN = '-';

export function proofOf(
  headers: { readonly cookie?: string | undefined; readonly authorization?: string | undefined },
  claimed: {
    readonly deviceId?: unknown;
    readonly ticket?: unknown;
    readonly token?: unknown;
    readonly as?: unknown;
  },
): Proof {
  const cookies = parseCookie(headers.cookie ?? '');
  const [scheme, value] = (headers.authorization ?? '').split(' ', 2);
  const deviceId =
    typeof claimed.deviceId === 'string' && DEVICE_ID.test(claimed.deviceId) ? claimed.deviceId : null;
  const deviceToken = deviceId === null ? null : tokenOrNull(cookies[deviceCookie(deviceId)]);
  return {
    session: tokenOrNull(cookies[SESSION_COOKIE]),
    device: deviceToken === null ? null : { id: deviceId, token: deviceToken },
    ticket: tokenOrNull(scheme === 'Ticket' ? value : claimed.ticket),
    bearer: tokenOrNull(scheme === 'Bearer' ? value : claimed.token),
  };
}
/** Apart from the proofs: it proves nothing but that its session may go on. */
export const refreshTokenOf = (headers: { readonly cookie?: string | undefined }): string | null =>
  tokenOrNull(parseCookie(headers.cookie ?? '')[REFRESH_COOKIE]);

export const stepTokenOf = (headers: { readonly cookie?: string | undefined }): string | null =>
  tokenOrNull(parseCookie(headers.cookie ?? '')[STEP_COOKIE]);

/** Something else than a token (a text with a NUL, say) is as good as a wrong one, and no database sees it. */
const tokenOrNull = (value: unknown): string | null => {
  if (typeof value !== 'string' || value === '') return null;
  return TOKEN.test(value) ? value : WRONG_TOKEN;
};

export interface Identity {
  readonly actor: Actor;
  /** The paired device that the request comes from, a signed-in person's included. */
  readonly deviceId: string | null;
  /** What the proof named is there no longer: told apart from "nobody". */
  readonly revoked: boolean;
  /** From then on one of the rights is over, and it is asked anew. */
  readonly until?: string | null;
  /** Of a person: the session, which fresh proofs belong to. */
  readonly sessionId?: string;
}

const NOBODY: Identity = { actor: { kind: 'anonymous' }, deviceId: null, revoked: false };
const REVOKED: Identity = { actor: { kind: 'anonymous' }, deviceId: null, revoked: true };

const isRequired = ({ rows }: CachedStream['live']): boolean =>
  [...rows.organisations.values()].some(({ secondFactorRequired }) => secondFactorRequired);

/** Turns proofs into actors. It asks each time: a revoked device or a changed role counts at once. */
export class Identities {
  readonly #devices: DeviceTokens;
  readonly #sessions: SessionStore;
  readonly #queries: PlatformQueries;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #recent = new Map<string, { readonly identity: Promise<Identity>; readonly askedAt: number }>();

  constructor(parts: {
    devices: DeviceTokens;
    sessions: SessionStore;
    queries: PlatformQueries;
    engine: Engine;
    clock: Clock;
  }) {
    this.#devices = parts.devices;
    this.#sessions = parts.sessions;
    this.#queries = parts.queries;
    this.#engine = parts.engine;
    this.#clock = parts.clock;
  }

  /**
   * A ticket's link comes first (a phone page knows who it is), then a kiosk's or display's own token, then
   * the person: a staff tablet sends both its device and its session.
   */
  identify(proof: Proof, as: ProofKind): Promise<Identity> {
    return this.#identify(proof, as, false);
  }

  /**
   * The same for a connection: asked at most once in `maxAgeMs`, by all that hold the same proof. One that is `staying`
   * was let in already: it stays as long as its session, also when the token that it began with has run out.
   */
  recent(proof: Proof, as: ProofKind, maxAgeMs: number, staying: boolean): Promise<Identity> {
    const key = JSON.stringify([proof, as, staying]);
    const now = Date.now();
    const known = this.#recent.get(key);
    if (known !== undefined && now - known.askedAt < maxAgeMs)
      return known.identity.then((identity) =>
        this.#current(identity, () => this.#identify(proof, as, staying)),
      );
    if (this.#recent.size >= RECENT_MAX) this.#recent.clear();
    const asked = { identity: this.#identify(proof, as, staying), askedAt: now };
    this.#recent.set(key, asked);
    asked.identity.catch(() => this.#recent.delete(key));
    return asked.identity;
  }

  #current(identity: Identity, anew: () => Promise<Identity>): Identity | Promise<Identity> {
    const { until = null } = identity;
    return until !== null && until <= this.#clock.now() ? anew() : identity;
  }

  /** Rights have changed: everybody is asked for anew. */
  forget(): void {
    this.#recent.clear();
  }

  async #identify(proof: Proof, as: ProofKind, staying: boolean): Promise<Identity> {
    if (proof.ticket !== null) return this.#customer(proof.ticket);
    const device =
      proof.device === null ? null : await this.#device(proof.device.token, proof.device.id, staying);
    if (as === 'device')
      return device ?? (await this.#bearer(proof, staying)) ?? (proof.device === null ? NOBODY : REVOKED);
    if (proof.session !== null) {
      const person = await this.#person(proof.session, device?.deviceId ?? null, staying);
      if (person !== null) return person;
    }
    const bearer = await this.#bearer(proof, staying);
    if (bearer !== null) return bearer;
    if (as === 'person')
      return { ...NOBODY, deviceId: device?.deviceId ?? null, revoked: proof.session !== null };
    return device ?? (proof.device === null ? NOBODY : REVOKED);
  }

  async #bearer(proof: Proof, staying: boolean): Promise<Identity | null> {
    if (proof.bearer === null) return null;
    return (
      (await this.#person(proof.bearer, null, staying)) ??
      (await this.#device(proof.bearer, null, staying)) ??
      REVOKED
    );
  }

  async #customer(linkToken: string): Promise<Identity> {
    const visit = await this.#queries.visitByLink(linkToken);
    if (visit === null) return REVOKED;
    const { organisationId, locationId } = visit;
    return { ...NOBODY, actor: { kind: 'customer', visitId: visit.id, organisationId, locationId } };
  }

  async #device(token: string, claimedId: string | null, staying: boolean): Promise<Identity | null> {
    const known = await this.#devices.byToken(token, this.#clock.now(), staying);
    if (known === null || (claimedId !== null && known.deviceId !== claimedId)) return null;
    const row = await this.#row(known.locationId, (s) => s.live.rows.devices.get(known.deviceId) ?? null);
    if (row === null || row.revokedAt !== null) return null;
    return {
      actor: { kind: 'device', deviceKind: row.kind, ...known },
      deviceId: known.deviceId,
      revoked: false,
    };
  }

  async #person(token: string, deviceId: string | null, staying: boolean): Promise<Identity | null> {
    const session = await this.#sessions.byAccess(token, this.#clock.now(), staying);
    if (session === null) return null;
    // A session that began with a PIN lives on the station where it was typed, and as long as that is paired.
    if (session.deviceId !== null && session.deviceId !== deviceId) return null;
    const as = { deviceId: deviceId ?? session.deviceId, now: this.#clock.now() };
    const actor = await this.#row(session.organisationId, ({ live }) => {
      const person = live.rows.people.get(session.personId);
      if (person?.active !== true) return null;
      const full = actorOfPerson(live, person, as);
      return session.isStrong || !isRequired(live) ? full : { ...full, rights: withoutSetUp(full.rights) };
    });
    if (actor === null) return null;
    return {
      actor,
      deviceId: as.deviceId,
      revoked: false,
      until: nextEnd(actor.rights),
      sessionId: session.id,
    };
  }

  /** The proof is good, so the row is there: where it is not, another process has just written it. */
  async #row<T>(streamId: string, look: (stream: CachedStream) => T | null): Promise<T | null> {
    const known = await this.#engine.read(streamId, look);
    if (known !== null) return known;
    this.#engine.wake(streamId, Infinity);
    return this.#engine.read(streamId, look);
  }
}
