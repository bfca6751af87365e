import type { CookieOptions, Request, Response } from 'express';
import { cookieOptions, type Parts } from '../transport/caller.ts';
import { STEP_MS } from './factor-store.ts';
import { proofOf, REFRESH_COOKIE, refreshTokenOf, SESSION_COOKIE, STEP_COOKIE } from './identity.ts';
import { profile } from './profile.ts';
import { ACCESS_MS, SESSION_MS, type Session, type SignInMethod, type Tokens } from './session-store.ts';
import { signInEvent } from './sign-in-events.ts';

/** The refresh token goes where it is of use, and is in no other request. */
const refreshOptions = (parts: Parts): CookieOptions => ({ ...cookieOptions(parts), path: '/api/v1/auth' });

export function setCookies(parts: Parts, response: Response, { access, refresh }: Tokens): void {
  response.cookie(SESSION_COOKIE, access, { ...cookieOptions(parts), maxAge: ACCESS_MS });
  response.cookie(REFRESH_COOKIE, refresh, { ...refreshOptions(parts), maxAge: SESSION_MS });
}

export function setStep(parts: Parts, response: Response, token: string): void {
  response.cookie(STEP_COOKIE, token, { ...refreshOptions(parts), maxAge: STEP_MS });
}
export function clearStep(parts: Parts, response: Response): void {
  response.clearCookie(STEP_COOKIE, refreshOptions(parts));
}

export function clearCookies(parts: Parts, response: Response): void {
  response
    .clearCookie(SESSION_COOKIE, cookieOptions(parts))
    .clearCookie(REFRESH_COOKIE, refreshOptions(parts));
}

/** Ends what the request proves, whichever of its tokens is left. */
export async function endSessionOf(parts: Parts, request: Request): Promise<void> {
  const { session, bearer } = proofOf(request.headers, {});
  for (const token of [session, bearer, refreshTokenOf(request.headers)]) {
    const ended = token === null ? null : await parts.sessions.endByToken(token, parts.clock.now());
    if (ended === null) continue;
    const { organisationId, personId, deviceId } = ended;
    await signInEvent(parts, { kind: 'signedOut', organisationId, personId, deviceId });
  }
}

/** The session that the request is made in. */
export async function ownSessionId(parts: Parts, request: Request): Promise<string | null> {
  return (await ownSession(parts, request))?.id ?? null;
}
export async function ownSession(parts: Parts, request: Request): Promise<Session | null> {
  const { session, bearer } = proofOf(request.headers, {});
  const token = session ?? bearer;
  return token === null ? null : parts.sessions.byAccess(token, parts.clock.now());
}

interface SignIn {
  readonly organisationId: string;
  readonly personId: string;
  readonly method: SignInMethod;
  /** The station that the session is bound to. */
  readonly boundTo: string | null;
  /** The paired device that this happens on. */
  readonly deviceId: string | null;
  /** With two factors: a code beside the password, a passkey, a PIN on a paired station. */
  readonly isStrong?: boolean;
}

/**
 * Opens a session, sets its cookies and answers with the profile. Whoever was signed in here before is not any more,
 * also for somebody who has copied the cookie.
 */
export async function begin(
  parts: Parts,
  request: Request,
  response: Response,
  { organisationId, personId, method, boundTo, deviceId, isStrong = false }: SignIn,
): Promise<undefined> {
  await endSessionOf(parts, request);
  const userAgent = request.get('user-agent') ?? '';
  const tokens = await parts.sessions.open(
    { organisationId, personId, deviceId: boundTo, method, isStrong, userAgent },
    parts.clock.now(),
  );
  const stored = await parts.credentials.credentials(organisationId, personId);
  const event = { organisationId, personId, deviceId, method };
  await signInEvent(parts, { kind: 'signedIn', ...event });
  setCookies(parts, response, tokens);
  response.json({
    ...(await profile(parts, organisationId, personId, deviceId, isStrong)),
    failedAttempts: stored?.failedAttempts ?? 0,
  });
  return undefined;
}
