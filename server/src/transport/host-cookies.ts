import type { IncomingMessage } from 'node:http';
import express, { type CookieOptions, type Express, type Response } from 'express';

const HOST = '__Host-';
const SECURE = '__Secure-';
const OURS = 'schalter_';
/** A cookie of one path may not be called `__Host-`: a browser drops it. */
const prefixOf = ({ path = '/' }: CookieOptions): string => (path === '/' ? HOST : SECURE);

/**
 * Under https our cookies carry the prefix `__Host-`: a browser takes them from this very host alone, over TLS, for the
 * whole of it, so no neighbour under the same domain can plant one. What is sent to the addresses of signing in alone is
 * `__Secure-`: over TLS. The rest of the code knows their plain names.
 */
export function prefixCookies(app: Express): void {
  const original = express.response as unknown as { readonly cookie: SetCookie };
  const prefixed: SetCookie = function (name, value, options = {}) {
    return original.cookie.call(
      this,
      name.startsWith(OURS) ? `${prefixOf(options)}${name}` : name,
      value,
      options,
    );
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
    .map((pair) => {
      const prefix = [HOST, SECURE].find((one) => pair.startsWith(`${one}${OURS}`)) ?? '';
      return pair.slice(prefix.length);
    })
    .join('; ');
}
