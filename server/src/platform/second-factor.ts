import { randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { reject, type Rejection } from '@schalter/shared/kernel/rejections.ts';
import { ms } from '@schalter/shared/kernel/time.ts';
import type { Parts } from '../transport/caller.ts';
import type { Who } from './factor-store.ts';
import { hashPassword, verifyPassword } from './secrets.ts';

/** RFC 6238: six digits, half a minute, as every authenticator app expects. */
const PERIOD_S = 30;
/** A phone's clock may be half a minute wrong, either way. */
const WINDOW = 1;
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
/** Crockford's base 32: nothing to misread. Ten of them are 50 bits, each guess is counted. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RECOVERY_LENGTH = 10;

export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

const totpOf = (secret: string, label = ''): TOTP =>
  new TOTP({ issuer: 'Schalter', label, period: PERIOD_S, digits: 6, secret: Secret.fromBase32(secret) });

/** What an authenticator app reads from the QR code. */
export const totpUri = (secret: string, email: string): string => totpOf(secret, email).toString();

/** "7K4TM-Q2X9B", ten of them. */
export const newRecoveryCodes = (): readonly string[] =>
  Array.from({ length: RECOVERY_CODES }, () => {
    const code = Array.from({ length: RECOVERY_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
    return `${code.slice(0, 5)}-${code.slice(5)}`;
  });
/** With a salt of its own each, as passwords: 50 bits could be tried by whoever has a backup. */
export const hashRecoveryCodes = (codes: readonly string[]): Promise<readonly string[]> =>
  Promise.all(codes.map((code) => hashPassword(recoveryCodeOf(code))));

/** As typed: without the dash, in small letters, an O for a zero. */
const recoveryCodeOf = (typed: string): string =>
  typed
    .toUpperCase()
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
    .replaceAll(/[^0-9A-Z]/g, '');

/** True for a code of the app that nobody has used yet. */
export async function takeTotp(parts: Parts, who: Who, secret: string, code: string): Promise<boolean> {
  const now = ms(parts.clock.now());
  const delta = totpOf(secret).validate({ token: code, timestamp: now, window: WINDOW });
  if (delta === null) return false;
  return parts.factors.takeStep(who, Math.floor(now / 1_000 / PERIOD_S) + delta);
}

async function takeRecoveryCode({ factors, clock }: Parts, who: Who, typed: string): Promise<boolean> {
  const code = recoveryCodeOf(typed);
  if (code.length !== RECOVERY_LENGTH) return false;
  for (const { id, codeHash } of await factors.recoveryCodes(who))
    if (await verifyPassword(codeHash, code)) return factors.takeRecoveryCode(who, id, clock.now());
  return false;
}

/** What was good; guesses are counted for the person, whichever browser they come from. */
export async function takeCode(
  parts: Parts,
  who: Who,
  typed: string,
): Promise<Rejection | { readonly ok: true; readonly by: 'totp' | 'recoveryCode' }> {
  const { factors, limits } = parts;
  const limited = await limits.take('secondFactor', who.personId);
  if (limited !== null) return limited;
  const digits = typed.replaceAll(/\s/g, '');
  const by = /^\d{6}$/.test(digits) ? 'totp' : 'recoveryCode';
  const totp = await factors.totp(who);
  if (totp?.since == null) return reject('wrongCode');
  const right =
    by === 'totp'
      ? await takeTotp(parts, who, totp.secret, digits)
      : await takeRecoveryCode(parts, who, typed);
  if (!right) return reject('wrongCode');
  await limits.reset('secondFactor', who.personId);
  return { ok: true, by };
}
