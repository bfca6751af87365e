import type { ErrorRequestHandler, NextFunction, Request, RequestHandler, Response } from 'express';
import { LANGUAGES, type Language } from '@schalter/shared/kernel/text.ts';
import type { Rejection, RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import { rejectionMessages } from '@schalter/shared/i18n/rejections.ts';

/** The HTTP status of a rejection; what a rule refuses is a conflict with the state. */
const STATUS: Readonly<Partial<Record<RejectionCode, number>>> = {
  invalidInput: 400,
  unknownCommand: 400,
  methodNotAllowed: 405,
  tooLarge: 413,
  rateLimited: 429,
  pinLocked: 429,
  unavailable: 503,
  internal: 500,
  notSignedIn: 401,
  deviceRevoked: 401,
  wrongPassword: 401,
  secondFactorRequired: 401,
  wrongCode: 401,
  passkeyWrong: 401,
  wrongPin: 401,
  notPermitted: 403,
  proofRequired: 403,
  phoneJoinOff: 403,
  notFound: 404,
  unknownStream: 404,
  unknownLocation: 404,
  pairingCodeUnknown: 404,
  personUnknown: 404,
  deviceUnknown: 404,
  serviceUnknown: 404,
  counterUnknown: 404,
  stageUnknown: 404,
  visitUnknown: 404,
  callUnknown: 404,
  messageUnknown: 404,
  reservationUnknown: 404,
  pairingCodeExpired: 410,
  linkDead: 410,
  commandExpired: 410,
  protocolTooOld: 426,
  serverTooOld: 501,
  versionConflict: 412,
  pinTooSimple: 422,
  passwordTooShort: 422,
  passwordTooEasy: 422,
  phoneInvalid: 422,
  phoneNotMobile: 422,
  phoneCountryNotAllowed: 422,
  consentMissing: 422,
  hoursInvalid: 422,
  timeZoneUnknown: 422,
  commandIdReused: 422,
};
export const statusOf = (code: RejectionCode): number => STATUS[code] ?? 409;

export const languageOf = (request: Request): Language => {
  const wanted = request.acceptsLanguages([...LANGUAGES]);
  return LANGUAGES.find((language) => language === wanted) ?? 'en';
};

/** A database that restarts is back after about a second. */
const RETRY_AFTER_S = 2;

/** RFC 9457: one shape for every error, the sentence in the caller's language, nothing internal. */
export function sendProblem(request: Request, response: Response, rejection: Rejection): void {
  const status = statusOf(rejection.code);
  if (status === 503) response.setHeader('Retry-After', String(RETRY_AFTER_S));
  if (status === 429 && typeof rejection.details?.['retryAfterS'] === 'number') {
    response.setHeader('Retry-After', String(rejection.details['retryAfterS']));
  }
  response
    .status(status)
    .type('application/problem+json')
    .json({
      type: `/api/docs#${rejection.code}`,
      title: rejection.code,
      status,
      code: rejection.code,
      detail: rejectionMessages[languageOf(request)][rejection.code],
      ...(rejection.details === undefined ? {} : { details: rejection.details }),
    });
}

/** Handlers return a rejection or have answered themselves; a thrown error is a bug, told without its inside. */
export const handle =
  (handler: (request: Request, response: Response) => Promise<Rejection | undefined>): RequestHandler =>
  (request: Request, response: Response, next: NextFunction) => {
    handler(request, response).then((rejection) => {
      if (rejection !== undefined) sendProblem(request, response, rejection);
    }, next);
  };

export const onError =
  (log: (error: unknown) => void): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = (error as { status?: unknown }).status;
    if (status === 413) sendProblem(request, response, { ok: false, code: 'tooLarge' });
    else if (typeof status === 'number' && status < 500)
      sendProblem(request, response, { ok: false, code: 'invalidInput' });
    else {
      log(error);
      sendProblem(request, response, { ok: false, code: isAway(error) ? 'unavailable' : 'internal' });
    }
  };

/** The connection to the database, or the database itself, is away or too busy: worth another try, unlike a bug. */
const AWAY = new RegExp(
  [
    '^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN',
    'CONNECT_TIMEOUT|CONNECTION_(CLOSED|ENDED|DESTROYED)',
    // PostgreSQL: connection, resources, shutting down, cancelled, a lock not given, idle for too long.
    '08...|53...|57P0.|57014|55P03|25P03)$',
  ].join('|'),
);
const CAUSES_MAX = 4;

function isAway(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < CAUSES_MAX && typeof cause === 'object' && cause !== null; depth++) {
    const { code, cause: next } = cause as { code?: unknown; cause?: unknown };
    if (typeof code === 'string' && AWAY.test(code)) return true;
    cause = next;
  }
  return false;
}
