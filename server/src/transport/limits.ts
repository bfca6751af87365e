import type { Request } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';

/** A command, as JSON: the longest note in four bytes a character, twice over. */
export const MAX_BODY_BYTES = 16 * 1024;
/** One socket message; the same, with its frame. */
export const MAX_MESSAGE_BYTES = 20 * 1024;
/** Streams that one socket may listen to: the organisation and a few locations. */
export const MAX_SUBSCRIPTIONS = 8;

/** Points per duration (seconds), each with its reason. */
const LIMITS = {
  /** Sign-in: five tries in a quarter of an hour for one e-mail from one address. */
  signIn: { points: 5, duration: 900 },
  /** The same address, whatever e-mails it tries: a house behind one router signs in some dozens in the morning. */
  signInAddress: { points: 100, duration: 900 },
  /** PINs on one station, whoever's: a counter changes hands, a thief has a list of names. */
  pin: { points: 40, duration: 300 },
  /** Typing a pairing code: a manager mistypes now and then, a machine tries millions. */
  pairingClaim: { points: 10, duration: 600 },
  /** New devices that ask for a code, per address. */
  pairingRequest: { points: 20, duration: 600 },
  /** Joining by phone, per address: a family behind one router, not a script. */
  join: { points: 8, duration: 600 },
  /** Wrong or dead links, per address. */
  ticketMiss: { points: 30, duration: 60 },
  /**
   * Commands of one device or person: thirty a second for as long as it likes. Over a whole minute, because a tablet
   * that was cut off sends what it has kept one after the other, 200 a second: a counter's whole day in one go.
   */
  command: { points: 1_800, duration: 60 },
  /** A customer leaves, asks for time, confirms: nobody presses more often. It bounds guesses at the wall's code. */
  customer: { points: 30, duration: 60 },
  /** Hellos of one connection: one a second and stream, and a few more while everything comes back. */
  hello: { points: 60, duration: 10 },
  /** Exports of one person: each reads tens of thousands of entries. */
  export: { points: 10, duration: 600 },
  /** Numbers of one kiosk: nobody touches faster. */
  kioskTicket: { points: 60, duration: 60 },
} as const;
export type LimitName = keyof typeof LIMITS;

/** Limits per name and key, in memory of this process. */
export class Limits {
  readonly #limiters: Readonly<Record<LimitName, RateLimiterMemory>>;

  constructor(scale = 1) {
    this.#limiters = Object.fromEntries(
      Object.entries(LIMITS).map(([name, { points, duration }]) => [
        name,
        new RateLimiterMemory({ keyPrefix: name, points: points * scale, duration }),
      ]),
    ) as Record<LimitName, RateLimiterMemory>;
  }

  /** Counts one; a rejection with the seconds to wait where it is one too many. */
  async take(name: LimitName, key: string): Promise<Rejection | null> {
    try {
      await this.#limiters[name].consume(key);
      return null;
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      return reject('rateLimited', { retryAfterS: Math.max(1, Math.ceil(error.msBeforeNext / 1_000)) });
    }
  }

  async reset(name: LimitName, key: string): Promise<void> {
    await this.#limiters[name].delete(key);
  }
}

export const addressOf = (request: Request): string => addressKey(request.ip ?? 'unknown');

/** Whom a limit counts: an IPv4 address, or the network of an IPv6 one, in which a single guest has 2^64. */
export function addressKey(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [left = '', right] = plain.split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
}

/** As Express reads it for requests: the address that the outermost trusted proxy has seen. */
export function clientAddress(remote: string, forwarded: unknown, trustedProxies: number): string {
  const seen = typeof forwarded === 'string' ? forwarded.split(',').map((address) => address.trim()) : [];
  const all = [remote, ...seen.reverse()];
  return addressKey(all[Math.min(trustedProxies, all.length - 1)] ?? remote);
}
