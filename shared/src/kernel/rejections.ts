/**
 * Why a command was not carried out: a closed union, so that every screen can say it in every language.
 * A rejection is a value; it is never thrown.
 */
export const REJECTION_CODES = [
  // the envelope and the edge
  'invalidInput',
  'notFound',
  'unknownCommand',
  'unknownStream',
  'unknownLocation',
  'commandIdReused',
  'commandExpired',
  'tooLarge',
  'methodNotAllowed',
  'rateLimited',
  'protocolTooOld',
  'serverTooOld',
  'unavailable',
  // A device's own: its disk would not take it, and there was no line.
  'notKept',
  'internal',
  // who may
  'notSignedIn',
  'notPermitted',
  'proofRequired',
  'wrongPassword',
  'secondFactorRequired',
  'secondFactorOn',
  'wrongCode',
  'passkeyWrong',
  'wrongPin',
  'pinLocked',
  'pinTaken',
  'pinTooSimple',
  'passwordTooShort',
  'passwordTooEasy',
  'linkDead',
  'deviceRevoked',
  'pairingCodeUnknown',
  'pairingCodeExpired',
  // platform and directory
  'personUnknown',
  'lastOwner',
  'roleUnknown',
  'roleNameTaken',
  'roleCycle',
  'roleInUse',
  'emailTaken',
  'deviceUnknown',
  'serviceUnknown',
  'serviceInUse',
  'letterTaken',
  'counterUnknown',
  'counterNameTaken',
  'counterTaken',
  'counterInactive',
  'hoursInvalid',
  'codeTaken',
  'timeZoneUnknown',
  // queue
  'notSignedOn',
  'counterBusy',
  'queueEmpty',
  'onlyEarlyBookings',
  'stageUnknown',
  'visitUnknown',
  'illegalMove',
  'versionConflict',
  'notYours',
  'keptForAway',
  'locationClosed',
  'serviceClosed',
  'queueFull',
  'closesBeforeTurn',
  'undoExpired',
  'tooManyDelays',
  'tooEarlyForNoShow',
  'notSameDay',
  'transferNowhere',
  'phoneJoinOff',
  'arrivalCodeWrong',
  'callUnknown',
  'dayNotOver',
  'numbersExhausted',
  // messages
  'phoneInvalid',
  'phoneNotMobile',
  'phoneCountryNotAllowed',
  'consentMissing',
  'messageUnknown',
  'messageNotWanted',
  'messageLimitReached',
  // booking
  'reservationUnknown',
  'reservationCheckedIn',
  'reservationOtherDay',
] as const;

export type RejectionCode = (typeof REJECTION_CODES)[number];

/** `details` holds only what a sentence needs (an hour, a number, a field), never internals. */
export interface Rejection {
  readonly ok: false;
  readonly code: RejectionCode;
  readonly details?: Readonly<Record<string, string | number | boolean | null>>;
}

export const reject = (code: RejectionCode, details?: Rejection['details']): Rejection =>
  details === undefined ? { ok: false, code } : { ok: false, code, details };
