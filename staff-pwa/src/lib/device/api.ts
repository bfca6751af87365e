import { REJECTION_CODES, type RejectionCode } from '@schalter/shared/kernel/rejections.ts';
import { language } from '../texts.svelte.ts';
import { elevated } from '../elevation/elevation.svelte.ts';
import { remembered } from './memory.ts';

/** What the server said, or that nothing came back. */
export type Result<T> =
  | { readonly ok: true; readonly data: T }
  | {
      readonly ok: false;
      readonly code: RejectionCode | 'offline';
      /** 429: seconds until another try makes sense. */
      readonly retryAfterS: number | null;
      /** Of a refused input: the fields, as the server names them. */
      readonly fields: readonly string[];
      /** What a sentence, or the next step, needs. */
      readonly details?: Readonly<Record<string, unknown>> | undefined;
    };

/** A server that is up answers in well under a second; after this long the network counts as gone. */
const ANSWER_MS = 8_000;

interface Problem {
  readonly code?: unknown;
  readonly errors?: unknown;
  readonly details?: unknown;
}

const codeOf = (problem: Problem): RejectionCode =>
  REJECTION_CODES.find((code) => code === problem.code) ?? 'unavailable';

function fieldsOf({ errors }: Problem): readonly string[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((e: unknown) => {
    const path = typeof e === 'object' && e !== null && 'path' in e ? e.path : null;
    return Array.isArray(path) ? [path.join('.')] : typeof path === 'string' ? [path] : [];
  });
}

const detailsOf = ({ details }: Problem): Readonly<Record<string, unknown>> | undefined =>
  typeof details === 'object' && details !== null ? { ...details } : undefined;

const nothing = (code: RejectionCode | 'offline', retryAfterS: number | null = null): Result<never> => ({
  ok: false,
  code,
  retryAfterS,
  fields: [],
});

/** Thousands of lines, by a tablet on a slow line. */
const DOWNLOAD_MS = 120_000;

/** A file, with the same proofs as everything else: a link could not carry the station's. */
export const download = (path: string): Promise<Result<Blob>> => elevated(() => downloadOnce(path));

async function downloadOnce(path: string): Promise<Result<Blob>> {
  const deviceId = remembered('deviceId');
  const headers: Record<string, string> = deviceId === null ? {} : { 'X-Schalter-Device': deviceId };
  try {
    const response = await fetch(`/api/v1${path}`, {
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(DOWNLOAD_MS),
    });
    return response.ok ? { ok: true, data: await response.blob() } : await read<Blob>(response);
  } catch {
    return nothing('offline');
  }
}

type Renewal = 'renewed' | 'refused' | 'unknown';
let renewing: Promise<Renewal> | null = null;

/** A fresh access token for the session of this browser; once, however many ask at the same moment. */
export function renew(): Promise<Renewal> {
  renewing ??= once<null>('POST', '/auth/refresh', {})
    .then((answer): Renewal => {
      if (answer.ok) return 'renewed';
      return answer.code === 'notSignedIn' ? 'refused' : 'unknown';
    })
    .finally(() => (renewing = null));
  return renewing;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * `secret` is a pairing's, which no cookie carries. A request whose access token has run out is sent again; one that
 * needs a fresh proof once the person has given it.
 */
export const request = <T>(
  method: Method,
  path: string,
  body?: object,
  secret?: string,
): Promise<Result<T>> => elevated(() => renewed<T>(method, path, body, secret));

async function renewed<T>(method: Method, path: string, body?: object, secret?: string): Promise<Result<T>> {
  const answer = await once<T>(method, path, body, secret);
  if (answer.ok || answer.code !== 'notSignedIn' || secret !== undefined) return answer;
  const renewal = await renew();
  if (renewal === 'unknown') return nothing('offline');
  return renewal === 'renewed' ? once<T>(method, path, body, secret) : answer;
}

async function once<T>(method: Method, path: string, body?: object, secret?: string): Promise<Result<T>> {
  const deviceId = remembered('deviceId');
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language() };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (deviceId !== null) headers['X-Schalter-Device'] = deviceId;
  if (secret !== undefined) headers['Authorization'] = `Bearer ${secret}`;
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    return nothing('offline');
  }
  return read<T>(response);
}

async function read<T>(response: Response): Promise<Result<T>> {
  const json: unknown = await response.json().catch(() => null);
  if (response.ok) return { ok: true, data: json as T };
  const retry = Number(response.headers.get('Retry-After'));
  const retryAfterS = Number.isFinite(retry) && retry > 0 ? retry : null;
  // A proxy's own page: the server behind it is not there.
  if (typeof json !== 'object' || json === null)
    return nothing(response.status >= 500 ? 'offline' : 'unavailable');
  return { ok: false, code: codeOf(json), retryAfterS, fields: fieldsOf(json), details: detailsOf(json) };
}
