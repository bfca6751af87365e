import { RESERVATION_STATUSES } from './booking/rows.ts';
import { PRESENCE_STATES, SERVICE_KINDS } from './directory/rows.ts';
import { DeviceKind } from './kernel/actor.ts';
import { CONDITIONS, SCOPES } from './kernel/permission.ts';
import { LANGUAGES } from './kernel/text.ts';
import { CHANNELS, MESSAGE_STATUSES, TEMPLATES } from './messaging/rows.ts';
import {
  EFFECTS,
  END_OF_DAY,
  LOCATION_KINDS,
  MEDIA_ZONES,
  PRINTER_STATES,
  SOUND_STATES,
} from './platform/rows.ts';
import { GRANTABLE, PERSON_ROLES } from './platform/roles.ts';
import { CALL_SOUNDS, HOLD_OWNERS, PRESENCES, STAGE_STATUSES, VISIT_SOURCES } from './queue/rows.ts';

/**
 * Every enumeration that a row can hold, in one list: the texts (i18n/enumerations.ts) are typed by it, and a
 * test holds it against the checks of the database.
 */
export const ENUMERATIONS = {
  language: LANGUAGES,
  role: PERSON_ROLES,
  permission: GRANTABLE,
  reach: SCOPES,
  effect: EFFECTS,
  condition: CONDITIONS,
  deviceKind: DeviceKind.options,
  locationKind: LOCATION_KINDS,
  endOfDay: END_OF_DAY,
  printerState: PRINTER_STATES,
  soundState: SOUND_STATES,
  mediaZone: MEDIA_ZONES,
  serviceKind: SERVICE_KINDS,
  presenceState: PRESENCE_STATES,
  visitSource: VISIT_SOURCES,
  presence: PRESENCES,
  stageStatus: STAGE_STATUSES,
  holdOwner: HOLD_OWNERS,
  callSound: CALL_SOUNDS,
  messageTemplate: TEMPLATES,
  messageStatus: MESSAGE_STATUSES,
  messageChannel: CHANNELS,
  reservationStatus: RESERVATION_STATUSES,
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type EnumerationName = keyof typeof ENUMERATIONS;
export type ValueOf<Name extends EnumerationName> = (typeof ENUMERATIONS)[Name][number];
