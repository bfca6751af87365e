/**
 * True for a page of this host, and for a program, which sends no Origin. "null" (a sandboxed frame, a file)
 * and what is no address at all are foreign.
 */
export const isOwnOrigin = (origin: string | undefined, host: string | undefined): boolean =>
  origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
