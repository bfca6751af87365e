/**
 * Who a row is shown to. A higher audience sees at least what a lower one sees; `server` sees all and is
 * never sent anywhere.
 */
export const AUDIENCES = ['display', 'kiosk', 'customer', 'staff', 'manager'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** True where `audience` is at least `least`. */
export const sees = (audience: Audience, least: Audience): boolean =>
  AUDIENCES.indexOf(audience) >= AUDIENCES.indexOf(least);
