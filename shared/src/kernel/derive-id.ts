// No zod in this file: the kiosk derives ids as well.
import type { Id } from './ids.ts';

/**
 * The n-th id that belongs to a command. The same on every device and server that decides the command,
 * so that a row predicted on a tablet is the row that the server confirms.
 *
 * The command's own 62 random bits stay, the last 16 bits are shifted by n + 1, and the version nibble
 * becomes 8 (RFC 9562, custom), so that a derived id can never equal a command id (version 7).
 */
export function deriveId(commandId: Id, n: number): Id {
  const tail = (Number.parseInt(commandId.slice(-4), 16) + n + 1) % 0x10000;
  return `${commandId.slice(0, 14)}8${commandId.slice(15, -4)}${tail.toString(16).padStart(4, '0')}`;
}

/** The id of what belongs to two things together, once: the same wherever and however often it is made. */
export function pairId(a: Id, b: Id): Id {
  const digits = [...a].map((digit, at) =>
    digit === '-' ? '-' : (Number.parseInt(digit, 16) ^ Number.parseInt(b.charAt(at), 16)).toString(16),
  );
  // Version 8 (RFC 9562, custom) and its variant stay valid.
  digits[14] = '8';
  digits[19] = a.charAt(19);
  return digits.join('');
}
