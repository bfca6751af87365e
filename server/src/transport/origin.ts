/**
 * True for a page of this host (as the caller or the configuration names it), and for a program, which sends no Origin. "null" (a sandboxed frame, a file)
 * and what is no address at all are foreign.
 */
export const isOwnOrigin = (origin: string | undefined, hosts: readonly (string | undefined)[]): boolean =>
  origin === undefined || (URL.canParse(origin) && hosts.includes(new URL(origin).host));
