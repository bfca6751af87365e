import type { Request } from 'express';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { slide, type Limit, type Window } from './sliding-window.ts';

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
  /** Codes of an authenticator app, and recovery codes, of one person: whoever guesses has the password already. */
  secondFactor: { points: 5, duration: 900 },
  /** New access tokens, per address: a house of tablets asks for one each ten minutes, and all at once after a cut. */
  refresh: { points: 300, duration: 60 },
  /** Links for one forgotten password, known or not: nobody reads more of them. */
  forgot: { points: 3, duration: 900 },
  forgotAddress: { points: 20, duration: 900 },
  /** Opening a link from an e-mail; 256 bits are not guessed, this keeps the log quiet. */
  link: { points: 30, duration: 600 },
  /** Invitations of one manager: a new house has dozens of people on its first day. */
  invitation: { points: 60, duration: 3_600 },
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
  /** Requests of one session, device or ticket to one route: a page that is loaded again and again, not a machine. */
  request: { points: 1_200, duration: 60 },
  /** All of one address, 200 a second: a house of 2,000 screens behind one router that comes back at once. */
  address: { points: 12_000, duration: 60 },
} as const satisfies Readonly<Record<string, Limit>>;
export type LimitName = keyof typeof LIMITS;

/**
 * Counted in this process alone: they keep it from being overrun, and are asked too often for a look into the database.
 * All others guard secrets and money, and count over all processes.
 */
const HERE: readonly LimitName[] = [
  ...(['ticketMiss', 'command', 'customer', 'hello', 'kioskTicket', 'request', 'address'] as const),
];
/** Callers who are remembered for one limit; beyond it those who came first are forgotten. */
const KNOWN_MAX = 50_000;

/** Where hits are counted. `take` answers how long to wait: 0 where one more is taken. */
export interface LimitStore {
  take(name: LimitName, key: string, limit: Limit): Promise<number>;
  reset(name: LimitName, key: string): Promise<void>;
}

class MemoryLimits implements LimitStore {
  readonly #windows = new Map<LimitName, Map<string, Window>>();

  async take(name: LimitName, key: string, limit: Limit): Promise<number> {
    const windows = this.#windows.get(name) ?? new Map<string, Window>();
    this.#windows.set(name, windows);
    const { window, waitMs } = slide(windows.get(key), Date.now(), limit);
    windows.delete(key);
    windows.set(key, window);
    const [oldest] = windows.keys();
    if (windows.size > KNOWN_MAX && oldest !== undefined) windows.delete(oldest);
    return waitMs;
  }

  async reset(name: LimitName, key: string): Promise<void> {
    this.#windows.get(name)?.delete(key);
  }
}

/** Limits per name and key. `scale` makes all of them wider or narrower. */
export class Limits {
  readonly #scale: number;
  readonly #here = new MemoryLimits();
  readonly #shared: LimitStore;

  constructor({ scale = 1, shared }: { readonly scale?: number; readonly shared?: LimitStore } = {}) {
    this.#scale = scale;
    this.#shared = shared ?? this.#here;
  }

  /** Counts one; a rejection with the seconds to wait where it is one too many. */
  async take(name: LimitName, key: string): Promise<Rejection | null> {
    const { points, duration } = LIMITS[name];
    const waitMs = await this.#of(name).take(name, key, { points: points * this.#scale, duration });
    return waitMs === 0
      ? null
      : reject('rateLimited', { retryAfterS: Math.max(1, Math.ceil(waitMs / 1_000)) });
  }

  async reset(name: LimitName, key: string): Promise<void> {
    await this.#of(name).reset(name, key);
  }

  #of(name: LimitName): LimitStore {
    return HERE.includes(name) ? this.#here : this.#shared;
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
