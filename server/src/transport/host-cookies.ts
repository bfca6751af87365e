import type { IncomingMessage } from 'node:http';
import express, { type CookieOptions, type Express, type Response } from 'express';

const PREFIX = '__Host-';
const OURS = 'schalter_';

/**
 * Under https our cookies carry the prefix `__Host-`: a browser takes them from this very host alone, over TLS, for the
 * whole of it, so no neighbour under the same domain can plant one. The rest of the code knows their plain names.
 */
export function prefixCookies(app: Express): void {
  const original = express.response as unknown as { readonly cookie: SetCookie };
  const prefixed: SetCookie = function (name, value, options = {}) {
    return original.cookie.call(this, name.startsWith(OURS) ? `${PREFIX}${name}` : name, value, options);
  };
  Object.assign(app.response, { cookie: prefixed });
}
type SetCookie = (this: Response, name: string, value: unknown, options?: CookieOptions) => Response;

/** What a caller sends, in plain names; one of ours without its prefix was not set by us. */
export function readPrefixed({ headers }: IncomingMessage): void {
  if (headers.cookie === undefined) return;
  headers.cookie = headers.cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => !pair.startsWith(OURS))
    .map((pair) => (pair.startsWith(`${PREFIX}${OURS}`) ? pair.slice(PREFIX.length) : pair))
    .join('; ');
}
