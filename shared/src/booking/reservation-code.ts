// No zod in this file: the kiosk loads it.

/** What a reader at the kiosk reads from a booking's QR code: "ZRH-20958;Bernasconi". */
export interface ReservationCode {
  readonly reference: string;
  /** Empty where the code holds the number alone. */
  readonly lastName: string;
}

/** A number, and perhaps a name after a semicolon, a comma, a tab or a space. */
const CODE = /^\s*([A-Za-z0-9-]{4,20})(?:[;,\t ]\s*(\S.*?))?\s*$/;

/** As it is printed in a confirmation. The reader has to type by the kiosk's keyboard layout. */
export const reservationCode = ({ reference, lastName }: ReservationCode): string =>
  `${reference};${lastName}`;

/** null where the text can't be a booking's code. */
export function readReservationCode(text: string): ReservationCode | null {
  const found = CODE.exec(text);
  if (found === null) return null;
  return { reference: (found[1] ?? '').toUpperCase(), lastName: found[2] ?? '' };
}
