import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';

/** OWASP's minimum for argon2id: 19 MiB, two passes; about 30 ms on a small server. */
const ARGON2 = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** No 0/O, 1/I/L, 5/S, 8/B, vowels: nothing to misread aloud, no words. */
const CODE_ALPHABET = 'CDFGHJKMNPQRTVWXYZ234679';

export const hashPassword = (password: string): Promise<string> => hash(password, ARGON2);

/** A hash of another system, taken over with its people; weaker ones, and ones that take minutes, are not. */
const BCRYPT = /^\$2[aby]\$(1[2-5])\$/;
/** Worth replacing as soon as the password is known. */
export const isOutdated = (stored: string): boolean => BCRYPT.test(stored);

/** Takes the same time where there is no hash, so that an unknown e-mail cannot be told from a wrong password. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  if (stored !== null && BCRYPT.test(stored)) return verifyBcrypt(password, stored).catch(() => false);
  const matches = await verify(stored ?? (await nobody), password).catch(() => false);
  return stored !== null && matches;
}
const nobody = hashPassword(randomBytes(16).toString('hex'));

/** 256 bits, as sessions, devices and pairings carry them. */
export const newToken = (): string => randomBytes(32).toString('base64url');
/** Tokens are random, so one hash is enough: the database never holds what a thief could use. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** 256 bits again, which only who has both the key and what it is made from can make. */
export const deriveToken = (key: string, from: string): string =>
  createHmac('sha256', key).update(from).digest('base64url');

/** "QX4T-9KMD": 24^8, 36 bits. */
export function newPairingCode(): string {
  const code = Array.from({ length: 8 }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('');
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
export const normaliseCode = (typed: string): string => typed.toUpperCase().replace(/[^A-Z0-9]/g, '');

/** Six characters that prove presence, for one location and one slot of time. */
export function arrivalCode(secret: string, locationId: string, slot: number): string {
  const digest = createHmac('sha256', secret).update(`${locationId}/${slot}`).digest();
  return Array.from(digest.subarray(0, 6), (byte) => CODE_ALPHABET[byte % CODE_ALPHABET.length]).join('');
}

export function equalText(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)];
  return x.length === y.length && timingSafeEqual(x, y);
}
