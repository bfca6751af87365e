import type { IncomingHttpHeaders } from 'node:http';

/**
 * True for a page of this host (as the caller or the configuration names it), and for a program, which sends no Origin. "null" (a sandboxed frame, a file)
 * and what is no address at all are foreign.
 */
export const isOwnOrigin = (origin: string | undefined, hosts: readonly (string | undefined)[]): boolean =>
  origin === undefined || (URL.canParse(origin) && hosts.includes(new URL(origin).host));

/**
 * True where the browser says that a page of another site, or of another host of this one, made the request; programs
 * and old browsers do not say. It cannot be forged by a page, and unlike Origin it is there for reads as well.
 */
export const isFromElsewhere = (headers: IncomingHttpHeaders): boolean =>
  headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site';

/** True where the outermost proxy that is trusted says that the caller came to it without TLS. */
export function cameUnencrypted(headers: IncomingHttpHeaders, trustedProxies: number): boolean {
  const forwarded = headers['x-forwarded-proto'];
  if (trustedProxies === 0 || typeof forwarded !== 'string') return false;
  const seen = forwarded.split(',').map((proto) => proto.trim());
  return seen[Math.max(0, seen.length - trustedProxies)] === 'http';
}
