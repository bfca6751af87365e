import { addMs, instant, ms, type Instant } from '@schalter/shared/kernel/time.ts';
import { arrivalCode, equalText, normaliseCode } from '../platform/secrets.ts';

/** The wall shows a new code this often: long enough to type, too short to pass on. */
const SLOT_MS = 120_000;

/** The code that proves presence, made from the installation's secret: nothing is stored. */
export class ArrivalCodes {
  readonly #secret: string;
  constructor(secret: string) {
    this.#secret = secret;
  }

  current(locationId: string, now: Instant): { code: string; validUntil: Instant } {
    const slot = Math.floor(ms(now) / SLOT_MS);
    return {
      code: arrivalCode(this.#secret, locationId, slot),
      validUntil: addMs(instant(slot * SLOT_MS), SLOT_MS),
    };
  }

  /** The code of this slot or of the one before: somebody was typing when it changed. */
  isFresh(locationId: string, typed: string, now: Instant): boolean {
    const slot = Math.floor(ms(now) / SLOT_MS);
    const code = normaliseCode(typed);
    return [slot, slot - 1].some((s) => equalText(arrivalCode(this.#secret, locationId, s), code));
  }
}
