/** The build's own scripts are plain JavaScript, because they run before anything is installed. */
declare module '*/scripts/bundle-size.mjs' {
  export const LIMITS_KB: Readonly<Record<string, number>>;
  /** Bytes of JavaScript, gzip, that are loaded before the first screen stands. */
  export function initialBytes(build: string): number;
}
declare module '*/scripts/build.mjs' {
  /** Builds what is out of date; answers which apps failed. */
  export function buildApps(options?: { apps?: readonly string[] }): Promise<string[]>;
}
